/* GET /admin/sessions and /api/v1/admin/sessions: where an account is signed in, or all accounts that are metered as somebody; and
 * ending one, for programs. Whoever does that in a browser does it at /admin/access/change. */
#include "say/say.h"
#include "store/access.h"
#include "store/account.h"
#include "view/view_access.h"
#include "web/admin_input.h"
#include "web/handlers.h"

enum { ACCOUNT, SUBJECT, DONE, FIELDS };
static const InputField fields[FIELDS] = {
    [ACCOUNT] = {"account", INPUT_TEXT, false, 1, 255},
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [DONE] = {"done", INPUT_TEXT, false, 1, 20},
};

/* An account must be there; a subject is whoever an account says. */
static StoreResult read_list(Store *store, const char *account, const char *subject, json_t **list, StoreError *error)
{
    json_t *known = NULL;
    StoreResult result = account ? account_get(store, account, &known, error) : STORE_OK;
    json_decref(known);
    return result == STORE_OK ? access_sessions(store, account, subject, list, error) : result;
}

static void show(Call *call, const InputValue *values, json_t *list)
{
    bool more = json_array_size(list) == SESSIONS_SHOWN;
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b}", "sessions", list, "more", more));
        return;
    }
    PageContext context = call_context(call, NULL);
    const SessionsShown shown = {.account = values[ACCOUNT].text, .subject = values[SUBJECT].text, .list = list, .more = more,
                                 .done = values[DONE].given};
    call_page(call, 200, "sessions", view_sessions(&shown, &context));
}

void page_sessions(Call *call)
{
    InputValue values[FIELDS];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!call_query(call, fields, FIELDS, values))
        return;
    if (values[ACCOUNT].given == values[SUBJECT].given) {
        call_problem(call, 400, values[ACCOUNT].given ? "subject" : "account", SAY_ACCOUNT_OR_SUBJECT);
        return;
    }
    StoreResult result = read_list(call->site->store, values[ACCOUNT].text, values[SUBJECT].text, &list, &error);
    if (result == STORE_OK)
        show(call, values, list);
    else
        call_store_problem(call, result, &error);
    json_decref(list);
}

void api_session_end(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *reason;
    if (!admin_input_reason(call, &reason))
        return;
    if (!reason) {
        call_problem(call, 400, "reason", SAY_MISSING("reason"));
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    admin_answer_removed(call, access_session_end(call->site->store, call->segment, reason, actor, &error), &error);
}
