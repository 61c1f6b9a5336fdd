/* The page of history: what was used of one feature on each day, as a chart, as a table and as a statement to download. The JSON
 * twin says the same. */
#include "base/csv_put.h"
#include "view/view_chart.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

typedef struct {
    int64_t allowed, refused, units;
} Sums;

/* What the page is made from. */
typedef struct {
    const HistoryShown *shown;
    const History *history;
    const Policy *policy;
    const Reader *reader;
    Sums days[CHART_DAYS_MAX], total;
    int count;
    int most; /* the day with most units; -1: none has any */
} Told;

static bool is_shown(const HistoryShown *shown, const HistoryRow *row)
{
    const Feature *feature = policy_feature(shown->report->policy, row->feature);
    return feature && feature_is_within(shown->report->policy, feature->index, shown->feature->index);
}

static void told_open(Told *told, const HistoryShown *shown)
{
    const History *history = shown->history;
    *told = (Told){ .shown = shown, .history = history, .policy = shown->report->policy, .most = -1,
                    .count = (int)CLAMP(history->last - history->first + 1, 1, CHART_DAYS_MAX) };
    for (int i = 0; i < history->row_count; i++) {
        const HistoryRow *row = &history->rows[i];
        int64_t day = row->day - history->first;
        if (!is_shown(shown, row) || day < 0 || day >= told->count)
            continue;
        Sums *sums[] = { &told->days[day], &told->total };
        for (size_t s = 0; s < G_N_ELEMENTS(sums); s++) {
            sums[s]->allowed += row->allowed;
            sums[s]->refused += row->refused;
            sums[s]->units = MIN(sums[s]->units + row->units, UNITS_MAX);
        }
    }
    for (int i = 0; i < told->count; i++)
        if (told->days[i].units > 0 && (told->most < 0 || told->days[i].units > told->days[told->most].units))
            told->most = i;
}

static void add_day(GString *out, const Told *told, int day)
{
    chart_add_day(out, told->history->first + day, told->history->last);
}

static void add_date(GString *out, int64_t day)
{
    CivilDate date = civil_date(day);
    g_string_append_printf(out, "%04" PRId64 "-%02d-%02d", date.year, date.month, date.day);
}

static void add_history_address(GString *out, const Told *told, const char *path, const Feature *feature, int days)
{
    add_address(out, told->reader->mount, path, NULL);
    text_add(out, "?feature=");
    g_string_append_uri_escaped(out, feature->key, NULL, FALSE);
    text_add(out, "&days=");
    text_add_number(out, days);
    if (told->shown->subject) {
        text_add(out, "&subject=");
        g_string_append_uri_escaped(out, told->shown->subject, NULL, FALSE);
    }
}

/* --- the limit --- */

static bool is_daily(const UsageLine *line)
{
    return line->limit->window.unit == WINDOW_DAY && line->limit->window.count == 1;
}

/* Negative: a day is not what it is about. */
static double limit_a_day(const UsageLine *line)
{
    static const double days[] = { [WINDOW_DAY] = 1, [WINDOW_WEEK] = 7, [WINDOW_MONTH] = 30.4375, [WINDOW_YEAR] = 365.25 };
    const WindowSpec *window = &line->limit->window;
    if (window->unit < WINDOW_DAY || window->unit == WINDOW_LIFETIME)
        return -1;
    return (double)line->amount / (days[window->unit] * window->count);
}

/* The one that its days are measured by, of those on the feature itself that may stop its own subject: one of a day before those
 * of a longer time, and then the tightest. */
static const UsageLine *limit_line(const HistoryShown *shown, double *a_day)
{
    const UsageLine *found = NULL;
    *a_day = -1;
    for (int i = 0; i < shown->report->line_count; i++) {
        const UsageLine *line = &shown->report->lines[i];
        if (line->feature != shown->feature || !line->limit || line->amount == AMOUNT_UNLIMITED || line->amount == 0 ||
            line->limit->scope != SCOPE_SUBJECT || line->limit->mode != MODE_ENFORCE || line->limit->on_exceed == EXCEED_ALLOW)
            continue;
        double its = limit_a_day(line);
        bool better = !found || (is_daily(line) == is_daily(found) ? its < *a_day : is_daily(line));
        if (its >= 0 && better) {
            *a_day = its;
            found = line;
        }
    }
    return found;
}

static void add_limit(GString *out, const UsageLine *line)
{
    words_add_number(out, line->amount);
    text_add(out, " ");
    words_add_per(out, &line->limit->window);
}

