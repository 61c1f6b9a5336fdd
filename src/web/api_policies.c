/* Plans, limits and the policy's versions, for programs: what the pages of /admin/plans do. */
#include "base/parse.h"
#include "policy/policy_limit.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/admin_input.h"
#include "web/handlers.h"
#include "web/policy_call.h"

#define PROBLEM_TYPE "application/problem+json"

/* --- what every change says --- */

enum { VERSION, REASON, EFFECTIVE_AT, DRY_RUN, CHANGE_FIELDS };

/* It says why, and from when on, if not at once. False: answered already. */
static bool change_is_good(Call *call, const InputValue *values)
{
    if (values[REASON].text[strspn(values[REASON].text, " ")] != '\0')
        return admin_input_future(call, "effective_at", &values[EFFECTIVE_AT]);
    call_problem(call, 400, "reason", SAY_MUST_SAY_WHY);
    return false;
}

/* Nobody changes what they have not seen. False: answered already. */
static bool change_is_of_now(Call *call, const InputValue *version)
{
    if (!policy_call_knows(call, version))
        return false;
    if (version->whole == call->policy->version)
        return true;
    call_problem(call, 409, "version", SAY_POLICY_CHANGED, call->policy->version);
    return false;
}

/* All that is wrong with a policy, with its lines. */
static void mistakes_answer(Call *call, const char *field, const GPtrArray *mistakes)
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

/* Makes it, or, of a dry run and of what would change nothing, only says what it comes to. */
static void change_make(Call *call, const Policy *next, const InputValue *values, bool may_differ_in_text, json_t *warnings)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &values[VERSION], &values[REASON], &values[EFFECTIVE_AT]);
    json_auto_t *diff = NULL;
    int version = call->policy->version;
    bool changed = false;
    StoreResult result = policy_call_diff(call, call->policy, next, &diff, &error);
    json_t *changes = json_object_get(diff, "changes");
    if (result == STORE_OK && !values[DRY_RUN].flag && (may_differ_in_text || json_array_size(changes)))
        result = policy_change(call->site->store, next, &change, &version, &changed, &error);
    json_t *json = result == STORE_OK ? outcome_json(version, changed, &change, changes, warnings) : NULL;
    admin_answer(call, changed ? 201 : 200, result, json, &error);
}

/* --- limits --- */

void api_limit_list(Call *call)
{
    g_auto(StoreError) error = {0};
    json_auto_t *people = NULL;
    StoreResult result = policy_people(call->site->store, call->policy, &people, &error);
    admin_answer(call, 200, result, result == STORE_OK ? view_limits_json(call->policy, people) : NULL, &error);
}

