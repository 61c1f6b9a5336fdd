/* A chart of days as values. */
#include "view/view_chart.h"

#include "view/words_add.h"

#define DAY_US (INT64_C(86400) * US_PER_S)
#define GAP_PX 4

/* Noon of that day, wherever that is. */
static Instant noon(int64_t day)
{
    return day * DAY_US + DAY_US / 2;
}

void chart_add_day(GString *out, int64_t day, int64_t last)
{
    words_add_day(out, noon(day), NULL, noon(last));
}

typedef struct {
    const Chart *chart;
    const ChartDay *days;
    int64_t first;
    const ChartOf *of;
} Laid;

/* What the scale says: of money whole units, where they are not too few. */
#define CENTS 100
#define FEW_CENTS 1000
static void add_scale(GString *out, const Laid *laid, int64_t number)
{
    if (laid->of->kind == CHART_SHARE)
        words_add_percent(out, (double)number / CHART_SHARE_TENTHS);
    else if (laid->of->kind != CHART_MONEY)
        words_add_compact(out, number);
    else if (number > 0 && laid->chart->used_top < FEW_CENTS)
        g_string_append_printf(out, "%d.%02d", (int)(number / CENTS), (int)(number % CENTS));
    else
        words_add_compact(out, number / CENTS);
}

static void add_grid(Value *grid, const Laid *laid, int64_t number, int px)
{
    Value *line = add_object(grid);
    set_words(line, "number", add_scale, laid, number);
    set_number(line, "y", px);
    set_number(line, "label_y", px + 4);
}

static void add_units(GString *out, const Laid *laid, int64_t units)
{
    if (laid->of->kind == CHART_MONEY)
        words_add_money(out, (double)units / CENTS, laid->of->currency);
    else if (laid->of->kind == CHART_SHARE)
        words_add_percent(out, (double)units / CHART_SHARE_TENTHS);
    else if (laid->of->kind == CHART_UNITS)
        words_add_units(out, laid->of->feature, units);
    else
        words_add_number(out, units);
}

static void add_bar(Value *bars, const Laid *laid, int day)
{
    const ChartBar *bar = &laid->chart->bars[day];
    if (!bar->used && !bar->refused)
        return;
    Value *value = add_object(bars);
    set_words(value, "day", chart_add_day, laid->first + day, laid->first + laid->chart->count - 1);
    set_words(value, "x", chart_add_across, bar->at);
    set_words(value, "width", chart_add_across, bar->width);
    set_words(value, "units", add_units, laid, laid->days[day].used);
    if (bar->used) {
        set_words(value, "used", chart_add_tenths, bar->used);
        set_words(value, "used_y", chart_add_tenths, CHART_BASE_PX * CHART_TENTHS - bar->used);
    } else {
        set_null(value, "used");
    }
    if (bar->refused) {
        set_words(value, "refused", chart_add_tenths, bar->refused);
        set_words(value, "stopped", words_add_number, laid->days[day].refused);
    } else {
        set_null(value, "refused");
    }
}

void chart_set_limit(Value *limit, const Chart *chart)
{
    set_flag(limit, "above", chart->limit_above);
    set_flag(limit, "drawn", chart->limit >= 0);
    set_words(limit, "y", chart_add_tenths, CHART_BASE_PX * CHART_TENTHS - chart->limit);
    set_words(limit, "label_y", chart_add_tenths, CHART_BASE_PX * CHART_TENTHS - chart->limit - 5 * CHART_TENTHS);
}

static Value *laid_value(const Value *tree, const Laid *laid)
{
    const Chart *chart = laid->chart;
    int64_t first = laid->first, last = first + chart->count - 1;
    Value *value = value_object(tree);
    int refused_px = chart->refused_top ? GAP_PX + CHART_REFUSED_PX : 0, height = CHART_BASE_PX + refused_px;
    set_number(value, "height", height + 24);
    set_number(value, "dates_y", height + 18);
    set_number(value, "refused_y", CHART_BASE_PX + GAP_PX);
    Value *grid = set_list(value, "grid");
    add_grid(grid, laid, chart->used_top, CHART_TOP_PX);
    if (chart->used_top % 2 == 0)
        add_grid(grid, laid, chart->used_top / 2, CHART_TOP_PX + CHART_USED_PX / 2);
    add_grid(grid, laid, 0, CHART_BASE_PX);
    if (chart->refused_top)
        add_grid(grid, laid, chart->refused_top, CHART_BASE_PX + refused_px);
    Value *bars = set_list(value, "bars");
    for (int i = 0; i < chart->count; i++)
        add_bar(bars, laid, i);
    set_words(value, "first", chart_add_day, first, last);
    set_words(value, "middle", chart_add_day, first + chart->count / 2, last);
    set_flag(value, "has_refused", chart->refused_top);
    set_flag(value, "of_requests", laid->of->kind == CHART_REQUESTS);
    set_flag(value, "of_money", laid->of->kind == CHART_MONEY);
    set_flag(value, "of_share", laid->of->kind == CHART_SHARE);
    return value;
}

Value *chart_value(const Value *tree, const Chart *chart, const ChartDay *days, int64_t first, const ChartOf *of)
{
    return laid_value(tree, &(Laid){.chart = chart, .days = days, .first = first, .of = of});
}