/* Less than one a day is nothing to measure a day by. */
static double drawn_a_day(const UsageLine *line, double a_day)
{
    return line && (is_daily(line) || a_day >= 1) ? a_day : -1;
}

static void set_limit(Value *page, const UsageLine *line, double a_day, const Chart *chart)
{
    if (!line) {
        set_null(page, "limit");
        return;
    }
    Value *limit = set_object(page, "limit");
    set_words(limit, "words", add_limit, line);
    set_flag(limit, "spread", !is_daily(line) && drawn_a_day(line, a_day) >= 0);
    set_words(limit, "a_day", words_add_average, a_day);
    chart_set_limit(limit, chart);
}

/* --- the chart --- */

static void set_chart(Value *page, const Told *told)
{
    ChartDay days[CHART_DAYS_MAX];
    Chart chart;
    double a_day;
    const UsageLine *line = limit_line(told->shown, &a_day);
    for (int i = 0; i < told->count; i++)
        days[i] = (ChartDay){ told->days[i].units, told->days[i].refused };
    chart_lay(&chart, days, told->count, drawn_a_day(line, a_day));
    Value *value = chart_value(page, &chart, days, told->history->first, &(ChartOf){CHART_UNITS, told->shown->feature, NULL});
    set_limit(value, line, a_day, &chart);
    set_value(page, "chart", value);
}

/* --- the rest of the page --- */

static void set_sums(Value *row, const Told *told, const Sums *sums)
{
    set_words(row, "units", words_add_units, told->shown->feature, sums->units);
    set_words(row, "number", words_add_number, sums->units);
    set_words(row, "allowed", words_add_number, sums->allowed);
    set_words(row, "refused", words_add_number, sums->refused);
    set_flag(row, "some_refused", sums->refused > 0);
    set_flag(row, "one_refused", sums->refused == 1);
}

/* Days with something in them, newest first; today is always there. */
static void set_rows(Value *page, const Told *told)
{
    Value *rows = set_list(page, "rows");
    for (int i = told->count - 1; i >= 0; i--) {
        bool today = i == told->count - 1;
        if (!today && !told->days[i].allowed && !told->days[i].refused && !told->days[i].units)
            continue;
        Value *row = add_object(rows);
        set_words(row, "date", add_date, told->history->first + i);
        set_words(row, "day", add_day, told, i);
        set_flag(row, "today", today);
        set_sums(row, told, &told->days[i]);
    }
    set_sums(set_object(page, "total"), told, &told->total);
}

static void set_periods(Value *page, const Told *told)
{
    static const int periods[] = { 7, 30, 90 };
    Value *list = set_list(page, "periods");
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
        Value *period = add_object(list);
        set_number(period, "days", periods[i]);
        set_words(period, "url", add_history_address, told, "/history", told->shown->feature, periods[i]);
        set_flag(period, "current", periods[i] == told->count);
    }
}

static bool was_used(const History *history, const Feature *feature)
{
    for (int i = 0; i < history->row_count; i++)
        if (strcmp(history->rows[i].feature, feature->key) == 0)
            return true;
    return false;
}

/* Those that the plan has, and those that were used. */
static void set_features(Value *page, const Told *told)
{
    const Plan *plan = told->reader->plan;
    Value *list = set_list(page, "features");
    for (int i = 0; i < told->policy->feature_count; i++) {
        const Feature *feature = &told->policy->features[i];
        bool current = feature == told->shown->feature, listed = plan && plan->lists && plan->lists[i];
        if (!current && !listed && !was_used(told->history, feature))
            continue;
        Value *entry = add_object(list);
        set_text(entry, "title", feature->title);
        set_words(entry, "url", add_history_address, told, "/history", feature, told->count);
        set_flag(entry, "current", current);
    }
    set_flag(page, "has_features", list->first && list->first != list->last);
}

static void set_headline(Value *page, const Told *told)
{
    set_flag(page, "used", told->total.units > 0);
    set_flag(page, "any", told->total.units > 0 || told->total.allowed > 0 || told->total.refused > 0);
    set_words(page, "first", add_day, told, 0);
    set_words(page, "last", add_day, told, told->count - 1);
    set_words(page, "average", words_add_a_day, (double)told->total.units / told->count);
    if (told->most >= 0) {
        Value *most = set_object(page, "most");
        set_words(most, "day", add_day, told, told->most);
        set_words(most, "number", words_add_number, told->days[told->most].units);
        set_flag(most, "today", told->most == told->count - 1);
    } else {
        set_null(page, "most");
    }
}