enum { L_PLAN = CHANGE_FIELDS, L_LIMIT, L_AMOUNT, L_UNLIMITED, L_WINDOW, L_ALIGN, L_SCOPE, L_MODE, L_FIELDS };
static const InputField limit_fields[L_FIELDS] = {
    [VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [L_PLAN] = {"plan", INPUT_TEXT, true, 1, 64},
    [L_LIMIT] = {"limit", INPUT_TEXT, true, 1, 64},
    [L_AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [L_UNLIMITED] = {"unlimited", INPUT_FLAG, false, 0, 0},
    [L_WINDOW] = {"window", INPUT_TEXT, false, 1, 32},
    [L_ALIGN] = {"align", INPUT_TEXT, false, 1, 16},
    [L_SCOPE] = {"scope", INPUT_TEXT, false, 1, 16},
    [L_MODE] = {"mode", INPUT_TEXT, false, 1, 16},
};

/* The member that a mistake is about ("plan free: limit daily: window" → "window"); "limit" where it is about none of them. */
static const char *member_of(const Mistake *mistake)
{
    const char *colon = mistake->field ? strrchr(mistake->field, ':') : NULL;
    for (int i = L_AMOUNT; colon && i < L_FIELDS; i++)
        if (colon[1] == ' ' && strcmp(colon + 2, limit_fields[i].name) == 0)
            return limit_fields[i].name;
    return "limit";
}

static void limit_make(Call *call, const InputValue *values, const LimitChosen *chosen)
{
    g_autofree char *amount = values[L_UNLIMITED].flag ? g_strdup("unlimited")
                              : values[L_AMOUNT].given ? g_strdup_printf("%" PRId64, values[L_AMOUNT].whole) : NULL;
    const LimitWish wish = {.amount = amount, .window = values[L_WINDOW].text, .align = values[L_ALIGN].text,
                            .scope = values[L_SCOPE].text, .mode = values[L_MODE].text};
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) next = policy_with_limit(call->policy, chosen, &wish, mistakes);
    if (next)
        change_make(call, next, values, false, NULL);
    else
        mistakes_answer(call, mistakes->len ? member_of(mistakes->pdata[0]) : "limit", mistakes);
}

void api_limit_set(Call *call)
{
    InputValue values[L_FIELDS];
    g_auto(LimitChosen) chosen = {0};
    if (!call_body(call, limit_fields, L_FIELDS, values) || !change_is_good(call, values) || !change_is_of_now(call, &values[VERSION]))
        return;
    if (!limit_choose(call->policy, values[L_PLAN].text, values[L_LIMIT].text, &chosen))
        call_problem(call, 404, chosen.plan ? "limit" : "plan", chosen.plan ? SAY_NO_SUCH("limit") : SAY_NO_SUCH("plan"));
    else if (values[L_AMOUNT].given && values[L_UNLIMITED].flag)
        call_problem(call, 400, "amount", SAY_BESIDE("amount", "unlimited"));
    else
        limit_make(call, values, &chosen);
}

/* --- whole policies, and their versions --- */

void api_policy_list(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *versions = NULL;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    admin_answer_list(call, "versions", result, versions, &error);
}

enum { P_TEXT = CHANGE_FIELDS, P_FIELDS };
static const InputField policy_fields[P_FIELDS] = {
    [VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [P_TEXT] = {"text", INPUT_ANY, true, 0, REQUEST_BODY_MAX},
};

void api_policy_apply(Call *call)
{
    InputValue values[P_FIELDS];
    g_autoptr(GPtrArray) mistakes = mistakes_new(), warnings = mistakes_new();
    if (!call_body(call, policy_fields, P_FIELDS, values) || !change_is_good(call, values))
        return;
    if (!values[P_TEXT].text) {
        call_problem(call, 400, "text", SAY_POLICY_TEXT);
        return;
    }
    g_autoptr(Policy) next = policy_read_strictly(values[P_TEXT].text, "policy", mistakes, warnings);
    json_auto_t *told = mistakes_json(warnings);
    if (!next)
        mistakes_answer(call, "text", mistakes);
    else if (change_is_of_now(call, &values[VERSION]))
        change_make(call, next, values, true, told);
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
    if (!version_named(call, &version))
        return;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    if (result == STORE_OK)
        result = policy_call_diff(call, call->policy, version, &diff, &error);
    json_t *json = result == STORE_OK
        ? policy_call_version_json(version, policy_call_facts(versions, version->version), diff) : NULL;
    admin_answer(call, 200, result, json, &error);
}

static const InputField back_fields[CHANGE_FIELDS] = {
    [VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
};

void api_policy_rollback(Call *call)
{
    InputValue values[CHANGE_FIELDS];
    g_autoptr(Policy) version = NULL;
    if (version_named(call, &version) && call_body(call, back_fields, CHANGE_FIELDS, values) && change_is_good(call, values) &&
        change_is_of_now(call, &values[VERSION]))
        change_make(call, version, values, true, NULL);
}

static const InputField cancel_fields[] = {
    [VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500},
};

void api_policy_cancel(Call *call)
{
    InputValue values[CHANGE_FIELDS] = {0};
    g_auto(StoreError) error = {0};
    int version = number_named(call);
    if (!call_body(call, cancel_fields, G_N_ELEMENTS(cancel_fields), values) || !change_is_good(call, values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &values[VERSION], &values[REASON], NULL);
    StoreResult result = policy_cancel(call->site->store, version, &change, &error);
    json_t *json = result == STORE_OK ? json_pack("{s:i, s:s}", "version", version, "state", "cancelled") : NULL;
    admin_answer(call, 200, result, json, &error);
}
