/* GET /admin: how everybody does together. One line says whether too many are stopped; then figures, a chart, and a table for each
 * report, all made from the same rows as its CSV. */
#include "view/report.h"
#include "view/view_admin.h"
#include "view/view_chart.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

#define PATH "/admin"

typedef struct {
    const OverviewShown *shown;
    const PageContext *context;
    const ReportShape *summary; /* shown as figures, not as a table */
    const json_t *about, *today, *period; /* rows of the summary; the period is today where it is one day */
} Told;

static const json_t *list_of(const Told *told, const char *name)
{
    return json_object_get(told->shown->reports, name);
}

static int64_t number_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

/* "/admin?days=30&near=80" */
static void add_overview(GString *out, const Told *told, int days, int near_pct)
{
    add_address(out, told->context->mount, PATH, NULL);
    text_add(out, "?days=");
    text_add_number(out, days);
    text_add(out, "&near=");
    text_add_number(out, near_pct);
}

static void add_csv(GString *out, const Told *told, const ReportShape *shape)
{
    add_address(out, told->context->mount, "/admin/reports/", shape->name);
    text_add(out, ".csv?days=");
    text_add_number(out, told->shown->days);
    text_add(out, "&near=");
    text_add_number(out, told->shown->near_pct);
}

/* "/admin/people?filter=near&near=80": all of those who are. */
static void add_near(GString *out, const Told *told)
{
    add_address(out, told->context->mount, "/admin/people?filter=near&near=", NULL);
    text_add_number(out, told->shown->near_pct);
}

/* --- what comes first --- */

static void add_money_of(GString *out, const Told *told, const json_t *row, const char *name)
{
    const json_t *money = json_object_get(row, name);
    if (json_is_real(money))
        words_add_money(out, json_real_value(money), told->context->policy->currency);
}

static int64_t waiting(const Told *told)
{
    int64_t people = 0;
    size_t i;
    json_t *line;
    json_array_foreach(list_of(told, "queues"), i, line)
        people += number_of(line, "waiting");
    return people;
}

/* A figure of the period, and where that is longer than today, today's. */
static void set_figure(Value *page, const char *name, const Told *told, const char *member)
{
    Value *figure = value_object(page);
    value_set(page, value_key(name), figure);
    set_words(figure, "number", words_add_number, number_of(told->period, member));
    if (told->period == told->today)
        set_null(figure, "today");
    else
        set_words(figure, "today", words_add_number, number_of(told->today, member));
}

static void set_conversion(Value *page, const Told *told)
{
    int64_t asked = 0, granted = 0;
    size_t i;
    json_t *kind;
    json_array_foreach(list_of(told, "requests"), i, kind) {
        asked += number_of(kind, "after_refusal");
        granted += number_of(kind, "granted");
    }
    Value *conversion = set_object(page, "conversion");
    set_words(conversion, "granted", words_add_number, granted);
    set_words(conversion, "asked", words_add_number, asked);
}

static void set_figures(Value *page, const Told *told)
{
    set_figure(page, "requests", told, "requests");
    set_figure(page, "refused", told, "refused");
    set_figure(page, "active", told, "active");
    set_figure(page, "hit", told, "hit");
    set_words(page, "near_people", words_add_number, number_of(told->about, "near_people"));
    set_flag(page, "near_more", json_is_true(json_object_get(told->about, "near_more")));
    set_words(page, "waiting", words_add_number, waiting(told));
    set_words(page, "cost", add_money_of, told, told->period, "cost");
    set_words(page, "cost_per_active", add_money_of, told, told->period, "cost_per_active");
    set_conversion(page, told);
}

static void set_headline(Value *page, const Told *told)
{
    const json_t *share = json_object_get(told->period, "hit_pct");
    set_flag(page, "any", number_of(told->period, "active") > 0);
    if (json_is_real(share))
        set_words(page, "share", words_add_percent, json_real_value(share));
    else
        set_null(page, "share");
    set_flag(page, "good", report_on_target(number_of(told->period, "hit"), number_of(told->period, "active")));
    set_number(page, "target", REPORT_TARGET_PCT);
    set_flag(page, "one_day", told->shown->days == 1);
    set_number(page, "days", told->shown->days);
}

