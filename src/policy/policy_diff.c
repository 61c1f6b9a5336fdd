/* What is different between two policies: both are described as flat objects, and those compared. */
#include "policy/policy_diff.h"

#include "policy/policy_describe.h"

typedef struct {
    const Policy *from, *to;
    json_t *changes;
} Diff;

/* One thing that is in one policy or both: `names` says which, {"what": "limit", "plan": "free", …}. */
typedef struct {
    json_t *names;
    json_t *from, *to; /* descriptions; NULL where it is not */
    json_t *plans;
    int main_fields;   /* of the description, to be shown when it is added or removed */
} Thing;

static json_t *change_of(const Thing *thing, const char *change, const char *field, json_t *from, json_t *to)
{
    json_t *object = json_copy(thing->names);
    json_object_set_new(object, "change", json_string(change));
    json_object_set_new(object, "field", field ? json_string(field) : json_null());
    json_object_set(object, "from", from ? from : json_null());
    json_object_set(object, "to", to ? to : json_null());
    json_object_set(object, "plans", thing->plans);
    return object;
}

/* "feature message, amount 100, window month, align calendar" */
static json_t *summary(json_t *description, int fields)
{
    GString *text = g_string_new(NULL);
    const char *field;
    json_t *value;
    json_object_foreach(description, field, value)
        if (fields-- > 0 && json_is_string(value))
            g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", field, json_string_value(value));
    json_t *string = json_string(text->str);
    g_string_free(text, TRUE);
    return string;
}

static bool restarts(const Thing *thing, const char *field)
{
    static const char *const fields[] = {"feature", "window", "align", "scope", "timezone", "week_starts", "day_starts", NULL};
    return strcmp(json_string_value(json_object_get(thing->names, "what")), "limit") == 0 && g_strv_contains(fields, field);
}

static void compare_fields(Diff *diff, const Thing *thing)
{
    g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    json_t *const both[] = {thing->from, thing->to};
    const char *field;
    json_t *value;
    for (int i = 0; i < 2; i++)
        json_object_foreach(both[i], field, value)
            if (g_hash_table_add(fields, (gpointer) field))
                g_ptr_array_add(order, (gpointer) field);
    for (guint i = 0; i < order->len; i++) {
        field = g_ptr_array_index(order, i);
        json_t *from = json_object_get(thing->from, field), *to = json_object_get(thing->to, field);
        if (json_equal(from ? from : json_null(), to ? to : json_null()))
            continue;
        json_t *change = change_of(thing, "changed", field, from, to);
        if (restarts(thing, field))
            json_object_set_new(change, "restarts", json_true());
        json_array_append_new(diff->changes, change);
    }
}

/* Takes the thing's values. */
static void compare(Diff *diff, Thing *thing)
{
    if (thing->from && thing->to) {
        compare_fields(diff, thing);
    } else {
        json_t *text = summary(thing->from ? thing->from : thing->to, thing->main_fields);
        json_array_append_new(diff->changes, change_of(thing, thing->from ? "removed" : "added", NULL,
                                                       thing->from ? text : NULL, thing->from ? NULL : text));
        json_decref(text);
    }
    json_decref(thing->names);
    json_decref(thing->from);
    json_decref(thing->to);
    json_decref(thing->plans);
}

static void add_plan(json_t *plans, const char *key)
{
    size_t i;
    json_t *plan;
    json_array_foreach(plans, i, plan)
        if (strcmp(json_string_value(plan), key) == 0)
            return;
    json_array_append_new(plans, json_string(key));
}

/* Plans of either policy that list the feature; all of them for NULL. */
static json_t *plans_listing(const Diff *diff, const char *feature)
{
    json_t *plans = json_array();
    const Policy *const both[] = {diff->from, diff->to};
    for (int i = 0; i < 2; i++) {
        const Feature *found = feature ? policy_feature(both[i], feature) : NULL;
        for (int j = 0; j < both[i]->plan_count; j++)
            if (!feature || (found && both[i]->plans[j].lists[found->index]))
                add_plan(plans, both[i]->plans[j].key);
    }
    return plans;
}

