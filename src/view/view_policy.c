/* GET /admin/plans: what the policy in force says, limit by limit, its versions, and what is to come. */
#include "view/view_admin_policy.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static void set_limits(Value *row, const Policy *policy, const Plan *plan)
{
    Value *limits = set_list(row, "limits");
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (limit->counts_only)
            continue;
        Value *one = add_object(limits);
        set_text(one, "key", limit->key);
        set_taken(one, "value", g_strconcat(plan->key, "/", limit->key, NULL));
        set_text(one, "feature", policy->features[limit->feature].title);
        set_words(one, "gives", words_add_plan_limit, limit);
        set_text(one, "scope", scope_word(limit->scope));
        set_text(one, "exceed", exceed_word(limit->on_exceed));
        set_text(one, "mode", mode_word(limit->mode));
        set_flag(one, "enforced", limit->mode == MODE_ENFORCE);
        set_flag(one, "shadow", limit->mode == MODE_SHADOW);
        set_flag(one, "off", limit->mode == MODE_OFF);
    }
    set_flag(row, "has_limits", limits->first);
}

static void set_grants(Value *row, const Policy *policy, const Plan *plan)
{
    Value *grants = set_list(row, "grants");
    for (int i = 0; i < plan->grant_count; i++) {
        const PlanGrant *grant = &plan->grants[i];
        Value *one = add_object(grants);
        set_text(one, "key", grant->key);
        set_taken(one, "value", g_strconcat(plan->key, "/", grant->key, NULL));
        set_text(one, "feature", policy->features[grant->feature].title);
        set_words(one, "gives", words_add_plan_grant, grant);
        set_number(one, "priority", grant->priority);
    }
    set_flag(row, "has_grants", grants->first);
}

/* {title, key, unit, parent} for each. */
static void set_all_features(Value *page, const Policy *policy)
{
    Value *list = set_list(page, "all_features");
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        Value *row = add_object(list);
        set_text(row, "title", feature->title);
        set_text(row, "key", feature->key);
        set_text(row, "unit", feature->unit);
        set_text(row, "parent", feature->parent >= 0 ? policy->features[feature->parent].title : NULL);
    }
}

/* What a condition on the query says, as it is written. New string. */
static char *condition_text(const RouteCondition *condition)
{
    return condition->pattern ? g_strconcat(condition->name, "=", condition->pattern, NULL) : g_strconcat("!", condition->name, NULL);
}

/* {number, method, path, conditions, feature, units, charge} for each, in the order in which they are looked at. */
static void set_routes(Value *page, const Policy *policy)
{
    Value *list = set_list(page, "routes");
    for (int i = 0; i < policy->route_count; i++) {
        const Route *route = &policy->routes[i];
        Value *row = add_object(list), *conditions = set_list(row, "conditions");
        set_number(row, "number", i + 1);
        set_text(row, "method", route->method);
        set_text(row, "path", route->path);
        for (int c = 0; c < route->condition_count; c++)
            set_taken(add_object(conditions), "condition", condition_text(&route->conditions[c]));
        set_text(row, "feature", policy->features[route->feature].title);
        set_number(row, "units", route->units);
        set_text(row, "charge", charge_word(route->charge));
    }
    set_flag(page, "has_routes", policy->route_count);
}

/* {version, author, reason, at, active, …}: `at` is when it came, or is to come, into force. */
static void set_version(Value *row, const json_t *version, const char *zone, const PageContext *context)
{
    const char *state = text_of(version, "state"), *effective = text_of(version, "effective_at");
    int64_t number = json_integer_value(json_object_get(version, "version"));
    bool scheduled = g_strcmp0(state, "scheduled") == 0;
    set_number(row, "version", number);
    set_text(row, "author", text_of(version, "author"));
    set_text(row, "reason", text_of(version, "reason"));
    set_words(row, "at", words_add_when, scheduled ? effective : text_of(version, "applied_at"), zone);
    set_flag(row, "active", json_is_true(json_object_get(version, "active")));
    set_flag(row, "scheduled", scheduled);
    set_flag(row, "cancelled", g_strcmp0(state, "cancelled") == 0);
    set_flag(row, "overtaken", g_strcmp0(state, "overtaken") == 0);
    set_text(row, "failed", text_of(version, "why"));
    set_taken(row, "url", g_strdup_printf("%s/admin/version?version=%" PRId64, context->mount, number));
}

