/* /admin/plans, /admin/limit, /admin/version: the policy in force, read and changed in forms. Every change is a new version of its text,
 * made by whoever has seen the one before. */
#include "policy/policy_diff.h"
#include "say/say.h"
#include "store/policy_store.h"
#include "view/view_admin_policy.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/limit_form.h"
#include "web/policy_call.h"

/* --- all of it --- */

enum { DONE };
static const InputField plans_fields[] = {[DONE] = {"done", INPUT_WHOLE, false, 1, INT32_MAX}};

void page_policy(Call *call)
{
    InputValue values[G_N_ELEMENTS(plans_fields)];
    g_auto(StoreError) error = {0};
    json_t *versions = NULL, *people = NULL;
    if (!call_query(call, plans_fields, G_N_ELEMENTS(plans_fields), values))
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

static void made(Call *call, int version)
{
    g_autofree char *then = g_strdup_printf("/admin/plans?done=%d", version);
    call_see_other(call, then);
}

/* --- one limit --- */

enum { VERSION = LIMIT_FIELDS, EFFECTIVE, REASON, QUICK, CONFIRM, FIELDS };
static const InputField fields[FIELDS] = {
    [LIMIT_WHICH] = {"limit", INPUT_TEXT, true, 3, 129}, [LIMIT_AMOUNT] = {"amount", INPUT_TEXT, false, 1, 20},
    [LIMIT_WINDOW] = {"window", INPUT_TEXT, false, 1, 32}, [LIMIT_ALIGN] = {"align", INPUT_TEXT, false, 1, 16},
    [LIMIT_SCOPE] = {"scope", INPUT_TEXT, false, 1, 16}, [LIMIT_MODE] = {"mode", INPUT_TEXT, false, 1, 16},
    [VERSION] = {"version", INPUT_WHOLE, false, 1, INT32_MAX}, [EFFECTIVE] = {"effective", INPUT_TIME, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, true, 1, 500}, [QUICK] = {"quick", INPUT_FLAG, false, 0, 0},
    [CONFIRM] = {"confirm", INPUT_FLAG, false, 0, 0},
};

typedef struct {
    LimitChosen chosen;
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    char **wrong;
    json_t *diff;
    bool conflict;
} Edit;

static void edit_clear(Edit *edit)
{
    limit_chosen_clear(&edit->chosen);
    form_shown_clear(edit->shown, FIELDS);
    g_strfreev(edit->wrong);
    json_decref(edit->diff);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Edit, edit_clear)

static void edit_show(Call *call, int status, const Edit *edit)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    LimitEditShown shown = {
        .policy = call->policy, .plan = edit->chosen.plan, .limit = edit->chosen.limit, .conflict = edit->conflict,
        .wrong = (const char *const *)edit->wrong,
        .home = strcmp(edit->chosen.home, edit->chosen.plan->key) != 0 ? edit->chosen.home : NULL,
        .quick = edit->shown[QUICK].typed != NULL, .diff = {edit->diff, policy_change_text}, .shown = edit->shown, .shown_count = FIELDS,
    };
    call_page(call, status, "limit_edit", view_limit_edit(&shown, &context));
}

/* False: answered already. */
static bool edit_choose(Call *call, Edit *edit)
{
    if (edit->shown[LIMIT_WHICH].mistake == FORM_GOOD && limit_form_choose(call->policy, edit->shown[LIMIT_WHICH].typed, &edit->chosen))
        return true;
    call_problem(call, edit->shown[LIMIT_WHICH].typed ? 404 : 400, "limit",
                 edit->shown[LIMIT_WHICH].typed ? SAY_NO_SUCH("limit") : SAY_MISSING("limit"));
    return false;
}

void page_limit_edit(Call *call)
{
    g_auto(Edit) edit = {0};
    form_open(&call->request->query, fields, FIELDS, edit.shown);
    if (!edit_choose(call, &edit))
        return;
    limit_form_fill(call->policy, &edit.chosen, edit.shown);
    edit_show(call, 200, &edit);
}

static bool edit_is_good(Call *call, Edit *edit)
{
    const InputValue *effective = &edit->values[EFFECTIVE];
    if (effective->given && effective->time <= store_now(call->site->store)) {
        edit->shown[EFFECTIVE].mistake = FORM_PAST;
        return false;
    }
    return limit_form_is_full(call->policy, &edit->chosen, &call->form, edit->shown);
}

/* What was typed, on top of what is in force by now; what it would change is to be looked at anew. */
static void edit_conflict(Call *call, Edit *edit)
{
    edit->conflict = true;
    json_decref(edit->diff);
    edit->diff = NULL;
    limit_chosen_clear(&edit->chosen);
    if (policy_call_anew(call) && edit_choose(call, edit))
        edit_show(call, 409, edit);
}

static void edit_make(Call *call, Edit *edit, const Policy *next)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    const PolicyChange change = policy_call_change(actor, &edit->values[VERSION], &edit->values[REASON], &edit->values[EFFECTIVE]);
    int version;
    bool changed;
    StoreResult result = policy_change(call->site->store, next, &change, &version, &changed, &error);
    if (result == STORE_CONFLICT)
        edit_conflict(call, edit);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        made(call, version);
}

void page_limit_edit_send(Call *call)
{
    g_auto(Edit) edit = {0};
    g_auto(StoreError) error = {0};
    bool good = form_read(&call->form, fields, FIELDS, edit.values, edit.shown);
    if (!policy_call_knows(call, &edit.values[VERSION]) || !edit_choose(call, &edit))
        return;
    edit.conflict = edit.values[VERSION].whole != call->policy->version;
    if (edit.conflict) {
        edit_show(call, 409, &edit);
        return;
    }
    g_autoptr(Policy) next = good && edit_is_good(call, &edit) ? limit_form_policy(call->policy, &edit.chosen, edit.shown, &edit.wrong) : NULL;
    if (!next) {
        edit_show(call, 400, &edit);
        return;
    }
    StoreResult result = policy_call_diff(call, call->policy, next, &edit.diff, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (edit.values[CONFIRM].flag && json_array_size(json_object_get(edit.diff, "changes")))
        edit_make(call, &edit, next);
    else
        edit_show(call, 200, &edit);
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
    if (!call_query(call, version_fields, 1, values))
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
        made(call, number);
    }
}

void page_version_send(Call *call)
{
    FormShown shown[V_FIELDS];
    InputValue values[V_FIELDS];
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) version = NULL;
    bool good = form_read(&call->form, version_fields, V_FIELDS, values, shown);
    StoreResult result = policy_version_read(call->site->store, (int)values[V_VERSION].whole, &version, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (!good)
        version_show(call, 400, version, shown, false);
    else
        version_change(call, version, values, shown);
    form_shown_clear(shown, V_FIELDS);
}
