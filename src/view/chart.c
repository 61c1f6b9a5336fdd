/* Where the bars of a chart stand, and how high they are. */
#include "view/chart.h"

#include "base/text.h"

/* A limit that is so many times higher than the highest bar is not drawn. */
#define LIMIT_TIMES 4
/* Of a day's width, what its bar takes: of a week's days less, which are wide. */
#define BAR_TENTHS 7
#define BAR_TENTHS_WIDE 4
#define WIDE_DAYS 10
/* However little it was, it is seen. */
#define LEAST 15

int64_t chart_round(int64_t number)
{
    static const int steps[] = { 1, 2, 4, 6, 8 };
    int64_t ten = 1;
    for (;; ten *= 10)
        for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
            if (steps[i] * ten >= number)
                return steps[i] * ten;
}

static int height_of(int64_t number, int64_t top, int room)
{
    if (number <= 0 || top <= 0)
        return 0;
    return CLAMP((int)((double)number / (double)top * room + 0.5), LEAST, room);
}

void chart_lay(Chart *chart, const ChartDay *days, int count, double limit)
{
    *chart = (Chart){ .count = MIN(count, CHART_DAYS_MAX), .limit = -1 };
    int64_t used = 0, refused = 0;
    for (int i = 0; i < chart->count; i++) {
        used = MAX(used, days[i].used);
        refused = MAX(refused, days[i].refused);
    }
    bool has_limit = limit >= 0;
    chart->limit_above = has_limit && used > 0 && limit > (double)used * LIMIT_TIMES;
    bool drawn = has_limit && !chart->limit_above && limit <= (double)UNITS_MAX;
    int64_t limit_up = drawn ? (int64_t)limit + ((double)(int64_t)limit < limit) : 0;
    chart->used_top = chart_round(MAX(MAX(used, limit_up), 1));
    chart->refused_top = refused > 0 ? chart_round(refused) : 0;
    if (drawn)
        chart->limit = (int)(limit / (double)chart->used_top * CHART_USED_PX * CHART_TENTHS + 0.5);
    for (int i = 0; i < chart->count; i++) {
        int from = CHART_ACROSS * i / count, until = CHART_ACROSS * (i + 1) / count;
        int width = (until - from) * (count < WIDE_DAYS ? BAR_TENTHS_WIDE : BAR_TENTHS) / 10;
        chart->bars[i] = (ChartBar){ .at = from + (until - from - width) / 2, .width = width,
                                     .used = height_of(days[i].used, chart->used_top, CHART_USED_PX * CHART_TENTHS),
                                     .refused = height_of(days[i].refused, chart->refused_top, CHART_REFUSED_PX * CHART_TENTHS) };
    }
}

/* `number` with `digits` of it after the point, without zeros at the end. */
static void add_decimal(GString *out, int number, int one, int digits)
{
    text_add_number(out, number / one);
    int rest = number % one;
    if (rest == 0)
        return;
    for (; rest % 10 == 0; digits--)
        rest /= 10;
    g_string_append_printf(out, ".%0*d", digits, rest);
}

void chart_add_across(GString *out, int parts)
{
    add_decimal(out, parts, CHART_ACROSS / 100, 2);
}

void chart_add_tenths(GString *out, int tenths)
{
    add_decimal(out, tenths, CHART_TENTHS, 1);
}
