/* /admin/plans, /admin/version: the policy in force, and its versions. Every change is a new version of its text, made by whoever has
 * seen the one before. */
#include "policy/policy_diff.h"
#include "say/say.h"
#include "store/policy_store.h"
#include "view/view_admin_policy.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/policy_call.h"

/* --- all of it --- */

enum { DONE };
static const InputField plans_fields[] = {[DONE] = {"done", INPUT_WHOLE, false, 1, INT32_MAX}};

void page_policy(Call *call)
{
    InputValue values[G_N_ELEMENTS(plans_fields)];
    g_auto(StoreError) error = {0};
    json_t *versions = NULL, *people = NULL;
    if (!call_query(call, plans_fields, G_N_ELEMENTS(plans_fields), values) || !policy_call_anew(call))
        return;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    if (result == STORE_OK)
        result = policy_people(call->site->store, call->policy, &people, &error);
    PolicyShown shown = {.policy = call->policy, .versions = versions, .people = people, .done = (int)values[DONE].whole,
                         .may_change = call_role(call) == ROLE_ADMIN};
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
    } else if (call_wants_json(call)) {
        call_json(call, 200, view_policy_json(&shown));
    } else {
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "policy", view_policy(&shown, &context));
    }
    json_decref(versions);
    json_decref(people);
}

/* --- one version: looked at, gone back to, or cancelled --- */

enum { V_VERSION, V_NOW, V_REASON, V_CANCEL, V_FIELDS };
static const InputField version_fields[V_FIELDS] = {
    [V_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX}, [V_NOW] = {"now", INPUT_WHOLE, false, 1, INT32_MAX},
    [V_REASON] = {"reason", INPUT_TEXT, true, 1, 500}, [V_CANCEL] = {"cancel", INPUT_FLAG, false, 0, 0},
};

static void version_show(Call *call, int status, const Policy *version, const FormShown *shown, bool conflict)
{
    g_auto(StoreError) error = {0};
    json_t *versions = NULL, *diff = NULL;
    StoreResult result = policy_versions(call->site->store, &versions, &error);
    if (result == STORE_OK)
        result = policy_call_diff(call, call->policy, version, &diff, &error);
    const VersionShown all = {.policy = call->policy, .version = version, .facts = policy_call_facts(versions, version->version),
                              .diff = {diff, policy_change_text}, .may_change = call_role(call) == ROLE_ADMIN, .conflict = conflict,
                              .shown = shown, .shown_count = V_FIELDS};
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
    } else if (call_wants_json(call)) {
        call_json(call, status, policy_call_version_json(version, all.facts, diff));
    } else if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        call_page(call, status, "version", view_version(&all, &context));
    }
    json_decref(versions);
    json_decref(diff);
}

void page_version(Call *call)
{
    FormShown shown[V_FIELDS];
    InputValue values[1];
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) version = NULL;
    if (!call_query(call, version_fields, 1, values) || !policy_call_anew(call))
        return;
    form_open(&call->request->query, version_fields, V_FIELDS, shown);
    StoreResult result = policy_version_read(call->site->store, (int)values[V_VERSION].whole, &version, &error);
    if (result == STORE_OK)
        version_show(call, 200, version, shown, false);
    else
        call_store_problem(call, result, &error);
    form_shown_clear(shown, V_FIELDS);
}

static void version_change(Call *call, const Policy *version, const InputValue *values, const FormShown *shown)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &values[V_NOW], &values[V_REASON], NULL);
    int number = version->version;
    bool changed;
    StoreResult result = values[V_CANCEL].flag
        ? policy_cancel(call->site->store, number, &change, &error)
        : policy_change(call->site->store, version, &change, &number, &changed, &error);
    if (result == STORE_CONFLICT) {
        if (policy_call_anew(call))
            version_show(call, 409, version, shown, true);
    } else if (result != STORE_OK) {
        call_store_problem(call, result, &error);
    } else {
        policy_call_made(call, number);
    }
}

void page_version_send(Call *call)
{
    FormShown shown[V_FIELDS];
    InputValue values[V_FIELDS];
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) version = NULL;
    bool good = call_filled(call, &call->form, version_fields, V_FIELDS, values, shown);
    StoreResult result = policy_version_read(call->site->store, (int)values[V_VERSION].whole, &version, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (shown[V_NOW].mistake != FORM_GOOD) /* nobody has looked at what is no version */
        version_show(call, 409, version, shown, true);
    else if (!good)
        version_show(call, 400, version, shown, false);
    else
        version_change(call, version, values, shown);
    form_shown_clear(shown, V_FIELDS);
}