static void compare_settings(Diff *diff)
{
    json_t *names = json_pack("{s:s}", "what", "setting");
    compare(diff, &(Thing){names, describe_settings(diff->from), describe_settings(diff->to), plans_listing(diff, NULL), 0});
}

static void compare_feature(Diff *diff, const char *key)
{
    const Feature *from = policy_feature(diff->from, key), *to = policy_feature(diff->to, key);
    compare(diff, &(Thing){json_pack("{s:s, s:s}", "what", "feature", "feature", key),
                           from ? describe_feature(diff->from, from) : NULL, to ? describe_feature(diff->to, to) : NULL,
                           plans_listing(diff, key), 1});
}

static const Limit *limit_of(const Plan *plan, const char *key)
{
    for (int i = 0; plan && i < plan->limit_count; i++)
        if (!plan->limits[i].counts_only && strcmp(plan->limits[i].key, key) == 0)
            return &plan->limits[i];
    return NULL;
}

static const PlanGrant *grant_of(const Plan *plan, const char *key)
{
    for (int i = 0; plan && i < plan->grant_count; i++)
        if (strcmp(plan->grants[i].key, key) == 0)
            return &plan->grants[i];
    return NULL;
}

static void compare_limit(Diff *diff, const Plan *a, const Plan *b, const char *key)
{
    const char *plan = (b ? b : a)->key;
    const Limit *from = limit_of(a, key), *to = limit_of(b, key);
    const char *feature = to ? diff->to->features[to->feature].key : diff->from->features[from->feature].key;
    json_t *names = json_pack("{s:s, s:s, s:s, s:s}", "what", "limit", "plan", plan, "limit", key, "feature", feature);
    compare(diff, &(Thing){names, from ? describe_limit(diff->from, from) : NULL, to ? describe_limit(diff->to, to) : NULL,
                           json_pack("[s]", plan), 5});
}

static void compare_grant(Diff *diff, const Plan *a, const Plan *b, const char *key)
{
    const char *plan = (b ? b : a)->key;
    const PlanGrant *from = grant_of(a, key), *to = grant_of(b, key);
    const char *feature = to ? diff->to->features[to->feature].key : diff->from->features[from->feature].key;
    json_t *names = json_pack("{s:s, s:s, s:s, s:s}", "what", "grant", "plan", plan, "grant", key, "feature", feature);
    compare(diff, &(Thing){names, from ? describe_grant(diff->from, from) : NULL, to ? describe_grant(diff->to, to) : NULL,
                           json_pack("[s]", plan), 3});
}

/* The plan of this key in both; either may be NULL. Limits and grants of both, each once, the old first. */
static void compare_plan(Diff *diff, const char *key)
{
    const Plan *from = policy_plan(diff->from, key), *to = policy_plan(diff->to, key);
    compare(diff, &(Thing){json_pack("{s:s, s:s}", "what", "plan", "plan", key), from ? describe_plan(diff->from, from) : NULL,
                           to ? describe_plan(diff->to, to) : NULL, json_pack("[s]", key), 2});
    for (int i = 0; from && i < from->limit_count; i++)
        if (!from->limits[i].counts_only)
            compare_limit(diff, from, to, from->limits[i].key);
    for (int i = 0; to && i < to->limit_count; i++)
        if (!to->limits[i].counts_only && !limit_of(from, to->limits[i].key))
            compare_limit(diff, from, to, to->limits[i].key);
    for (int i = 0; from && i < from->grant_count; i++)
        compare_grant(diff, from, to, from->grants[i].key);
    for (int i = 0; to && i < to->grant_count; i++)
        if (!grant_of(from, to->grants[i].key))
            compare_grant(diff, from, to, to->grants[i].key);
}

static const Route *route_of(const Policy *policy, const char *name)
{
    for (int i = 0; i < policy->route_count; i++) {
        g_autofree char *other = route_name(&policy->routes[i]);
        if (strcmp(other, name) == 0)
            return &policy->routes[i];
    }
    return NULL;
}

static void compare_route(Diff *diff, const char *name)
{
    const Route *from = route_of(diff->from, name), *to = route_of(diff->to, name);
    const char *feature = to ? diff->to->features[to->feature].key : diff->from->features[from->feature].key;
    compare(diff, &(Thing){json_pack("{s:s, s:s}", "what", "route", "route", name), from ? describe_route(diff->from, from) : NULL,
                           to ? describe_route(diff->to, to) : NULL, plans_listing(diff, feature), 2});
}

