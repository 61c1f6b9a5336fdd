/* Limits are compared as they would be for this person at that time, feature by feature, each with the one that takes its place. */
#include "domain/coming.h"

const char *coming_kind_word(ComingKind kind)
{
    static const char *const words[] = {
        [COMING_PLAN] = "plan",          [COMING_NO_FEATURE] = "feature_removed", [COMING_FEATURE] = "feature_added",
        [COMING_AMOUNT] = "amount",      [COMING_LIMIT] = "limit_added",          [COMING_NO_LIMIT] = "limit_removed",
        [COMING_BONUS] = "bonus",        [COMING_NEW_BONUS] = "bonus_added",      [COMING_NO_BONUS] = "bonus_removed",
    };
    return words[kind];
}

/* One feature under one of the two policies. */
typedef struct {
    const Situation *situation;
    int feature; /* index; -1: that policy does not know it */
} Side;

/* What a person is told of: a limit that may stop them. What is only counted has none. */
static bool is_said(const Side *side, const Limit *limit)
{
    return limit->feature == side->feature && limit->mode == MODE_ENFORCE && !limit->counts_only &&
           limit_applies(limit, side->situation->subject);
}

static Amount amount_of(const Side *side, const Limit *limit)
{
    return decide_amount(side->situation, limit, NULL, NULL);
}

static bool includes(const Side *side)
{
    const Plan *plan = side->situation->subject->plan;
    if (side->feature < 0 || !plan->lists[side->feature])
        return false;
    for (int i = 0; i < plan->limit_count; i++)
        if (is_said(side, &plan->limits[i]) && amount_of(side, &plan->limits[i]) == 0)
            return false;
    return true;
}

static bool is_same_window(const Limit *a, const Limit *b)
{
    return a->window.unit == b->window.unit && a->window.count == b->window.count && a->window.align == b->window.align;
}

static const Limit *limit_named(const Side *side, const char *key)
{
    const Plan *plan = side->situation->subject->plan;
    for (int i = 0; i < plan->limit_count; i++)
        if (is_said(side, &plan->limits[i]) && strcmp(plan->limits[i].key, key) == 0)
            return &plan->limits[i];
    return NULL;
}

/* What takes the place of `limit` (of `here`) over there: what is called the same, else what counts in the same window and was not
 * there before. */
static const Limit *counterpart(const Side *here, const Limit *limit, const Side *there)
{
    const Plan *plan = there->situation->subject->plan;
    const Limit *named = limit_named(there, limit->key);
    for (int i = 0; !named && i < plan->limit_count; i++) {
        const Limit *other = &plan->limits[i];
        if (is_said(there, other) && other->scope == limit->scope && is_same_window(limit, other) && !limit_named(here, other->key))
            named = other;
    }
    return named;
}

/* --- the changes of one feature --- */

typedef struct {
    Side from, to;
    const Feature *feature;
    GArray *changes;
} Comparison;

static void add(Comparison *all, ComingKind kind, const Limit *from, const Limit *to)
{
    const ComingChange change = {
        .kind = kind,
        .plan = all->from.situation->subject->plan,
        .then = all->to.situation->subject->plan,
        .feature = all->feature,
        .from = from,
        .to = to,
        .from_amount = from ? amount_of(&all->from, from) : 0,
        .to_amount = to ? amount_of(&all->to, to) : 0,
    };
    g_array_append_val(all->changes, change);
}

/* The first limit of the plan stands for what it gives; the others are said beside it. */
static void compare_new_feature(Comparison *all)
{
    const Plan *plan = all->to.situation->subject->plan;
    bool first = true;
    for (int i = 0; i < plan->limit_count; i++)
        if (is_said(&all->to, &plan->limits[i]) && amount_of(&all->to, &plan->limits[i]) != AMOUNT_UNLIMITED) {
            add(all, first ? COMING_FEATURE : COMING_LIMIT, NULL, &plan->limits[i]);
            first = false;
        }
    if (first)
        add(all, COMING_FEATURE, NULL, NULL);
}

static void compare_limits(Comparison *all)
{
    const Plan *before = all->from.situation->subject->plan, *after = all->to.situation->subject->plan;
    for (int i = 0; i < before->limit_count; i++) {
        const Limit *from = &before->limits[i];
        if (!is_said(&all->from, from))
            continue;
        const Limit *to = counterpart(&all->from, from, &all->to);
        Amount amount = amount_of(&all->from, from), then = to ? amount_of(&all->to, to) : AMOUNT_UNLIMITED;
        bool counts = amount != AMOUNT_UNLIMITED || then != AMOUNT_UNLIMITED;
        if (to && counts && (amount != then || from->scope != to->scope || !is_same_window(from, to)))
            add(all, COMING_AMOUNT, from, to);
        else if (!to && counts)
            add(all, COMING_NO_LIMIT, from, NULL);
    }
    for (int i = 0; i < after->limit_count; i++) {
        const Limit *to = &after->limits[i];
        if (is_said(&all->to, to) && !counterpart(&all->to, to, &all->from) && amount_of(&all->to, to) != AMOUNT_UNLIMITED)
            add(all, COMING_LIMIT, NULL, to);
    }
}

