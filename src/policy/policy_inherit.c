/* From what a plan's section says to what the plan is: inherited, multiplied, made unlimited. */
#include "policy/policy_parts.h"

void limit_draft_clear(void *limit_draft)
{
    LimitDraft *draft = limit_draft;
    g_free(draft->limit.key);
    g_free(draft->limit.zone);
}

void grant_draft_clear(void *grant_draft)
{
    GrantDraft *draft = grant_draft;
    g_free(draft->grant.key);
}

static Limit limit_copy(const Limit *limit)
{
    Limit copy = *limit;
    copy.key = g_strdup(limit->key);
    copy.zone = g_strdup(limit->zone);
    return copy;
}

/* The place of the limit that one inherits in the plan's own, by key; -1 when it has none of that key.
 * Counting limits all have one key and are told apart by their feature. */
static int own_limit(const GArray *own, const Limit *inherited)
{
    for (guint i = 0; i < own->len; i++) {
        const Limit *limit = &g_array_index(own, LimitDraft, i).limit;
        if (strcmp(limit->key, inherited->key) == 0 && (!inherited->counts_only || limit->feature == inherited->feature))
            return (int) i;
    }
    return -1;
}

/* Inherited limits come first, in their order, each replaced by the plan's own of the same key. */
static void inherit_limits(PlanDraft *draft, const PlanDraft *parent)
{
    GArray *merged = g_array_new(FALSE, TRUE, sizeof(LimitDraft));
    g_array_set_clear_func(merged, limit_draft_clear);
    g_autofree bool *taken = g_new0(bool, draft->limits->len);
    for (guint i = 0; i < parent->limits->len; i++) {
        const LimitDraft *inherited = &g_array_index(parent->limits, LimitDraft, i);
        int own = own_limit(draft->limits, &inherited->limit);
        LimitDraft copy = own >= 0 ? g_array_index(draft->limits, LimitDraft, own) : *inherited;
        copy.limit = limit_copy(&copy.limit);
        copy.inherited = own < 0;
        if (own >= 0)
            taken[own] = true;
        g_array_append_val(merged, copy);
    }
    for (guint i = 0; i < draft->limits->len; i++) {
        LimitDraft copy = g_array_index(draft->limits, LimitDraft, i);
        if (taken[i])
            continue;
        copy.limit = limit_copy(&copy.limit);
        g_array_append_val(merged, copy);
    }
    g_array_unref(draft->limits);
    draft->limits = merged;
}

static void inherit_grants(PlanDraft *draft, const PlanDraft *parent)
{
    guint own = draft->grants->len;
    for (guint i = 0; i < parent->grants->len; i++) {
        GrantDraft copy = g_array_index(parent->grants, GrantDraft, i);
        bool replaced = false;
        for (guint j = 0; j < own; j++)
            replaced |= strcmp(g_array_index(draft->grants, GrantDraft, j).grant.key, copy.grant.key) == 0;
        if (replaced)
            continue;
        copy.grant.key = g_strdup(copy.grant.key);
        g_array_append_val(draft->grants, copy);
    }
}

/* Amounts are multiplied in millionths, so that 100 × 1.15 is 115 and not a little less. */
static void multiply(PlanDraft *draft)
{
    const __int128 most = (__int128) UNITS_MAX * MICROS + MICROS - 1;
    for (guint i = 0; i < draft->limits->len; i++) {
        LimitDraft *limit = &g_array_index(draft->limits, LimitDraft, i);
        if (limit->amount_micros < 0)
            continue;
        limit->amount_micros = limit->amount_micros * draft->multiplier_micros / MICROS;
        if (limit->amount_micros > most) {
            field_mistake(&draft->section, "multiplier", "makes more than %" PRId64 " of limit %s", UNITS_MAX, limit->limit.key);
            limit->amount_micros = 0;
        }
    }
}

void draft_inherit(PlanDraft *draft, const PlanDraft *parent, bool unlimited)
{
    if (parent) {
        inherit_limits(draft, parent);
        inherit_grants(draft, parent);
        if (!draft->has_grace && parent->has_grace) {
            draft->grace = parent->grace;
            draft->has_grace = true;
        }
    }
    if (draft->limits->len > LIMITS_MAX) {
        field_mistake(&draft->section, "inherits", "makes more than %d limits", LIMITS_MAX);
        g_array_set_size(draft->limits, LIMITS_MAX);
    }
    if (draft->grants->len > GRANTS_MAX) {
        field_mistake(&draft->section, "inherits", "makes more than %d grants", GRANTS_MAX);
        g_array_set_size(draft->grants, GRANTS_MAX);
    }
    multiply(draft);
    for (guint i = 0; unlimited && i < draft->limits->len; i++) {
        LimitDraft *limit = &g_array_index(draft->limits, LimitDraft, i);
        limit->amount_micros = -1;
        limit->limit.rollover = 0;
    }
}

void draft_count_all(PlanDraft *draft)
{
    const Policy *policy = draft->section.reading->policy;
    g_autofree bool *limited = g_new0(bool, policy->feature_count);
    for (guint i = 0; i < draft->limits->len; i++) {
        int feature = g_array_index(draft->limits, LimitDraft, i).limit.feature;
        if (feature >= 0)
            limited[feature] = true;
    }
    for (int i = 0; i < policy->feature_count; i++) {
        if (limited[i])
            continue;
        LimitDraft counting = {.section = draft->section, .amount_micros = -1};
        counting.limit = (Limit){
            .key = g_strdup("count"),
            .feature = i,
            .window = {.unit = WINDOW_MONTH, .count = 1, .week_starts = 1, .day_starts_min = policy->day_starts_min},
            .zone = g_strdup(policy->zone),
            .counts_only = true,
        };
        g_array_append_val(draft->limits, counting);
    }
}

static void fill_lists(const Policy *policy, Plan *plan)
{
    g_autofree bool *limited = g_new0(bool, policy->feature_count);
    for (int i = 0; i < plan->limit_count; i++)
        if (plan->limits[i].feature >= 0)
            limited[plan->limits[i].feature] = true;
    plan->lists = g_new0(bool, policy->feature_count);
    for (int i = 0; i < policy->feature_count; i++) {
        int ancestor = i;
        while (ancestor >= 0 && !limited[ancestor])
            ancestor = policy->features[ancestor].parent;
        plan->lists[i] = ancestor >= 0;
    }
}

void plan_fill(Plan *plan, const PlanDraft *draft)
{
    plan->limits = g_new0(Limit, draft->limits->len);
    for (guint i = 0; i < draft->limits->len; i++) {
        const LimitDraft *limit = &g_array_index(draft->limits, LimitDraft, i);
        plan->limits[i] = limit_copy(&limit->limit);
        plan->limits[i].plan_amount = limit->amount_micros < 0 ? AMOUNT_UNLIMITED : (int64_t) (limit->amount_micros / MICROS);
        plan->limit_count++;
    }
    plan->grants = g_new0(PlanGrant, draft->grants->len);
    for (guint i = 0; i < draft->grants->len; i++) {
        plan->grants[i] = g_array_index(draft->grants, GrantDraft, i).grant;
        plan->grants[i].key = g_strdup(plan->grants[i].key);
        plan->grant_count++;
    }
    plan->grace = draft->grace;
    fill_lists(draft->section.reading->policy, plan);
}