/* The first route that matches counts, so their order has a meaning. Of those in both: */
static void compare_route_order(Diff *diff)
{
    const Route *last = NULL;
    for (int i = 0; i < diff->from->route_count; i++) {
        g_autofree char *name = route_name(&diff->from->routes[i]);
        const Route *route = route_of(diff->to, name);
        if (route && last && route < last) {
            Thing thing = {.names = json_pack("{s:s, s:s}", "what", "route", "route", name), .plans = plans_listing(diff, NULL)};
            json_array_append_new(diff->changes, change_of(&thing, "reordered", NULL, NULL, NULL));
            json_decref(thing.names);
            json_decref(thing.plans);
            return;
        }
        last = route ? route : last;
    }
}

static void compare_routes(Diff *diff)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Policy *const both[] = {diff->from, diff->to};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < both[i]->route_count; j++) {
            char *name = route_name(&both[i]->routes[j]);
            if (!g_hash_table_contains(seen, name))
                compare_route(diff, name);
            g_hash_table_add(seen, name);
        }
    compare_route_order(diff);
}

json_t *policy_diff(const Policy *from, const Policy *to)
{
    Diff diff = {from, to, json_array()};
    compare_settings(&diff);
    for (int i = 0; i < from->feature_count; i++)
        compare_feature(&diff, from->features[i].key);
    for (int i = 0; i < to->feature_count; i++)
        if (!policy_feature(from, to->features[i].key))
            compare_feature(&diff, to->features[i].key);
    for (int i = 0; i < from->plan_count; i++)
        compare_plan(&diff, from->plans[i].key);
    for (int i = 0; i < to->plan_count; i++)
        if (!policy_plan(from, to->plans[i].key))
            compare_plan(&diff, to->plans[i].key);
    compare_routes(&diff);
    return json_pack("{s:o}", "changes", diff.changes);
}

static const char *text_of(const json_t *change, const char *field)
{
    return json_string_value(json_object_get(change, field));
}

char *policy_change_text(const json_t *change)
{
    GString *line = g_string_new(NULL);
    const char *what = text_of(change, "what"), *plan = text_of(change, "plan");
    const char *name = text_of(change, what), *field = text_of(change, "field");
    const char *from = text_of(change, "from"), *to = text_of(change, "to"), *kind = text_of(change, "change");
    if (plan && strcmp(what, "plan") != 0)
        g_string_append_printf(line, "plan %s: ", plan);
    g_string_append_printf(line, "%s%s%s: ", what, name ? " " : "", name ? name : "");
    if (field)
        g_string_append_printf(line, "%s: %s → %s", field, from ? from : "none", to ? to : "none");
    else
        g_string_append(line, kind);
    if (!field && (from || to))
        g_string_append_printf(line, " (%s)", from ? from : to);
    if (json_is_true(json_object_get(change, "restarts")))
        g_string_append(line, " (counted anew)");
    return g_string_free(line, FALSE);
}

void policy_diff_people(json_t *diff, const json_t *people)
{
    size_t i, p;
    json_t *change, *plan, *all = json_object();
    json_int_t concerned = 0;
    json_array_foreach(json_object_get(diff, "changes"), i, change) {
        json_int_t sum = 0;
        json_array_foreach(json_object_get(change, "plans"), p, plan) {
            json_int_t here = json_integer_value(json_object_get(people, json_string_value(plan)));
            sum += here;
            concerned += json_object_get(all, json_string_value(plan)) ? 0 : here;
            json_object_set_new(all, json_string_value(plan), json_true());
        }
        json_object_set_new(change, "people", json_integer(sum));
    }
    json_object_set_new(diff, "people", json_integer(concerned));
    json_decref(all);
}

char *policy_diff_text(const json_t *diff)
{
    GString *text = g_string_new(NULL);
    size_t i;
    json_t *change;
    json_array_foreach(json_object_get(diff, "changes"), i, change) {
        g_autofree char *line = policy_change_text(change);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}