static void set_stand(Value *page, const Told *told)
{
    Instant at;
    const char *counted = text_of(told->about, "counted_to");
    const json_t *lag = json_object_get(told->about, "lag_s");
    if (counted && instant_parse(counted, &at))
        set_words(page, "counted_to", words_add_stamp, at, text_of(told->about, "timezone"));
    else
        set_null(page, "counted_to");
    set_flag(page, "stale", report_stale(told->about));
    set_words(page, "since", words_add_when, text_of(told->about, "uncounted_since"), text_of(told->about, "timezone"));
    set_flag(page, "replica", json_is_true(json_object_get(told->about, "replica")));
    if (json_is_integer(lag))
        set_words(page, "lag", words_add_length, json_integer_value(lag));
    else
        set_null(page, "lag");
}

static void set_choices(Value *page, const Told *told)
{
    static const int periods[] = {1, 7, 30, 90}, nears[] = {50, 80, 90, 100};
    Value *list = set_list(page, "periods");
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
        Value *entry = add_object(list);
        set_number(entry, "days", periods[i]);
        set_flag(entry, "one", periods[i] == 1);
        set_words(entry, "url", add_overview, told, periods[i], told->shown->near_pct);
        set_flag(entry, "current", periods[i] == told->shown->days);
    }
    list = set_list(page, "nears");
    for (size_t i = 0; i < G_N_ELEMENTS(nears); i++) {
        Value *entry = add_object(list);
        set_number(entry, "percent", nears[i]);
        set_words(entry, "url", add_overview, told, told->shown->days, nears[i]);
        set_flag(entry, "current", nears[i] == told->shown->near_pct);
    }
}

/* --- the chart --- */

static int64_t day_of(const char *date)
{
    Instant at;
    return date && instant_parse(date, &at) ? at / (INT64_C(86400) * US_PER_S) : 0;
}

/* What a day is in a chart; false: nothing is known of it. */
typedef bool (*DayOf)(const json_t *row, ChartDay *day);

static bool requests_of(const json_t *row, ChartDay *day)
{
    *day = (ChartDay){number_of(row, "allowed"), number_of(row, "refused")};
    return true;
}

/* In hundredths. */
static bool cost_of(const json_t *row, ChartDay *day)
{
    const json_t *cost = json_object_get(row, "cost");
    double hundredths = json_is_real(cost) ? MIN(json_real_value(cost) * 100, (double)UNITS_MAX) : 0;
    *day = (ChartDay){.used = (int64_t)(hundredths + 0.5)};
    return json_is_real(cost);
}

/* In tenths of a percent. */
static bool share_of(const json_t *row, ChartDay *day)
{
    const json_t *share = json_object_get(row, "hit_pct");
    *day = (ChartDay){.used = (int64_t)(json_number_value(share) * CHART_SHARE_TENTHS + 0.5)};
    return json_is_real(share);
}

/* Lays out the days of the period. False: there is only one, or nothing is known. */
static bool lay_days(const Told *told, DayOf of, double limit, ChartDay *days, Chart *chart)
{
    int count = MIN(told->shown->days, CHART_DAYS_MAX);
    int64_t first = day_of(text_of(told->about, "from"));
    bool any = of == requests_of;
    size_t i;
    json_t *row;
    json_array_foreach(list_of(told, "days"), i, row) {
        int64_t day = day_of(text_of(row, "day")) - first;
        if (day >= 0 && day < count)
            any |= of(row, &days[day]);
    }
    chart_lay(chart, days, count, limit);
    return any && count > 1;
}

/* A chart of what `read` makes of each day; `limit` is drawn as a line, if not negative. */
static void set_chart(Value *page, const char *name, const Told *told, DayOf read, double limit, const ChartOf *of)
{
    ChartDay days[CHART_DAYS_MAX] = {0};
    Chart chart;
    Value *value = NULL;
    if (lay_days(told, read, limit, days, &chart)) {
        value = chart_value(page, &chart, days, day_of(text_of(told->about, "from")), of);
        if (limit < 0)
            set_null(value, "limit");
        else
            chart_set_limit(set_object(value, "limit"), &chart);
    }
    value_set(page, value_key(name), value);
}

