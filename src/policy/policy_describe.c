/* The parts of a policy as flat objects of text. */
#include "policy/policy_describe.h"

#include "policy/policy_parts.h"

static void put(json_t *object, const char *field, const char *text)
{
    json_object_set_new(object, field, text ? json_string(text) : json_null());
}

static void put_number(json_t *object, const char *field, int64_t number)
{
    json_object_set_new(object, field, json_sprintf("%" PRId64, number));
}

static void put_time(json_t *object, const char *field, int minutes)
{
    json_object_set_new(object, field, json_sprintf("%02d:%02d", minutes / 60, minutes % 60));
}

static void put_day(json_t *object, const char *field, int day)
{
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    put(object, field, days[day - 1]);
}

static void put_list(json_t *object, const char *field, char **values)
{
    g_autofree char *text = values && *values ? g_strjoinv(", ", values) : NULL;
    put(object, field, text);
}

static const char *feature_key(const Policy *policy, int index)
{
    return index >= 0 ? policy->features[index].key : NULL;
}

static const char *plan_key(const Policy *policy, int index)
{
    return index >= 0 ? policy->plans[index].key : NULL;
}

static json_t *describe_ceiling(const Ceiling *ceiling)
{
    return ceiling->days ? json_sprintf("× %g for %d days", ceiling->multiplier, ceiling->days) : json_null();
}

json_t *describe_settings(const Policy *policy)
{
    json_t *object = json_object();
    put(object, "title", policy->title);
    put(object, "timezone", policy->zone);
    put(object, "default_plan", plan_key(policy, policy->default_plan));
    put(object, "anonymous_plan", plan_key(policy, policy->anonymous_plan));
    put_day(object, "week_starts", policy->week_starts);
    put_time(object, "day_starts", policy->day_starts_min);
    put(object, "upgrade_url", policy->upgrade_url);
    put(object, "support_url", policy->support_url);
    put(object, "sign_in_url", policy->sign_in_url);
    put_list(object, "administrators", policy->administrators);
    put_list(object, "embedders", policy->embedders);
    put(object, "queue_answer", policy->queue_page ? "page" : NULL);
    json_object_set_new(object, "support_ceiling", describe_ceiling(&policy->support));
    put(object, "totp", policy->totp_required ? "required" : NULL);
    put(object, "currency", policy->currency);
    return object;
}

json_t *describe_feature(const Policy *policy, const Feature *feature)
{
    json_t *object = json_object();
    put(object, "title", feature->title);
    put(object, "unit", feature->unit);
    put(object, "units", feature->units);
    put(object, "about", feature->about);
    put(object, "parent", feature_key(policy, feature->parent));
    put_list(object, "resources", feature->resources);
    put(object, "one_place", feature->place_per_resource ? "resource" : NULL);
    json_object_set_new(object, "unit_cost", json_sprintf("%" PRId64 ".%06" PRId64, feature->unit_cost_micros / 1000000,
                                                          feature->unit_cost_micros % 1000000));
    return object;
}

static void put_grace(json_t *object, const Grace *grace)
{
    if (grace->days == 0)
        put(object, "grace", NULL);
    else if (grace->unlimited)
        json_object_set_new(object, "grace", json_sprintf("unlimited for %d days", grace->days));
    else
        json_object_set_new(object, "grace", json_sprintf("× %g for %d days", grace->multiplier, grace->days));
}

json_t *describe_plan(const Policy *policy, const Plan *plan)
{
    json_t *object = json_object();
    put(object, "title", plan->title);
    put_number(object, "rank", plan->rank);
    put(object, "price", plan->price);
    put(object, "upgrade", plan_key(policy, plan->upgrade));
    put(object, "unlimited", plan->unlimited ? "true" : "false");
    if (plan->queue_weight != 1)
        put_number(object, "queue_weight", plan->queue_weight);
    put_grace(object, &plan->grace);
    return object;
}

static void put_window(json_t *object, const WindowSpec *window)
{
    g_autofree char *text = window_text(window);
    put(object, "window", text);
    put(object, "align", window->unit == WINDOW_LIFETIME ? NULL : align_word(window->align));
}

/* What a window does not depend on is not said. */
static void put_starts(json_t *object, const WindowSpec *window)
{
    if (window_has_week_start(window))
        put_day(object, "week_starts", window->week_starts);
    if (window_has_day_start(window))
        put_time(object, "day_starts", window->day_starts_min);
}

/* What is as it is without being said is not said. */
static void put_queue(json_t *object, const QueueRules *rules)
{
    if (rules->claim_within_s != QUEUE_CLAIM_WITHIN_S)
        put_number(object, "claim_within", rules->claim_within_s);
    if (rules->keep_place_s != QUEUE_KEEP_PLACE_S)
        put_number(object, "keep_place", rules->keep_place_s);
    if (rules->queue_max != QUEUE_MAX)
        put_number(object, "queue_max", rules->queue_max);
    if (rules->fair)
        put(object, "fair", "account");
}

json_t *describe_limit(const Policy *policy, const Limit *limit)
{
    json_t *object = json_object();
    GString *warn_at = g_string_new(NULL);
    put(object, "feature", feature_key(policy, limit->feature));
    if (limit->plan_amount == AMOUNT_UNLIMITED)
        put(object, "amount", "unlimited");
    else
        put_number(object, "amount", limit->plan_amount);
    put_window(object, &limit->window);
    put(object, "scope", scope_word(limit->scope));
    put_starts(object, &limit->window);
    put(object, "timezone", limit->zone ? limit->zone : "subject");
    put(object, "mode", mode_word(limit->mode));
    put(object, "on_exceed", exceed_word(limit->on_exceed));
    put(object, "fail", limit->fail_open ? "open" : "closed");
    for (int i = 0; i < limit->warn_count; i++)
        g_string_append_printf(warn_at, "%s%d", i ? ", " : "", limit->warn_at[i]);
    put(object, "warn_at", warn_at->len ? warn_at->str : NULL);
    put_number(object, "rollover", limit->rollover);
    if (limit->on_exceed == EXCEED_QUEUE)
        put_queue(object, &limit->queue);
    g_string_free(warn_at, TRUE);
    return object;
}

json_t *describe_grant(const Policy *policy, const PlanGrant *grant)
{
    json_t *object = json_object();
    g_autofree char *every = grant->every.count > 0 ? window_text(&grant->every) : NULL;
    put(object, "feature", feature_key(policy, grant->feature));
    put_number(object, "amount", grant->amount);
    put(object, "every", every);
    put_number(object, "priority", grant->priority);
    return object;
}

json_t *describe_route(const Policy *policy, const Route *route)
{
    json_t *object = json_object();
    put(object, "feature", feature_key(policy, route->feature));
    put(object, "charge", charge_word(route->charge));
    put_number(object, "units", route->units);
    put(object, "resource_query", route->resource_query);
    put(object, "resource_segment", route->resource_segment);
    return object;
}

char *route_name(const Route *route)
{
    GString *name = g_string_new(route->method ? route->method : "any");
    g_string_append_printf(name, " %s", route->path);
    for (int i = 0; i < route->condition_count; i++) {
        const RouteCondition *condition = &route->conditions[i];
        if (condition->pattern)
            g_string_append_printf(name, " %s=%s", condition->name, condition->pattern);
        else
            g_string_append_printf(name, " !%s", condition->name);
    }
    return g_string_free(name, FALSE);
}
