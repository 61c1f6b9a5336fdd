/* What waits for a second person, for programs. */
#include "store/approvals.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"

enum { STATE, BEFORE };
static const InputField list_fields[] = {[STATE] = {"state", INPUT_TEXT, false, 1, 16}, [BEFORE] = {"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

void api_approval_list(Call *call)
{
    static const char *const states[] = {"waiting", "approved", "denied", NULL};
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values))
        return;
    if (values[STATE].given && !g_strv_contains(states, values[STATE].text)) {
        call_problem(call, 400, "state", SAY_STATE_OF_APPROVAL);
        return;
    }
    StoreResult result = approval_list(call->site->store, values[STATE].text, values[BEFORE].text, &list, &error);
    admin_answer_list(call, "approvals", result, list, &error);
}

void api_approval_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    StoreResult result = approval_get(call->site->store, call->segment, &approval, &error);
    admin_answer(call, 200, result, approval, &error);
}

/* False: there is none, and it is answered already. */
static bool is_there(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    StoreResult result = approval_get(call->site->store, call->segment, &approval, &error);
    json_decref(approval);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

static const InputField approve_fields[] = {{"reason", INPUT_TEXT, false, 1, APPROVAL_REASON_MAX}};
static const InputField deny_fields[] = {{"reason", INPUT_TEXT, true, 1, APPROVAL_REASON_MAX}};

void api_approval_approve(Call *call)
{
    InputValue values[G_N_ELEMENTS(approve_fields)];
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    if (!is_there(call) || !call_body(call, approve_fields, G_N_ELEMENTS(approve_fields), values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = approval_approve(call->site->store, call->segment, values[0].text, actor, &approval, &error);
    admin_answer(call, 200, result, approval, &error);
}

void api_approval_deny(Call *call)
{
    InputValue values[G_N_ELEMENTS(deny_fields)];
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    if (!is_there(call) || !call_body(call, deny_fields, G_N_ELEMENTS(deny_fields), values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = approval_deny(call->site->store, call->segment, values[0].text, actor, &approval, &error);
    admin_answer(call, 200, result, approval, &error);
}