static void set_charts(Value *page, const Told *told)
{
    set_chart(page, "chart", told, requests_of, -1, &(ChartOf){.kind = CHART_REQUESTS});
    set_chart(page, "share_chart", told, share_of, REPORT_TARGET_PCT * CHART_SHARE_TENTHS, &(ChartOf){.kind = CHART_SHARE});
    set_chart(page, "cost_chart", told, cost_of, -1, &(ChartOf){.kind = CHART_MONEY, .currency = told->context->policy->currency});
}

/* --- the tables --- */

static bool is_figure(CellKind kind)
{
    return kind == CELL_NUMBER || kind == CELL_PERCENT || kind == CELL_MONEY || kind == CELL_SPAN;
}

static void add_cell(Value *cells, const Told *told, const json_t *row, const ReportColumn *column, bool is_first)
{
    Value *cell = add_object(cells);
    const char *subject = column->kind == CELL_PERSON ? text_of(row, column->name) : NULL;
    set_text(cell, "title", column->title);
    set_words(cell, "text", report_add_cell, row, column, told->context->policy);
    set_flag(cell, "head", is_first);
    set_flag(cell, "figure", is_figure(column->kind));
    if (subject)
        set_words(cell, "url", add_address, told->context->mount, "/admin/person?subject=", subject);
    else
        set_null(cell, "url");
}

static void add_rows(Value *rows, const Told *told, const ReportShape *shape)
{
    const json_t *list = list_of(told, shape->name);
    bool newest_first = strcmp(shape->name, "days") == 0;
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(list, newest_first ? count - 1 - i : i);
        Value *value = add_object(rows), *cells = set_list(value, "cells");
        for (const ReportColumn *column = shape->columns; column->name; column++)
            add_cell(cells, told, row, column, column == shape->columns);
    }
}

static void set_tables(Value *page, const Told *told)
{
    Value *tables = set_list(page, "tables");
    for (int i = 0; i < report_count; i++) {
        const ReportShape *shape = &report_shapes[i];
        if (shape == told->summary)
            continue;
        Value *table = add_object(tables), *heads = set_list(table, "heads");
        set_text(table, "name", shape->name);
        set_text(table, "title", shape->title);
        set_text(table, "none", shape->none);
        set_words(table, "csv_url", add_csv, told, shape);
        set_flag(table, "shown", told->shown->days > 1 || strcmp(shape->name, "days") != 0); /* of one day the figures say it all */
        set_flag(table, "is_days", strcmp(shape->name, "days") == 0);
        set_flag(table, "is_near", strcmp(shape->name, "near") == 0);
        set_flag(table, "is_top", strcmp(shape->name, "people") == 0 || strcmp(shape->name, "organizations") == 0);
        set_flag(table, "is_spread", strcmp(shape->name, "spread") == 0);
        for (const ReportColumn *column = shape->columns; column->name; column++) {
            Value *head = add_object(heads);
            set_text(head, "title", column->title);
            set_flag(head, "figure", is_figure(column->kind));
        }
        set_flag(table, "any", json_array_size(list_of(told, shape->name)) > 0);
        Value *rows = set_list(table, "rows");
        add_rows(rows, told, shape);
    }
}

Value *view_overview(const OverviewShown *shown, const PageContext *context)
{
    const json_t *summary = json_object_get(shown->reports, "summary");
    Told told = {.shown = shown, .context = context, .summary = report_find("summary"), .about = json_object_get(shown->reports, "about"),
                 .today = json_array_get(summary, 0), .period = json_array_get(summary, json_array_size(summary) - 1)};
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, text_of(told.about, "timezone"), false));
    set_headline(page, &told);
    set_figures(page, &told);
    set_stand(page, &told);
    set_choices(page, &told);
    set_charts(page, &told);
    set_text(page, "currency", context->policy->currency);
    set_tables(page, &told);
    set_words(page, "summary_url", add_csv, &told, told.summary);
    set_number(page, "near_pct", shown->near_pct);
    set_words(page, "near_url", add_near, &told);
    return page;
}
