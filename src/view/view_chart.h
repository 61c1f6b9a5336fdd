/* A chart of days as chart.html shows it. */
#ifndef WEBQUOTA_VIEW_CHART_H
#define WEBQUOTA_VIEW_CHART_H

#include "domain/model.h"
#include "view/chart.h"
#include "view/value.h"

/* Where the bars stand, from the upper edge. */
#define CHART_TOP_PX 16
#define CHART_BASE_PX (CHART_TOP_PX + CHART_USED_PX)

/* What a chart is of: units of a feature, requests, money in hundredths, or a share in tenths of a percent. */
#define CHART_SHARE_TENTHS 10 /* of a percent */
typedef enum { CHART_UNITS, CHART_REQUESTS, CHART_MONEY, CHART_SHARE } ChartKind;

/* What chart_lay has laid out of `days`, the first of which is the day `first` (from 1970-01-01): {height, dates_y, refused_y, grid,
 * bars, first, middle, has_refused, of_requests, of_money, of_share}. Their words are of units of `feature` (CHART_UNITS), or of amounts
 * in `currency` (CHART_MONEY; NULL: none is named). A new value in the tree, for the caller to put in place, and to add a `limit` to. */
typedef struct {
    ChartKind kind;
    const Feature *feature;
    const char *currency;
} ChartOf;
Value *chart_value(const Value *tree, const Chart *chart, const ChartDay *days, int64_t first, const ChartOf *of);

/* Where the line of the limit is that the chart was laid out with: {above, drawn, y, label_y}. */
void chart_set_limit(Value *limit, const Chart *chart);

/* For set_words. A day as it is called on the day `last`: "9 Dec". */
void chart_add_day(GString *out, int64_t day, int64_t last);

#endif
