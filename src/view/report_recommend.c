/* Recommendations, from the lists that the store reads for them. */
#include "domain/recommend.h"
#include "view/report.h"
#include "view/view_parts.h"

typedef struct {
    json_t *row;
    double weight; /* what has more of it comes first */
} Weighed;

static int weighed_order(const void *a, const void *b)
{
    const Weighed *one = a, *other = b;
    return one->weight != other->weight ? (one->weight > other->weight ? -1 : 1) : 0;
}

/* Appends at most `most` of them to the list, the weightiest first. */
static void put_weighed(json_t *list, GArray *weighed, guint most)
{
    g_array_sort(weighed, weighed_order);
    for (guint i = 0; i < weighed->len; i++) {
        json_t *row = g_array_index(weighed, Weighed, i).row;
        if (i < most)
            json_array_append_new(list, row);
        else
            json_decref(row);
    }
    g_array_set_size(weighed, 0);
}

static int64_t number_of(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

static bool is_text(const json_t *row, const char *name, const char *text)
{
    return g_strcmp0(text_of(row, name), text) == 0;
}

/* All members, null. */
static json_t *row_new(const char *kind, const Plan *plan)
{
    json_t *row = json_object();
    for (const ReportColumn *column = report_recommendations.columns; column->name; column++)
        json_object_set_new(row, column->name, json_null());
    json_object_set_new(row, "kind", json_string(kind));
    json_object_set_new(row, "plan", json_string(plan->key));
    return row;
}

static void put_number(json_t *row, const char *name, int64_t number)
{
    json_object_set_new(row, name, json_integer((json_int_t)number));
}

/* --- limits --- */

static int64_t active_on(const json_t *reports, const Plan *plan)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "plans"), i, row)
        if (is_text(row, "plan", plan->key))
            return number_of(row, "active");
    return 0;
}

static int64_t asked_for(const json_t *reports, const Policy *policy, const Plan *plan, const Limit *limit)
{
    int64_t asked = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "use"), i, row) {
        const Feature *feature = policy_feature(policy, text_of(row, "feature"));
        if (feature && is_text(row, "plan", plan->key) && feature_is_within(policy, feature->index, limit->feature))
            asked += number_of(row, "allowed");
    }
    return asked;
}

static int64_t reached_by(const json_t *reports, const Plan *plan, const Limit *limit)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(reports, "reached"), i, row)
        if (number_of(row, "slot") == limit->slot && is_text(row, "plan", plan->key))
            return number_of(row, "people");
    return 0;
}

static void recommend_limits(const json_t *reports, const Policy *policy, Recommend wanted, GArray *found)
{
    for (int p = 0; p < policy->plan_count; p++) {
        const Plan *plan = &policy->plans[p];
        int64_t active = active_on(reports, plan);
        for (int i = 0; active > 0 && i < plan->limit_count; i++) {
            const Limit *limit = &plan->limits[i];
            int64_t reached = reached_by(reports, plan, limit);
            if (recommend_limit(limit, active, asked_for(reports, policy, plan, limit), reached) != wanted)
                continue;
            json_t *row = row_new(wanted == RECOMMEND_RAISE ? "raise" : "lower", plan);
            json_object_set_new(row, "feature", json_string(policy->features[limit->feature].key));
            json_object_set_new(row, "limit", json_string(limit->key));
            put_number(row, "amount", limit->plan_amount);
            put_number(row, "active", active);
            put_number(row, "reached", reached);
            json_object_set_new(row, "reached_pct", report_share(reached, active));
            put_number(row, "to_amount", recommend_amount(limit, wanted));
            const Weighed one = {row, wanted == RECOMMEND_RAISE ? (double)reached / (double)active : (double)active};
            g_array_append_val(found, one);
        }
    }
}

/* --- people --- */

/* The rows of one person, from `from` on: what they used, and the row behind them. */
static size_t person_read(const json_t *list, size_t from, const Policy *policy, GArray *uses)
{
    const char *subject = text_of(json_array_get(list, from), "subject");
    size_t i = from;
    g_array_set_size(uses, 0);
    for (; i < json_array_size(list) && is_text(json_array_get(list, i), "subject", subject); i++) {
        const json_t *row = json_array_get(list, i);
        const char *key = text_of(row, "feature");
        const Feature *feature = key ? policy_feature(policy, key) : NULL;
        const PersonUse use = {feature ? feature->index : 0, number_of(row, "units"), number_of(row, "most"), number_of(row, "refused")};
        if (feature)
            g_array_append_val(uses, use);
    }
    return i;
}

/* Of somebody who is to go up, with the feature that they were refused most. */
static void put_person(GArray *found, const Policy *policy, const json_t *first, const char *kind, const Plan *plan, const Plan *to,
                       const GArray *uses)
{
    int64_t units = 0, refused = 0;
    const PersonUse *most = NULL;
    for (guint i = 0; i < uses->len; i++) {
        const PersonUse *use = &g_array_index(uses, PersonUse, i);
        units = MIN(units + MAX(use->units, 0), UNITS_MAX);
        refused += use->refused;
        most = !most || use->refused > most->refused ? use : most;
    }
    bool up = strcmp(kind, "upgrade") == 0;
    json_t *row = row_new(kind, plan);
    json_object_set(row, "subject", json_object_get(first, "subject"));
    if (up && most)
        json_object_set_new(row, "feature", json_string(policy->features[most->feature].key));
    put_number(row, up ? "refused" : "units", up ? refused : units);
    json_object_set_new(row, "to_plan", json_string(to->key));
    const Weighed one = {row, up ? (double)refused : -(double)units};
    g_array_append_val(found, one);
}

static void recommend_people(const json_t *list, const Policy *policy, bool up, GArray *found)
{
    g_autoptr(GArray) uses = g_array_new(FALSE, TRUE, sizeof(PersonUse));
    for (size_t i = 0, next; i < json_array_size(list); i = next) {
        const json_t *first = json_array_get(list, i);
        const Plan *plan = policy_plan(policy, text_of(first, "plan"));
        next = person_read(list, i, policy, uses);
        const PersonUse *used = (const PersonUse *)(void *)uses->data;
        const Plan *to = !plan ? NULL
                       : up    ? recommend_plan_above(policy, plan, used, (int)uses->len, (int)number_of(first, "stopped_days"))
                               : recommend_plan_below(policy, plan, used, (int)uses->len);
        if (to)
            put_person(found, policy, first, up ? "upgrade" : "downgrade", plan, to, uses);
    }
}

GPtrArray *report_paid_plans(const Policy *policy)
{
    GPtrArray *keys = g_ptr_array_new();
    for (int i = 0; i < policy->plan_count; i++)
        if (recommend_has_below(policy, &policy->plans[i]))
            g_ptr_array_add(keys, policy->plans[i].key);
    return keys;
}

void report_recommend(json_t *reports, const Policy *policy)
{
    json_t *list = json_array();
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Weighed));
    recommend_limits(reports, policy, RECOMMEND_RAISE, found);
    put_weighed(list, found, G_MAXUINT);
    recommend_limits(reports, policy, RECOMMEND_LOWER, found);
    put_weighed(list, found, G_MAXUINT);
    recommend_people(json_object_get(reports, "stopped"), policy, true, found);
    put_weighed(list, found, REPORT_PEOPLE);
    recommend_people(json_object_get(reports, "paying"), policy, false, found);
    put_weighed(list, found, REPORT_PEOPLE);
    json_object_set_new(reports, report_recommendations.name, list);
}