static void set_versions(Value *page, const json_t *versions, const char *zone, const PageContext *context)
{
    Value *coming = set_list(page, "coming"), *past = set_list(page, "versions");
    size_t i;
    json_t *version;
    json_array_foreach((json_t *) versions, i, version) {
        bool scheduled = g_strcmp0(text_of(version, "state"), "scheduled") == 0;
        set_version(add_object(scheduled ? coming : past), version, zone, context);
    }
    set_flag(page, "has_coming", coming->first);
}

/* Is the version that was made a moment ago in force? */
static bool is_active(const json_t *versions, int number)
{
    size_t i;
    json_t *version;
    json_array_foreach((json_t *) versions, i, version)
        if (json_integer_value(json_object_get(version, "version")) == number)
            return json_is_true(json_object_get(version, "active"));
    return false;
}

json_t *view_routes_json(const Policy *policy)
{
    json_t *routes = json_array();
    for (int i = 0; i < policy->route_count; i++) {
        const Route *route = &policy->routes[i];
        json_t *query = json_array();
        for (int c = 0; c < route->condition_count; c++) {
            g_autofree char *text = condition_text(&route->conditions[c]);
            json_array_append_new(query, json_string(text));
        }
        json_array_append_new(routes, json_pack("{s:i, s:s?, s:s, s:o, s:s, s:s?, s:s?, s:I, s:s}", "route", i + 1, "method", route->method, "path",
                                                route->path, "query", query, "feature", policy->features[route->feature].key, "resource_query",
                                                route->resource_query, "resource_segment", route->resource_segment, "units",
                                                (json_int_t) route->units, "charge", charge_word(route->charge)));
    }
    return json_pack("{s:i, s:o}", "version", policy->version, "routes", routes);
}

Value *view_policy(const PolicyShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Policy *policy = shown->policy;
    set_value(page, "page", page_value(page, context, NULL, policy->zone, false));
    set_text(page, "mount", context->mount);
    set_number(page, "version", policy->version);
    set_number(page, "done", shown->done);
    set_flag(page, "is_done", shown->done);
    set_flag(page, "done_later", shown->done && !is_active(shown->versions, shown->done));
    set_flag(page, "may_change", shown->may_change);
    Value *plans = set_list(page, "plans");
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        Value *row = add_object(plans);
        set_text(row, "title", plan->title);
        set_text(row, "plan_key", plan->key);
        set_text(row, "price", plan->price);
        json_int_t people = json_integer_value(json_object_get(shown->people, plan->key));
        set_words(row, "people", words_add_number, people);
        set_flag(row, "one", people == 1);
        set_limits(row, policy, plan);
        set_grants(row, policy, plan);
    }
    set_all_features(page, policy);
    set_routes(page, policy);
    set_versions(page, shown->versions, policy->zone, context);
    return page;
}

static json_t *limit_json(const Policy *policy, const Limit *limit)
{
    g_autofree char *window = window_text(&limit->window);
    json_t *warn_at = json_array();
    for (int i = 0; i < limit->warn_count; i++)
        json_array_append_new(warn_at, json_integer(limit->warn_at[i]));
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    g_autofree char *day_starts = g_strdup_printf("%02d:%02d", limit->window.day_starts_min / 60, limit->window.day_starts_min % 60);
    json_t *json = json_pack("{s:s, s:s, s:o, s:s, s:s, s:s?, s:s, s:s, s:s, s:b, s:o, s:I, s:s, s:s}", "limit", limit->key, "feature",
                     policy->features[limit->feature].key, "amount",
                     limit->plan_amount < 0 ? json_null() : json_integer(limit->plan_amount), "window", window, "align",
                     align_word(limit->window.align), "timezone", limit->zone, "scope", scope_word(limit->scope), "on_exceed",
                     exceed_word(limit->on_exceed), "mode", mode_word(limit->mode), "fail_open", limit->fail_open, "warn_at", warn_at,
                     "rollover", (json_int_t)limit->rollover, "week_starts", days[limit->window.week_starts - 1], "day_starts", day_starts);
    const QueueRules *queue = &limit->queue;
    json_object_set_new(json, "queue", limit->on_exceed != EXCEED_QUEUE ? json_null() :
        json_pack("{s:I, s:I, s:I, s:s}", "claim_within", (json_int_t)queue->claim_within_s, "keep_place", (json_int_t)queue->keep_place_s,
                  "queue_max", (json_int_t)queue->queue_max, "fair", queue->fair ? "account" : "none"));
    return json;
}

