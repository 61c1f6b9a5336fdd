/* Requests to administrators: asked by people for themselves, answered by administrators. */
#include "store/requests.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"

#define MULTIPLIER_MAX 1000000

enum { SUBJECT, STATE, BEFORE };
static const InputField list_fields[] = {[SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
                                         [STATE] = {"state", INPUT_TEXT, false, 1, 16},
                                         [BEFORE] = {"before", INPUT_WHOLE, false, 1, UNITS_MAX}};

/* NULL: any. False: answered already. */
static bool state_is_good(Call *call, const InputValue *state)
{
    static const char *const states[] = {"pending", "approved", "denied", NULL};
    if (!state->given || g_strv_contains(states, state->text))
        return true;
    call_problem(call, 400, "state", SAY_STATE_OF_REQUEST);
    return false;
}

/* What people are told of their own: not by whom. */
static void without_author(json_t *request)
{
    json_object_del(request, "decided_by");
}

void api_request_list(Call *call)
{
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL, *request;
    size_t i;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values) || !state_is_good(call, &values[STATE]))
        return;
    const char *subject = call_subject(call, values[SUBJECT].text);
    if (!subject)
        return;
    StoreResult result = request_list(call->site->store, subject, values[STATE].text, values[BEFORE].text, &list, &error);
    if (call->identity.kind != IDENTITY_KEY && call_role(call) == ROLE_USER)
        json_array_foreach(list, i, request)
            without_author(request);
    admin_answer_list(call, "requests", result, list, &error);
}

enum { A_SUBJECT, A_FEATURE, A_KIND, A_PLAN, A_LIMIT, A_AMOUNT, A_REASON };
static const InputField add_fields[] = {
    [A_SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [A_FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [A_KIND] = {"kind", INPUT_TEXT, true, 1, 16},
    [A_PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [A_LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [A_AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX},
    [A_REASON] = {"reason", INPUT_TEXT, true, 1, REQUEST_REASON_MAX},
};

void api_request_add(Call *call)
{
    InputValue values[G_N_ELEMENTS(add_fields)];
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    RequestAdd add = {0};
    if (!call_body(call, add_fields, G_N_ELEMENTS(add_fields), values))
        return;
    if (call->identity.kind == IDENTITY_VISITOR) {
        call_problem(call, 401, NULL, SAY_SIGN_IN_ANSWER);
        return;
    }
    add.subject = call_subject(call, values[A_SUBJECT].text);
    if (!add.subject)
        return;
    if (!request_kind_find(values[A_KIND].text, &add.kind)) {
        call_problem(call, 400, "kind", SAY_KIND_OF_REQUEST);
        return;
    }
    add.feature = values[A_FEATURE].text;
    add.plan = values[A_PLAN].text;
    add.limit = values[A_LIMIT].text;
    add.amount = values[A_AMOUNT].whole;
    add.reason = values[A_REASON].text;
    StoreResult result = request_add(call->site->store, &add, &request, &error);
    if (result == STORE_OK)
        without_author(request);
    admin_answer(call, 201, result, request, &error);
}

/* --- administration --- */

void api_requests_all(Call *call)
{
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values) || !state_is_good(call, &values[STATE]))
        return;
    StoreResult result =
        request_list(call->site->store, values[SUBJECT].text, values[STATE].text, values[BEFORE].text, &list, &error);
    admin_answer_list(call, "requests", result, list, &error);
}

void api_request_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    StoreResult result = request_get(call->site->store, call->segment, &request, &error);
    admin_answer(call, 200, result, request, &error);
}

enum { G_PLAN, G_LIMIT, G_AMOUNT, G_UNLIMITED, G_MULTIPLIER, G_EXPIRES_AT, G_REASON };
static const InputField approve_fields[] = {
    [G_PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [G_LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [G_AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX},
    [G_UNLIMITED] = {"unlimited", INPUT_FLAG, false, 0, 0},
    [G_MULTIPLIER] = {"multiplier", INPUT_NUMBER, false, 0, MULTIPLIER_MAX},
    [G_EXPIRES_AT] = {"expires_at", INPUT_UNTIL, false, 0, 0},
    [G_REASON] = {"reason", INPUT_TEXT, false, 1, REQUEST_REASON_MAX},
};

/* At most one of the three says how much. */
static bool gift_read(Call *call, const InputValue *values, RequestGift *gift)
{
    bool unlimited = values[G_UNLIMITED].given && values[G_UNLIMITED].flag;
    if (values[G_AMOUNT].given + unlimited + values[G_MULTIPLIER].given > 1) {
        call_problem(call, 400, "amount", SAY_ONE_AMOUNT_AT_MOST);
        return false;
    }
    if (values[G_MULTIPLIER].given && values[G_MULTIPLIER].number <= 0) {
        call_problem(call, 400, "multiplier", SAY_MULTIPLIER);
        return false;
    }
    *gift = (RequestGift){
        .plan = values[G_PLAN].text,
        .limit = values[G_LIMIT].text,
        .unlimited = unlimited,
        .amount = values[G_AMOUNT].whole,
        .multiplier = values[G_MULTIPLIER].number,
        .expires_at = values[G_EXPIRES_AT].given ? values[G_EXPIRES_AT].time : INSTANT_MAX,
        .reason = values[G_REASON].text,
    };
    return true;
}

/* False: there is none, and it is answered already. */
static bool is_there(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    StoreResult result = request_get(call->site->store, call->segment, &request, &error);
    json_decref(request);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

void api_request_approve(Call *call)
{
    InputValue values[G_N_ELEMENTS(approve_fields)];
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    RequestGift gift;
    if (!is_there(call) || !call_body(call, approve_fields, G_N_ELEMENTS(approve_fields), values) || !gift_read(call, values, &gift) ||
        !admin_input_future(call, "expires_at", &values[G_EXPIRES_AT]))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = request_approve(call->site->store, call->segment, &gift, actor, &request, &error);
    admin_answer(call, 200, result, request, &error);
}

static const InputField deny_fields[] = {
    {"reason", INPUT_TEXT, true, 1, REQUEST_REASON_MAX},
};

void api_request_deny(Call *call)
{
    InputValue values[G_N_ELEMENTS(deny_fields)];
    g_auto(StoreError) error = {0};
    json_t *request = NULL;
    if (!is_there(call) || !call_body(call, deny_fields, G_N_ELEMENTS(deny_fields), values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = request_deny(call->site->store, call->segment, values[0].text, actor, &request, &error);
    admin_answer(call, 200, result, request, &error);
}
