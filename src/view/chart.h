/* The geometry of a chart of days: bars of what was used stand on a line, those of what was refused hang from it, each kind in
 * its own scale. Pure. */
#ifndef WEBQUOTA_CHART_H
#define WEBQUOTA_CHART_H

#include "base/base.h"

/* Heights in pixels; across, the chart is as wide as there is room. */
#define CHART_USED_PX 140
#define CHART_REFUSED_PX 40
#define CHART_TENTHS 10 /* heights are in tenths of a pixel, */
#define CHART_ACROSS 10000 /* and the width is so many parts. */
#define CHART_DAYS_MAX 90

typedef struct {
    int64_t used, refused;
} ChartDay;

typedef struct {
    int at, width;      /* in parts of the whole width */
    int used, refused;  /* heights; never 0 of something, never more than there is room */
} ChartBar;

typedef struct {
    int count;
    ChartBar bars[CHART_DAYS_MAX];
    int64_t used_top, refused_top; /* what the full heights stand for: round numbers; refused 0: nothing was */
    int limit;                     /* its height; -1: there is none, or it is above the chart */
    bool limit_above;
} Chart;

/* `limit` is what it allows in a day; negative: there is none. One far above all that was used would leave nothing to see of it:
 * it stays outside. */
void chart_lay(Chart *chart, const ChartDay *days, int count, double limit);

/* The least round number (1, 2, 4, 6 or 8 and zeros) that is not less. */
int64_t chart_round(int64_t number);

/* Appends parts of the width as a percentage without its sign ("33.33"), and tenths of a pixel as pixels ("12.5"). */
void chart_add_across(GString *out, int parts);
void chart_add_tenths(GString *out, int tenths);

#endif
