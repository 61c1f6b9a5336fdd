/* GET /admin/approvals: what waits for a second person; GET and POST /admin/approval: one of it, what it comes to, and the decision. */
#include "store/approvals.h"
#include "say/say.h"
#include "view/json_text.h"
#include "view/view_approvals.h"
#include "web/form.h"
#include "web/granted.h"
#include "web/handlers.h"

#define APPROVALS_PAGE 100 /* as many as approval_list gives */

enum { STATE, BEFORE, DONE };
static const InputField list_fields[] = {[STATE] = {"state", INPUT_TEXT, false, 1, 16}, [BEFORE] = {"before", INPUT_TEXT, false, 1, 18},
                                         [DONE] = {"done", INPUT_TEXT, false, 1, 16}};

void page_approvals(Call *call)
{
    static const char *const states[] = {"waiting", "approved", "denied", "all", NULL};
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    Granted granted;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values) || !granted_read(call, &granted))
        return;
    g_auto(Undo) undo = granted.undo; /* to be cleared */
    const char *state = values[STATE].given ? values[STATE].text : states[0];
    if (!g_strv_contains(states, state)) {
        call_problem(call, 400, "state", SAY_STATE_OF_APPROVALS);
        return;
    }
    StoreResult result = approval_list(call->site->store, strcmp(state, "all") == 0 ? NULL : state, values[BEFORE].text, &list, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    const ApprovalsShown shown = {.list = list, .more = json_array_size(list) == APPROVALS_PAGE, .state = state, .done = values[DONE].text,
                                  .granted = call_is_administrator(call) ? &granted : NULL};
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b}", "approvals", list, "more", shown.more));
    } else {
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "approvals", view_approvals(&shown, &context));
    }
    json_decref(list);
}

/* --- one --- */

enum { APPROVAL, VERDICT, REASON, FIELDS };
static const InputField fields[FIELDS] = {
    [APPROVAL] = {"approval", INPUT_TEXT, true, 1, 18}, [VERDICT] = {"verdict", INPUT_TEXT, true, 1, 16},
    [REASON] = {"reason", INPUT_TEXT, false, 1, APPROVAL_REASON_MAX},
};

/* False: answered already. */
static bool approval_find(Call *call, const FormShown *shown, json_t **approval)
{
    g_auto(StoreError) error = {0};
    const char *id = shown[APPROVAL].typed;
    if (!id || shown[APPROVAL].mistake != FORM_GOOD) {
        call_problem(call, 400, "approval", SAY_MISSING("approval"));
        return false;
    }
    StoreResult result = approval_get(call->site->store, id, approval, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

/* Where the person would stand; `subject` is filled. NULL: it is no person's, or the policy has the feature no more. */
static UsageReport *supposed(UsageRead *read, const json_t *approval, Subject *subject)
{
    bool is_grant;
    OverrideAdd override;
    GrantAdd grant;
    approval_read(approval, &is_grant, &override, &grant);
    const Feature *feature = policy_feature(read->report->policy, override.feature);
    if (!feature || g_strcmp0(text_of(approval, "state"), "waiting") != 0)
        return NULL;
    const Override one = {.id = INT64_MAX, .feature = feature->index, .limit = override.limit, .kind = override.kind, .amount = override.amount,
                          .multiplier = override.multiplier, .expires_at = override.expires_at, .created_at = read->report->as_of};
    const Grant given = {.slot = SUPPOSED_SLOT, .feature = feature->index, .amount = grant.amount, .priority = grant.priority,
                         .effective_at = grant.effective_at == INSTANT_MIN ? read->report->as_of : grant.effective_at,
                         .expires_at = grant.expires_at, .created_at = read->report->as_of};
    return usage_read_supposed(read, &(Supposed){.override = is_grant ? NULL : &one, .grant = is_grant ? &given : NULL, .reset_feature = -1},
                               subject);
}

static void show(Call *call, int status, const json_t *approval, const FormShown *shown)
{
    g_auto(StoreError) error = {0};
    Subject subject;
    UsageRead *read = NULL;
    g_autoptr(UsageReport) after = NULL;
    const char *key = text_of(approval, "subject");
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = key ? store_usage(call->site->store, key, NULL, true, &read, &error) : STORE_OK;
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    after = read ? supposed(read, approval, &subject) : NULL;
    if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        const ApprovalShown what = {
            .approval = approval, .before = read ? read->report : NULL, .after = after, .may_decide = call_is_administrator(call),
            .own = g_strcmp0(text_of(approval, "asked_by"), actor) == 0, .late = status == 409, .shown = shown,
            .shown_count = FIELDS,
        };
        call_page(call, status, "approval", view_approval(&what, &context));
    }
    usage_read_free(read);
}

void page_approval(Call *call)
{
    FormShown shown[FIELDS];
    json_t *approval = NULL;
    form_open(&call->request->query, fields, FIELDS, shown);
    if (approval_find(call, shown, &approval)) {
        if (call_wants_json(call))
            call_json(call, 200, json_incref(approval));
        else
            show(call, 200, approval, shown);
    }
    json_decref(approval);
    form_shown_clear(shown, FIELDS);
}

static void approved(Call *call, const json_t *decided)
{
    bool bonus = g_strcmp0(json_string_value(json_object_get(decided, "what")), "bonus") == 0;
    Granted granted = {.subject = json_string_value(json_object_get(decided, "subject")),
                       .organization = json_string_value(json_object_get(decided, "organization")),
                       .undo = {.possible = true, .kind = bonus ? CHANGE_BONUS_REMOVE : CHANGE_OVERRIDE_REMOVE}};
    g_autoptr(GString) then = g_string_new("/admin/approvals?done=approved");
    granted.undo.was = g_strdup(json_string_value(json_object_get(decided, "made")));
    granted_put(then, &granted);
    undo_clear(&granted.undo);
    call_see_other(call, then->str);
}

static void settle(Call *call, const json_t *approval, bool approves, const InputValue *values, const FormShown *shown)
{
    g_auto(StoreError) error = {0};
    json_t *decided = NULL;
    g_autofree char *actor = identity_actor(&call->identity);
    const char *id = values[APPROVAL].text;
    StoreResult result = approves ? approval_approve(call->site->store, id, NULL, actor, &decided, &error)
                                  : approval_deny(call->site->store, id, values[REASON].text, actor, &decided, &error);
    if (result == STORE_OK && approves) {
        approved(call, decided);
    } else if (result == STORE_OK) {
        call_see_other(call, "/admin/approvals?done=denied");
    } else if (result == STORE_CONFLICT && g_strcmp0(text_of(approval, "asked_by"), actor) != 0 &&
               approval_get(call->site->store, id, &decided, &error) == STORE_OK) {
        show(call, 409, decided, shown);
    } else {
        call_store_problem(call, result, &error);
    }
    json_decref(decided);
}

void page_approval_send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    json_t *approval = NULL;
    bool good = call_filled(call, &call->form, fields, FIELDS, values, shown);
    if (approval_find(call, shown, &approval)) {
        bool approves = g_strcmp0(values[VERDICT].text, "approve") == 0, denies = g_strcmp0(values[VERDICT].text, "deny") == 0;
        if (good && denies && !values[REASON].given) {
            shown[REASON].mistake = FORM_MISSING;
            good = false;
        }
        if (!approves && !denies)
            call_problem(call, 400, "verdict", SAY_VERDICT);
        else if (good)
            settle(call, approval, approves, values, shown);
        else
            show(call, 400, approval, shown);
    }
    json_decref(approval);
    form_shown_clear(shown, FIELDS);
}
