/* What all changes of the policy by programs have in common. */
#include "web/policy_api.h"

#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/admin_input.h"
#include "web/policy_call.h"

#define PROBLEM_TYPE "application/problem+json"

bool policy_api_is_good(Call *call, const InputValue *values)
{
    if (values[CHANGE_REASON].text[strspn(values[CHANGE_REASON].text, " ")] != '\0')
        return admin_input_future(call, "effective_at", &values[CHANGE_EFFECTIVE_AT]);
    call_problem(call, 400, "reason", SAY_MUST_SAY_WHY);
    return false;
}

bool policy_api_is_of_now(Call *call, const InputValue *version)
{
    if (!policy_call_knows(call, version))
        return false;
    if (version->whole == call->policy->version)
        return true;
    call_problem(call, 409, "version", SAY_POLICY_CHANGED, call->policy->version);
    return false;
}

void policy_api_mistakes(Call *call, const char *field, const GPtrArray *mistakes)
{
    g_autofree char *first = mistakes->len ? mistake_text(mistakes->pdata[0]) : g_strdup("");
    g_autofree char *detail = g_strdup_printf(SAY_POLICY_WRONG, first, mistakes->len > 1 ? SAY_POLICY_WRONG_MORE : "");
    json_t *problem = view_problem(400, response_phrase(400), detail, field);
    json_object_set_new(problem, "mistakes", mistakes_json(mistakes));
    response_status(call->response, 400);
    response_guard(call->response);
    call_json_body(call, PROBLEM_TYPE, problem);
}

/* What became of it. `changes` and `warnings` (NULL: there are none to speak of) are borrowed. */
static json_t *outcome_json(int version, bool changed, const PolicyChange *change, json_t *changes, json_t *warnings)
{
    g_autofree char *when = changed ? instant_text(change->effective_at) : NULL;
    json_t *json = json_pack("{s:i, s:b, s:s, s:s?, s:i, s:O}", "version", version, "changed", changed, "state",
                             when ? "scheduled" : "applied", "effective_at", when, "based_on", change->expected, "changes", changes);
    if (warnings)
        json_object_set(json, "warnings", warnings);
    return json;
}

void policy_api_make(Call *call, const Policy *next, const InputValue *values, bool may_differ_in_text, json_t *warnings)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &values[CHANGE_VERSION], &values[CHANGE_REASON], &values[CHANGE_EFFECTIVE_AT]);
    json_auto_t *diff = NULL;
    int version = call->policy->version;
    bool changed = false;
    StoreResult result = policy_call_diff(call, call->policy, next, &diff, &error);
    json_t *changes = json_object_get(diff, "changes");
    if (result == STORE_OK && !values[CHANGE_DRY_RUN].flag && (may_differ_in_text || json_array_size(changes)))
        result = policy_change(call->site->store, next, &change, &version, &changed, &error);
    json_t *json = result == STORE_OK ? outcome_json(version, changed, &change, changes, warnings) : NULL;
    admin_answer(call, changed ? 201 : 200, result, json, &error);
}
