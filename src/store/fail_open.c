/* Failing open, where the policy asks for it. */
#include "store/fail_open.h"

/* Is there a limit on the feature or an ancestor, and do all that could refuse say `fail = open`? */
static bool feature_fails_open(const Policy *policy, const Plan *plan, const Feature *feature)
{
    bool any = false;
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (limit->mode != MODE_ENFORCE || limit->on_exceed == EXCEED_ALLOW ||
            !feature_is_within(policy, feature->index, limit->feature))
            continue;
        if (!limit->fail_open)
            return false;
        any = true;
    }
    return any && plan->lists[feature->index];
}

Answer *fail_open_answer(const Policy *policy, const LedgerAsk *ask, const Plan *plan, Instant now)
{
    bool anonymous = g_str_has_prefix(ask->subject, "anon:");
    int standard = anonymous ? policy->anonymous_plan : policy->default_plan;
    if (!plan && standard >= 0)
        plan = &policy->plans[standard];
    int64_t units = 0;
    for (int i = 0; i < ask->item_count; i++) {
        const Feature *feature = policy_feature_for(policy, ask->items[i].feature, ask->items[i].resource);
        if (!feature || !plan || !feature_fails_open(policy, plan, feature))
            return NULL;
        units += ask->items[i].units;
    }
    Answer *answer = g_new0(Answer, 1);
    answer->refs = 1;
    answer->policy = policy_ref((Policy *)policy);
    answer->kind = ask->kind;
    answer->outcome = OUTCOME_ALLOWED;
    answer->reason = REASON_UNAVAILABLE;
    answer->subject = g_strdup(ask->subject);
    answer->anonymous = anonymous;
    answer->plan = plan;
    answer->feature = policy_feature_for(policy, ask->items[0].feature, ask->items[0].resource);
    answer->resource = g_strdup(ask->items[0].resource);
    answer->units = units;
    answer->at = now;
    answer->deciding = -1;
    answer->expires_at = INSTANT_MAX;
    return answer;
}
