/* The policy as pages and the API change it. */
#include "web/policy_call.h"

#include "policy/policy_diff.h"

/* What nobody looked at is never what is in force. */
#define SEEN_NONE (-1)

PolicyChange policy_call_change(const char *actor, const InputValue *version, const InputValue *reason, const InputValue *effective_at)
{
    return (PolicyChange){.author = actor, .reason = reason->text, .expected = version->given ? (int)version->whole : SEEN_NONE,
                          .effective_at = effective_at && effective_at->given ? effective_at->time : INSTANT_MIN};
}

StoreResult policy_call_diff(Call *call, const Policy *from, const Policy *to, json_t **diff, StoreError *error)
{
    json_t *people = NULL;
    StoreResult result = policy_people(call->site->store, from, &people, error);
    *diff = policy_diff(from, to);
    policy_diff_people(*diff, people);
    json_decref(people);
    return result;
}

bool policy_call_anew(Call *call)
{
    g_auto(StoreError) error = {0};
    Policy *now = NULL;
    StoreResult result = store_policy_now(call->site->store, &now, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    policy_unref(call->policy);
    call->policy = now;
    return true;
}

bool policy_call_knows(Call *call, const InputValue *version)
{
    return version->whole == call->policy->version || policy_call_anew(call);
}

const char *policy_call_own(const Call *call)
{
    return call->identity.kind == IDENTITY_PERSON && call->identity.role != ROLE_ADMIN ? call->identity.subject : NULL;
}

void policy_call_made(Call *call, int version)
{
    g_autofree char *then = g_strdup_printf("/admin/plans?done=%d", version);
    call_see_other(call, then);
}

const json_t *policy_call_facts(const json_t *versions, int version)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)versions, i, one)
        if (json_integer_value(json_object_get(one, "version")) == version)
            return one;
    return NULL;
}

json_t *policy_call_version_json(const Policy *version, const json_t *facts, const json_t *diff)
{
    return json_pack("{s:i, s:s, s:O?, s:O}", "version", version->version, "text", version->text, "facts", facts, "changes",
                     json_object_get(diff, "changes"));
}