/* --- its bonuses --- */

static const PlanGrant *grant_named(const Side *side, const char *key)
{
    const Plan *plan = side->situation->subject->plan;
    for (int i = 0; i < plan->grant_count; i++)
        if (plan->grants[i].feature == side->feature && strcmp(plan->grants[i].key, key) == 0)
            return &plan->grants[i];
    return NULL;
}

static void add_grant(Comparison *all, ComingKind kind, const PlanGrant *from, const PlanGrant *to)
{
    add(all, kind, NULL, NULL);
    ComingChange *change = &g_array_index(all->changes, ComingChange, all->changes->len - 1);
    change->from_grant = from;
    change->to_grant = to;
    change->from_amount = from ? from->amount : 0;
    change->to_amount = to ? to->amount : 0;
}

static bool is_as_often(const PlanGrant *a, const PlanGrant *b)
{
    return a->every.count == b->every.count && (!a->every.count || a->every.unit == b->every.unit);
}

/* Of what the plan gives before, and then of what is new. */
static void compare_grants(Comparison *all)
{
    const Plan *before = all->from.situation->subject->plan, *after = all->to.situation->subject->plan;
    for (int i = 0; i < before->grant_count; i++) {
        const PlanGrant *from = &before->grants[i], *to = grant_named(&all->to, from->key);
        if (from->feature != all->from.feature)
            continue;
        if (!to)
            add_grant(all, COMING_NO_BONUS, from, NULL);
        else if (from->amount != to->amount || !is_as_often(from, to))
            add_grant(all, COMING_BONUS, from, to);
    }
    for (int i = 0; i < after->grant_count; i++) {
        const PlanGrant *to = &after->grants[i];
        if (to->feature == all->to.feature && !grant_named(&all->from, to->key))
            add_grant(all, COMING_NEW_BONUS, NULL, to);
    }
}

static void compare(Comparison *all)
{
    bool had = includes(&all->from), has = includes(&all->to);
    if (had && has)
        compare_limits(all);
    else if (had)
        add(all, COMING_NO_FEATURE, NULL, NULL);
    else if (has)
        compare_new_feature(all);
    if (has)
        compare_grants(all);
}

/* --- all of them --- */

static int index_of(const Policy *policy, const char *key)
{
    const Feature *feature = policy_feature(policy, key);
    return feature ? feature->index : -1;
}

/* What they have of their own, by the features of the other policy; what that does not know is left out. */
static Override *overrides_under(const Situation *now, const Policy *next, int *count)
{
    Override *overrides = g_new(Override, (gsize)now->override_count + 1);
    *count = 0;
    for (int i = 0; i < now->override_count; i++) {
        Override override = now->overrides[i];
        override.feature = index_of(next, now->policy->features[override.feature].key);
        if (override.feature >= 0)
            overrides[(*count)++] = override;
    }
    return overrides;
}

static void compare_features(const Situation *before, const Situation *after, int feature, GArray *changes)
{
    const Policy *policy = before->policy, *next = after->policy;
    for (int i = 0; i < policy->feature_count; i++) {
        if (feature >= 0 && !feature_is_within(policy, feature, i))
            continue;
        int then = index_of(next, policy->features[i].key);
        Comparison all = {{before, i}, {after, then}, then >= 0 ? &next->features[then] : &policy->features[i], changes};
        compare(&all);
    }
    for (int i = 0; feature < 0 && i < next->feature_count; i++) {
        Comparison all = {{before, -1}, {after, i}, &next->features[i], changes};
        if (index_of(policy, next->features[i].key) < 0)
            compare(&all);
    }
}

void coming_changes(const Situation *now, const Policy *next, const Plan *then, Instant at, int feature, GArray *changes)
{
    const Plan *plan = now->subject->plan;
    if (!then || strcmp(plan->key, then->key) != 0) {
        const ComingChange change = {.kind = COMING_PLAN, .plan = plan, .then = then};
        g_array_append_val(changes, change);
    }
    if (!then)
        return;
    Situation before = *now, after = *now;
    Subject subject = *now->subject;
    g_autofree Override *overrides = overrides_under(now, next, &after.override_count);
    subject.plan = then;
    before.now = after.now = at;
    after.policy = next;
    after.subject = &subject;
    after.overrides = overrides;
    compare_features(&before, &after, feature, changes);
}

void coming_of_plans(const Policy *policy, const Policy *next, Instant at, GArray *changes)
{
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        const Subject anybody = {.key = "", .plan = plan, .organization = "", .first_met = INSTANT_MIN};
        const Situation situation = {.policy = policy, .subject = &anybody};
        coming_changes(&situation, next, policy_plan(next, plan->key), at, -1, changes);
    }
}
