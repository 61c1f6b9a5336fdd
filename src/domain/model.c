/* The policy as values: making, sharing and freeing it, and the look-ups that need nothing else.
 *
 * A policy has some dozens of features and plans, and a look-up is a walk over an array that is
 * in the cache anyway; an index would have to be kept right for no gain that can be measured.
 */
#include "domain/model.h"

#include "base/parse.h"

Policy *policy_new(void)
{
    Policy *policy = g_new0(Policy, 1);
    policy->refs = 1;
    policy->week_starts = 1;
    policy->default_plan = -1;
    policy->anonymous_plan = -1;
    return policy;
}

Policy *policy_ref(Policy *policy)
{
    g_atomic_int_inc(&policy->refs);
    return policy;
}

static void features_free(Feature *features, int count)
{
    for (int i = 0; i < count; i++) {
        Feature *feature = &features[i];
        g_free(feature->key);
        g_free(feature->title);
        g_free(feature->unit);
        g_free(feature->units);
        g_free(feature->about);
        g_strfreev(feature->resources);
    }
    g_free(features);
}

static void plans_free(Plan *plans, int count)
{
    for (int i = 0; i < count; i++) {
        Plan *plan = &plans[i];
        for (int j = 0; j < plan->limit_count; j++) {
            g_free(plan->limits[j].key);
            g_free(plan->limits[j].zone);
        }
        for (int j = 0; j < plan->grant_count; j++)
            g_free(plan->grants[j].key);
        g_free(plan->limits);
        g_free(plan->grants);
        g_free(plan->lists);
        g_free(plan->key);
        g_free(plan->title);
        g_free(plan->price);
    }
    g_free(plans);
}

static void routes_free(Route *routes, int count)
{
    for (int i = 0; i < count; i++) {
        Route *route = &routes[i];
        for (int j = 0; j < route->condition_count; j++) {
            g_free(route->conditions[j].name);
            g_free(route->conditions[j].pattern);
        }
        g_free(route->conditions);
        g_free(route->method);
        g_free(route->path);
        g_free(route->resource_query);
        g_free(route->resource_segment);
    }
    g_free(routes);
}

void policy_unref(Policy *policy)
{
    if (!policy || !g_atomic_int_dec_and_test(&policy->refs))
        return;
    features_free(policy->features, policy->feature_count);
    plans_free(policy->plans, policy->plan_count);
    routes_free(policy->routes, policy->route_count);
    g_strfreev(policy->administrators);
    g_strfreev(policy->embedders);
    g_free(policy->text);
    g_free(policy->title);
    g_free(policy->zone);
    g_free(policy->currency);
    g_free(policy->upgrade_url);
    g_free(policy->support_url);
    g_free(policy->sign_in_url);
    g_free(policy);
}

bool policy_names_administrator(const Policy *policy, const char *subject)
{
    return subject && policy->administrators && g_strv_contains((const char *const *) policy->administrators, subject);
}

const Feature *policy_feature(const Policy *policy, const char *key)
{
    for (int i = 0; key && i < policy->feature_count; i++)
        if (strcmp(policy->features[i].key, key) == 0)
            return &policy->features[i];
    return NULL;
}

const Plan *policy_plan(const Policy *policy, const char *key)
{
    for (int i = 0; key && i < policy->plan_count; i++)
        if (strcmp(policy->plans[i].key, key) == 0)
            return &policy->plans[i];
    return NULL;
}

bool feature_is_within(const Policy *policy, int feature, int of)
{
    while (feature >= 0 && feature != of)
        feature = policy->features[feature].parent;
    return feature >= 0;
}

static bool matches_any(char **patterns, const char *text)
{
    for (; patterns && *patterns; patterns++)
        if (pattern_match(*patterns, text))
            return true;
    return false;
}

const Feature *policy_feature_for(const Policy *policy, const char *key, const char *resource)
{
    const Feature *asked = policy_feature(policy, key);
    if (!asked || !resource)
        return asked;
    /* Patterns count characters, so what is matched has to be made of them. */
    g_autofree char *valid = g_utf8_validate(resource, -1, NULL) ? NULL : g_utf8_make_valid(resource, -1);
    const Feature *found = asked;
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        if (feature->depth > found->depth && matches_any(feature->resources, valid ? valid : resource) &&
            feature_is_within(policy, i, asked->index))
            found = feature;
    }
    return found;
}

const char *scope_word(Scope scope)
{
    static const char *const words[] = {"subject", "organization", "plan", "site"};
    return words[scope];
}

const char *mode_word(LimitMode mode)
{
    static const char *const words[] = {"enforce", "shadow", "off"};
    return words[mode];
}

const char *exceed_word(OnExceed on_exceed)
{
    static const char *const words[] = {"block", "queue", "allow"};
    return words[on_exceed];
}

const char *align_word(WindowAlign align)
{
    static const char *const words[] = {"calendar", "anchor", "rolling"};
    return words[align];
}

const char *charge_word(ChargeWhen charge)
{
    static const char *const words[] = {"admit", "success", "commit", "check"};
    return words[charge];
}
