/* A chart of days as chart.html shows it. */
#ifndef WEBQUOTA_VIEW_CHART_H
#define WEBQUOTA_VIEW_CHART_H

#include "domain/model.h"
#include "view/chart.h"
#include "view/value.h"

/* Where the bars stand, from the upper edge. */
#define CHART_TOP_PX 16
#define CHART_BASE_PX (CHART_TOP_PX + CHART_USED_PX)

/* What chart_lay has laid out of `days`, the first of which is the day `first` (from 1970-01-01): {height, dates_y, refused_y, grid,
 * bars, first, middle, has_refused, of_requests, of_money}. Their words count units of `feature`; NULL: requests. A new value in the
 * tree, for the caller to put in place, and to add a `limit` to. */
Value *chart_value(const Value *tree, const Chart *chart, const ChartDay *days, int64_t first, const Feature *feature);

/* The same of money, in hundredths: the words are of amounts in that currency (NULL: none is named), and `of_money` is true. */
Value *chart_value_of_money(const Value *tree, const Chart *chart, const ChartDay *days, int64_t first, const char *currency);

/* For set_words. A day as it is called on the day `last`: "9 Dec". */
void chart_add_day(GString *out, int64_t day, int64_t last);

#endif
