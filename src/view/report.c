/* What is reckoned of reports, and their rows as text. */
#include "view/report.h"
#include "view/view_parts.h"

#include "base/csv_put.h"
#include "view/words_add.h"

#define MICROS 1e6

bool report_stale(const json_t *about)
{
    Instant now, since;
    const char *as_of = text_of(about, "as_of"), *uncounted = text_of(about, "uncounted_since");
    return as_of && uncounted && instant_parse(as_of, &now) && instant_parse(uncounted, &since) && now - since >= REPORT_OLD_S * US_PER_S;
}

const ReportShape *report_find(const char *name)
{
    for (int i = 0; i < report_count; i++)
        if (strcmp(report_shapes[i].name, name) == 0)
            return &report_shapes[i];
    return NULL;
}

static int64_t number_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

bool report_on_target(int64_t stopped, int64_t active)
{
    return stopped == 0 || stopped * 100 < active * REPORT_TARGET_PCT;
}

json_t *report_share(int64_t part, int64_t whole)
{
    return whole > 0 ? json_real((double)(int64_t)((double)part / (double)whole * 1000 + 0.5) / 10) : json_null();
}

/* NULL: none is known. */
static json_t *cost_json(double cost, bool known)
{
    return known ? json_real(cost) : json_null();
}

/* --- costs --- */

typedef struct {
    double cost;
    bool known; /* of at least one feature that was used */
} Cost;

static void cost_add(Cost *cost, const json_t *row)
{
    const json_t *one = json_object_get(row, "cost");
    cost->cost += json_is_real(one) ? json_real_value(one) : 0;
    cost->known |= json_is_real(one);
}

static void finish_use(json_t *reports, const Policy *policy)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "use"), i, row) {
        const Feature *feature = policy_feature(policy, text_of(row, "feature"));
        bool known = feature && feature->unit_cost_micros > 0;
        double cost = known ? (double)number_of(row, "units") * ((double)feature->unit_cost_micros / MICROS) : 0;
        json_object_set_new(row, "cost", cost_json(cost, known));
    }
}

/* What each day cost, and the share of those who were stopped on it. The list that costs are made from is for that alone. */
static void finish_days(json_t *reports, const Policy *policy)
{
    const json_t *units = json_object_get(reports, "units");
    size_t i, u;
    json_t *day, *row;
    json_array_foreach(json_object_get(reports, "days"), i, day) {
        Cost cost = {0, false};
        json_array_foreach(units, u, row) {
            const Feature *feature = policy_feature(policy, text_of(row, "feature"));
            if (!feature || feature->unit_cost_micros <= 0 || strcmp(text_of(row, "day"), text_of(day, "day")) != 0)
                continue;
            cost.cost += (double)number_of(row, "units") * ((double)feature->unit_cost_micros / MICROS);
            cost.known = true;
        }
        json_object_set_new(day, "hit_pct", report_share(number_of(day, "hit"), number_of(day, "active")));
        json_object_set_new(day, "cost", cost_json(cost.cost, cost.known));
    }
    json_object_del(reports, "units");
}

/* Of one plan; NULL: of all. */
static Cost cost_of(const json_t *reports, const char *plan)
{
    Cost cost = {0, false};
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "use"), i, row)
        if (!plan || strcmp(text_of(row, "plan"), plan) == 0)
            cost_add(&cost, row);
    return cost;
}

static void put_cost(json_t *row, Cost cost, int64_t active)
{
    json_object_set_new(row, "cost", cost_json(cost.cost, cost.known));
    json_object_set_new(row, "cost_per_active", cost_json(active ? cost.cost / (double)active : 0, cost.known && active > 0));
}

static void finish_plans(json_t *reports)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "plans"), i, row) {
        json_object_set_new(row, "hit_pct", report_share(number_of(row, "stopped"), number_of(row, "active")));
        put_cost(row, cost_of(reports, text_of(row, "plan")), number_of(row, "active"));
    }
}

/* --- in short --- */

static int64_t sum_of(const json_t *reports, const char *report, const char *name)
{
    int64_t sum = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, report), i, row)
        sum += number_of(row, name);
    return sum;
}