static json_t *grant_json(const Policy *policy, const PlanGrant *grant)
{
    g_autofree char *every = grant->every.count > 0 ? window_text(&grant->every) : NULL;
    return json_pack("{s:s, s:s, s:I, s:s?, s:i}", "grant", grant->key, "feature", policy->features[grant->feature].key, "amount",
                     (json_int_t)grant->amount, "every", every, "priority", grant->priority);
}

json_t *view_limits_json(const Policy *policy, const json_t *people)
{
    json_t *plans = json_array();
    for (int p = 0; p < policy->plan_count; p++) {
        const Plan *plan = &policy->plans[p];
        json_t *limits = json_array();
        for (int i = 0; i < plan->limit_count; i++)
            if (!plan->limits[i].counts_only)
                json_array_append_new(limits, limit_json(policy, &plan->limits[i]));
        json_t *grants = json_array();
        for (int i = 0; i < plan->grant_count; i++)
            json_array_append_new(grants, grant_json(policy, &plan->grants[i]));
        json_array_append_new(plans, json_pack("{s:s, s:s, s:I, s:o, s:o}", "plan", plan->key, "title", plan->title, "people",
                                               json_integer_value(json_object_get(people, plan->key)), "limits", limits, "grants", grants));
    }
    return json_pack("{s:i, s:o}", "version", policy->version, "plans", plans);
}

json_t *view_policy_json(const PolicyShown *shown)
{
    json_t *limits = view_limits_json(shown->policy, shown->people);
    json_t *json = json_pack("{s:i, s:s, s:O, s:O}", "version", shown->policy->version, "text", shown->policy->text, "plans",
                             json_object_get(limits, "plans"), "versions", shown->versions);
    json_decref(limits);
    return json;
}

/* --- one version --- */

void set_diff(Value *page, const DiffShown *diff)
{
    Value *list = set_list(page, "changes");
    size_t i;
    json_t *change;
    json_array_foreach(json_object_get(diff->changes, "changes"), i, change) {
        Value *row = add_object(list);
        json_int_t people = json_integer_value(json_object_get(change, "people"));
        set_taken(row, "line", diff->line(change));
        set_words(row, "people", words_add_number, people);
        set_flag(row, "one", people == 1);
        set_flag(row, "restarts", json_is_true(json_object_get(change, "restarts")));
    }
    set_words(page, "concerned", words_add_people, json_integer_value(json_object_get(diff->changes, "people")));
    set_flag(page, "has_changes", list->first);
    set_flag(page, "preview", diff->changes);
}

Value *view_version(const VersionShown *shown, const PageContext *context)
{
    static const char *const hidden[] = {"cancel", NULL};
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, NULL, shown->policy->zone, false));
    set_words(page, "action", add_address, context->mount, "/admin/version", NULL);
    set_words(page, "back_url", add_address, context->mount, "/admin/plans", NULL);
    set_number(page, "number", shown->version->version);
    set_number(page, "now", shown->policy->version);
    Value *facts = set_object(page, "facts");
    set_version(facts, shown->facts, shown->policy->zone, context);
    set_text(page, "text", shown->version->text);
    set_flag(page, "may_change", shown->may_change);
    set_flag(page, "conflict", shown->conflict);
    set_diff(page, &shown->diff);
    form_set_hidden(page, shown->shown, shown->shown_count, hidden);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}
