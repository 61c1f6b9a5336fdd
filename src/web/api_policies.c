/* The policy's versions, for programs: what the pages of /admin/plans do with whole policies. */
#include "base/parse.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"
#include "web/policy_api.h"
#include "web/policy_call.h"

/* --- whole policies --- */

void api_policy_list(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *versions = NULL;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    admin_answer_list(call, "versions", result, versions, &error);
}

enum { P_TEXT = CHANGE_FIELDS, P_FIELDS };
static const InputField policy_fields[P_FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [P_TEXT] = {"text", INPUT_ANY, true, 0, REQUEST_BODY_MAX},
};

void api_policy_apply(Call *call)
{
    InputValue values[P_FIELDS];
    g_autoptr(GPtrArray) mistakes = mistakes_new(), warnings = mistakes_new();
    if (!call_body(call, policy_fields, P_FIELDS, values) || !policy_api_is_good(call, values))
        return;
    if (!values[P_TEXT].text) {
        call_problem(call, 400, "text", SAY_POLICY_TEXT);
        return;
    }
    g_autoptr(Policy) next = policy_read_strictly(values[P_TEXT].text, "policy", mistakes, warnings);
    json_auto_t *told = mistakes_json(warnings);
    if (!next)
        policy_api_mistakes(call, "text", mistakes);
    else if (policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        policy_api_make(call, next, values, true, told);
}

/* The number in the address; 0: it is none that a version has. */
static int number_named(const Call *call)
{
    int64_t number = 0;
    return parse_whole(call->segment, 1, INT32_MAX, &number) ? (int)number : 0;
}

/* The version in the address. False: there is none, and it is answered already. */
static bool version_named(Call *call, Policy **version)
{
    g_auto(StoreError) error = {0};
    StoreResult result = policy_version_read(call->site->store, number_named(call), version, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

void api_policy_get(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) version = NULL;
    json_auto_t *versions = NULL, *diff = NULL;
    if (!version_named(call, &version) || !policy_call_anew(call))
        return;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    if (result == STORE_OK)
        result = policy_call_diff(call, call->policy, version, &diff, &error);
    json_t *json = result == STORE_OK
        ? policy_call_version_json(version, policy_call_facts(versions, version->version), diff) : NULL;
    admin_answer(call, 200, result, json, &error);
}

static const InputField back_fields[CHANGE_FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
};

void api_policy_rollback(Call *call)
{
    InputValue values[CHANGE_FIELDS];
    g_autoptr(Policy) version = NULL;
    if (version_named(call, &version) && call_body(call, back_fields, CHANGE_FIELDS, values) && policy_api_is_good(call, values) &&
        policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        policy_api_make(call, version, values, true, NULL);
}

static const InputField cancel_fields[] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
};

void api_policy_cancel(Call *call)
{
    InputValue values[CHANGE_FIELDS] = {0};
    g_auto(StoreError) error = {0};
    int version = number_named(call);
    if (!call_body(call, cancel_fields, G_N_ELEMENTS(cancel_fields), values) || !policy_api_is_good(call, values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &values[CHANGE_VERSION], &values[CHANGE_REASON], NULL);
    StoreResult result = policy_cancel(call->site->store, version, &change, &error);
    json_t *json = result == STORE_OK ? json_pack("{s:i, s:s}", "version", version, "state", "cancelled") : NULL;
    admin_answer(call, 200, result, json, &error);
}
