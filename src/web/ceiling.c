/* The ceiling of those who support people, for the form and for the API. */
#include "web/ceiling.h"

#include "domain/ceiling.h"
#include "say/say.h"
#include "store/approvals.h"
#include "web/admin_input.h"

bool ceiling_holds(const Call *call)
{
    return call->identity.kind == IDENTITY_PERSON && call_role(call) == ROLE_SUPPORT;
}

bool ceiling_may_remove(Call *call, const json_t *made)
{
    g_autofree char *actor = identity_actor(&call->identity);
    if (!ceiling_holds(call) || g_strcmp0(json_string_value(json_object_get(made, "author")), actor) == 0)
        return true;
    call_problem(call, 403, NULL, SAY_NOT_YOUR_ROLE);
    return false;
}

static StoreResult look(Call *call, const Plan *plan, const OverrideAdd *override, const GrantAdd *grant, bool *below, StoreError *error)
{
    int64_t open = 0;
    const Feature *feature = policy_feature(call->policy, override ? override->feature : grant->feature);
    *below = false;
    if (!feature)
        return STORE_OK; /* whoever makes it says so */
    if (override) {
        *below = ceiling_allows_override(call->policy, plan, feature, override->limit, override->kind, override->amount, override->multiplier);
        return STORE_OK;
    }
    if (grant->every)
        return STORE_OK;
    StoreResult result = admin_grant_open(call->site->store, grant->subject, grant->feature, &open, error);
    *below = result == STORE_OK && ceiling_allows_bonus(call->policy, plan, feature, MIN(open + grant->amount, UNITS_MAX));
    return result;
}

/* Of the subject, with the plan looked up where it is not known. */
static StoreResult look_at_subject(Call *call, const Plan *plan, const OverrideAdd *override, const GrantAdd *grant, bool *below,
                                   int64_t *seen, StoreError *error)
{
    UsageRead *read = NULL;
    const char *subject = override ? override->subject : grant->subject;
    if (plan)
        return look(call, plan, override, grant, below, error);
    StoreResult result = store_usage(call->site->store, subject, NULL, false, &read, error);
    if (result == STORE_OK)
        *seen = read->seen;
    if (result == STORE_OK)
        result = look(call, read->report->subject->plan, override, grant, below, error);
    usage_read_free(read);
    return result;
}

CeilingVerdict ceiling_look(Call *call, const Plan *plan, const OverrideAdd *override, const GrantAdd *grant, int64_t *seen)
{
    g_auto(StoreError) error = {0};
    Instant expires_at = override ? override->expires_at : grant->expires_at;
    const char *reason = override ? override->reason : grant->reason, *subject = override ? override->subject : grant->subject;
    bool below = false;
    if (!ceiling_holds(call))
        return CEILING_BELOW;
    if (expires_at == INSTANT_MAX || !reason || !*reason) {
        const char *field = expires_at == INSTANT_MAX ? "expires_at" : "reason";
        call_problem(call, 400, field, SAY_YOURS_TO_GIVE("%s"), field);
        return CEILING_ANSWERED;
    }
    if (!subject || !ceiling_allows_until(call->policy, expires_at, store_now(call->site->store)))
        return CEILING_ABOVE;
    StoreResult result = look_at_subject(call, plan, override, grant, &below, seen, &error);
    if (result == STORE_OK)
        return below ? CEILING_BELOW : CEILING_ABOVE;
    call_store_problem(call, result, &error);
    return CEILING_ANSWERED;
}

void ceiling_ask(Call *call, const OverrideAdd *override, const GrantAdd *grant)
{
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = approval_add(call->site->store, override, grant, actor, &approval, &error);
    admin_answer(call, 202, result, approval, &error);
}