Value *view_history_page(const HistoryShown *shown, const PageContext *context)
{
    Told told;
    Reader reader = reader_of_report(shown->report, context);
    told_open(&told, shown);
    told.reader = &reader;
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, words_of(page, words_add_history, shown->feature), shown->history->zone, false));
    set_text(page, "whose", shown->subject);
    set_text(page, "feature", shown->feature->key);
    set_text(page, "title", shown->feature->title);
    set_text(page, "zone", shown->history->zone);
    set_number(page, "days", told.count);
    set_headline(page, &told);
    set_features(page, &told);
    set_periods(page, &told);
    set_chart(page, &told);
    set_rows(page, &told);
    set_words(page, "csv_url", add_history_address, &told, "/history.csv", shown->feature, told.count);
    if (shown->subject)
        set_null(page, "feature_url");
    else
        set_words(page, "feature_url", add_address, context->mount, "/features/", shown->feature->key);
    return page;
}

/* --- the twin, and the statement --- */

static json_t *sums_json(const Sums *sums)
{
    return json_pack("{s:I, s:I, s:I}", "allowed", (json_int_t)sums->allowed, "refused", (json_int_t)sums->refused, "units",
                     (json_int_t)sums->units);
}

static json_t *date_json(int64_t day)
{
    return json_text_take(WORDS(add_date, day));
}

static json_t *limit_json(const HistoryShown *shown)
{
    double a_day;
    const UsageLine *line = limit_line(shown, &a_day);
    if (!line)
        return json_null();
    json_t *limit = json_object();
    json_object_set_new(limit, "limit", json_text(line->limit->key));
    json_object_set_new(limit, "amount", json_amount(line->amount));
    json_object_set_new(limit, "window", json_text_take(window_text(&line->limit->window)));
    return limit;
}

json_t *view_history(const HistoryShown *shown)
{
    Told told;
    told_open(&told, shown);
    json_t *document = json_object(), *history = json_array();
    for (int i = 0; i < told.count; i++) {
        json_t *day = json_object();
        json_object_set_new(day, "day", date_json(told.history->first + i));
        json_object_update_new(day, sums_json(&told.days[i]));
        json_array_append_new(history, day);
    }
    json_object_set_new(document, "subject", json_text(shown->report->subject->key));
    json_object_set_new(document, "feature", feature_json(told.policy, shown->feature));
    json_object_set_new(document, "days", json_integer(told.count));
    json_object_set_new(document, "from", date_json(told.history->first));
    json_object_set_new(document, "to", date_json(told.history->last));
    json_object_set_new(document, "timezone", json_text(told.history->zone));
    json_object_set_new(document, "as_of", json_text_take(instant_text(told.history->as_of)));
    json_object_set_new(document, "limit", limit_json(shown));
    json_object_set_new(document, "total", sums_json(&told.total));
    json_object_set_new(document, "history", history);
    return document;
}

static void put_sums(GString *out, const Sums *sums)
{
    csv_put_number(out, sums->allowed);
    csv_put_number(out, sums->refused);
    csv_put_number(out, sums->units);
    csv_put_end(out);
}

GString *view_history_csv(const HistoryShown *shown)
{
    static const char *const columns[] = { "day", "feature", "on_behalf_of", "allowed", "refused", "units" };
    Told told;
    told_open(&told, shown);
    GString *out = g_string_sized_new(4096);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        csv_put_text(out, columns[i]);
    csv_put_end(out);
    for (int i = 0; i < told.history->row_count; i++) {
        const HistoryRow *row = &told.history->rows[i];
        if (!is_shown(shown, row))
            continue;
        g_autofree char *day = WORDS(add_date, row->day);
        csv_put_text(out, day);
        csv_put_text(out, row->feature);
        csv_put_text(out, row->client);
        put_sums(out, &(Sums){ row->allowed, row->refused, row->units });
    }
    g_autofree char *from = WORDS(add_date, told.history->first), *to = WORDS(add_date, told.history->last);
    g_autofree char *as_of = instant_text(told.history->as_of);
    g_autofree char *statement = WORDS(words_add_statement, shown->report->subject->key, from, to, told.history->zone, as_of);
    csv_put_text(out, statement);
    csv_put_text(out, shown->feature->key);
    csv_put_text(out, NULL);
    put_sums(out, &told.total);
    return out;
}