/* The sums of `days`; only of the day `only`, where that is given. */
static json_t *summary_row(const json_t *reports, const char *period, const char *only)
{
    static const char *const sums[] = {"allowed", "refused", "stopped"};
    json_t *row = json_pack("{s:s, s:i}", "period", period, "requests", 0), *day;
    int64_t requests = 0;
    size_t d;
    for (size_t i = 0; i < G_N_ELEMENTS(sums); i++) {
        int64_t sum = 0;
        json_array_foreach(json_object_get(reports, "days"), d, day)
            if (!only || strcmp(text_of(day, "day"), only) == 0)
                sum += number_of(day, sums[i]);
        json_object_set_new(row, sums[i], json_integer((json_int_t)sum));
        requests += strcmp(sums[i], "stopped") == 0 ? 0 : sum;
    }
    json_object_set_new(row, "requests", json_integer((json_int_t)requests));
    int64_t active = sum_of(reports, "plans", only ? "active_today" : "active");
    int64_t hit = sum_of(reports, "plans", only ? "stopped_today" : "stopped");
    json_object_set_new(row, "active", json_integer((json_int_t)active));
    json_object_set_new(row, "hit", json_integer((json_int_t)hit));
    json_object_set_new(row, "hit_pct", report_share(hit, active));
    bool all = !only || number_of(json_object_get(reports, "about"), "days") == 1;
    put_cost(row, all ? cost_of(reports, NULL) : (Cost){0, false}, active);
    return row;
}

static void finish_summary(json_t *reports)
{
    const json_t *about = json_object_get(reports, "about");
    json_t *summary = json_array();
    json_array_append_new(summary, summary_row(reports, "today", text_of(about, "to")));
    if (number_of(about, "days") > 1) {
        g_autofree char *period = g_strdup_printf("%" PRId64, number_of(about, "days"));
        json_array_append_new(summary, summary_row(reports, period, NULL));
    }
    json_object_set_new(reports, "summary", summary);
}

void report_finish(json_t *reports, const Policy *policy)
{
    size_t i;
    json_t *row;
    json_t *about = json_object_get(reports, "about");
    json_object_set_new(about, "currency", policy->currency ? json_string(policy->currency) : json_null());
    json_object_set_new(about, "target_pct", json_integer(REPORT_TARGET_PCT));
    finish_days(reports, policy);
    finish_use(reports, policy);
    finish_plans(reports);
    finish_summary(reports);
    json_array_foreach(json_object_get(reports, "queues"), i, row)
        json_object_set_new(row, "kept_pct", report_share(number_of(row, "kept"), number_of(row, "promised")));
    json_array_foreach(json_object_get(reports, "requests"), i, row)
        json_object_set_new(row, "granted_pct", report_share(number_of(row, "granted"), number_of(row, "after_refusal")));
}

/* --- one report --- */

json_t *report_json(const json_t *reports, const ReportShape *shape)
{
    return json_pack("{s:O, s:s, s:O}", "about", json_object_get(reports, "about"), "report", shape->name, "rows",
                     json_object_get(reports, shape->name));
}

static void put_csv_cell(GString *out, const json_t *value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    if (json_is_integer(value))
        csv_put_number(out, json_integer_value(value));
    else if (json_is_real(value))
        csv_put_text(out, g_ascii_formatd(text, sizeof text, "%.6f", json_real_value(value)));
    else
        csv_put_text(out, json_string_value(value));
}

GString *report_csv(const json_t *reports, const ReportShape *shape)
{
    GString *out = g_string_sized_new(4096);
    size_t i;
    json_t *row;
    for (const ReportColumn *column = shape->columns; column->name; column++)
        csv_put_text(out, column->name);
    csv_put_end(out);
    json_array_foreach(json_object_get(reports, shape->name), i, row) {
        for (const ReportColumn *column = shape->columns; column->name; column++)
            put_csv_cell(out, json_object_get(row, column->name));
        csv_put_end(out);
    }
    return out;
}

static void add_text(GString *out, const char *text, CellKind kind, const Policy *policy)
{
    const Feature *feature = kind == CELL_FEATURE ? policy_feature(policy, text) : NULL;
    const Plan *plan = kind == CELL_PLAN ? policy_plan(policy, text) : NULL;
    Instant at;
    if (kind == CELL_TIME && instant_parse(text, &at))
        words_add_stamp_bare(out, at, policy->zone);
    else if (kind == CELL_WORD)
        words_add_report_word(out, text);
    else
        text_add(out, feature ? feature->title : plan ? plan->title : text);
}

void report_add_cell(GString *out, const json_t *row, const ReportColumn *column, const Policy *policy)
{
    const json_t *value = json_object_get(row, column->name);
    if (!value || json_is_null(value))
        words_add_none(out);
    else if (column->kind == CELL_NUMBER)
        words_add_number(out, json_integer_value(value));
    else if (column->kind == CELL_PERCENT)
        words_add_percent(out, json_number_value(value));
    else if (column->kind == CELL_MONEY)
        words_add_money(out, json_number_value(value), policy->currency);
    else if (column->kind == CELL_SPAN)
        words_add_length(out, json_integer_value(value));
    else
        add_text(out, json_string_value(value), column->kind, policy);
}
