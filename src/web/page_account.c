/* GET and POST /account: where one's own account is signed in, what of that is to end, and its password. A password is checked by a thread
 * of its own. */
#include "store/second_factor.h"
#include "say/say.h"
#include "web/form.h"
#include "web/handlers.h"

static json_t *document(Call *call, json_t *sessions, const FactorState *factor)
{
    const Identity *identity = &call->identity;
    return json_pack("{s:s?, s:s?, s:s, s:o, s:o}", "account", identity->account, "subject", identity->subject, "role",
                     role_word(identity->account ? identity->role : ROLE_USER), "sessions", sessions ? sessions : json_array(), "second_factor",
                     factor_state_json(factor));
}

/* The sessions of whoever reads (new reference; NULL where they have no account). False: answered already. */
static bool sessions_read(Call *call, json_t **sessions, FactorState *factor)
{
    g_auto(StoreError) error = {0};
    *sessions = NULL;
    if (!call->identity.account)
        return true;
    StoreResult result = factor_state(call->site->store, call->identity.account, factor, &error);
    if (result == STORE_OK)
        result = account_sessions(call->site->store, call->identity.account, call->identity.session, sessions, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

/* What the reader's zone is known by; NULL where nobody has signed in with an account. False: answered already. */
static bool reader_read(Call *call, UsageRead **read)
{
    g_auto(StoreError) error = {0};
    if (!call->identity.account)
        return true;
    StoreResult result = store_usage(call->site->store, call->identity.subject, NULL, false, read, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

static void show(Call *call, int status, AccountState state, int64_t wait_s)
{
    json_t *sessions;
    g_autoptr(UsageRead) reader = NULL;
    g_auto(FactorState) factor = {0};
    if (!reader_read(call, &reader) || !sessions_read(call, &sessions, &factor))
        return;
    if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        Value *page = view_account(&(AccountShown){.state = state, .sessions = sessions, .wait_s = wait_s, .codes_on = factor.on,
                                                   .codes_since = factor.since, .codes_left = factor.codes_left,
                                                   .zone = reader ? reader->report->subject->zone : NULL}, &context);
        if (state == ACCOUNT_TOO_MANY)
            call_page_later(call, status, "account", page, wait_s);
        else
            call_page(call, status, "account", page);
    }
    json_decref(sessions);
}

void page_account(Call *call)
{
    const char *done = query_get(&call->request->query, "done");
    json_t *sessions;
    g_auto(FactorState) factor = {0};
    if (!call_wants_json(call))
        show(call, 200, g_strcmp0(done, "password") == 0 ? ACCOUNT_CHANGED : g_strcmp0(done, "code") == 0 ? ACCOUNT_CODES_OFF
                        : done ? ACCOUNT_ENDED : ACCOUNT_OPEN, 0);
    else if (sessions_read(call, &sessions, &factor))
        call_json(call, 200, document(call, sessions, &factor));
}

static void end(Call *call, const char *session)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result =
        account_sessions_end(call->site->store, call->identity.account, session, call->identity.session, actor, &error);
    if (result == STORE_INVALID)
        call_problem(call, 400, "session", SAY_NO_SUCH("session"));
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        call_see_other(call, "/account?done=end");
}

static void change_password(Call *call)
{
    const Identity *identity = &call->identity;
    g_auto(StoreError) error = {0};
    g_autofree char *address = identity_visitor(call->request->remote_addr);
    SignIn outcome;
    int64_t wait_s = 0;
    StoreResult result = account_password_change(call->site->store, identity->account, query_get(&call->form, "current"),
                                                 query_get(&call->form, "wanted"), address ? address : "unknown", identity->session,
                                                 &outcome, &wait_s, &error);
    if (result == STORE_INVALID)
        show(call, 400, ACCOUNT_WEAK, 0);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (outcome == SIGN_IN_DONE)
        call_see_other(call, "/account?done=password");
    else if (outcome == SIGN_IN_WRONG)
        show(call, 403, ACCOUNT_WRONG, 0);
    else
        show(call, 429, ACCOUNT_TOO_MANY, wait_s);
}

static void begin_codes(Call *call)
{
    g_auto(StoreError) error = {0};
    StoreResult result = factor_begin(call->site->store, call->identity.account, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        call_see_other(call, "/account/code");
}

static void password(Call *call)
{
    static const char *const names[] = {"current", "wanted", "again"};
    const char *typed[G_N_ELEMENTS(names)];
    bool missing = false;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        typed[i] = query_get(&call->form, names[i]);
        missing |= !typed[i] || !*typed[i];
        if (query_times(&call->form, names[i]) > 1) {
            call_problem(call, 400, names[i], SAY_TWICE("%s"), names[i]);
            return;
        }
    }
    if (missing)
        show(call, 400, ACCOUNT_MISSING, 0);
    else if (strcmp(typed[1], typed[2]) != 0)
        show(call, 400, ACCOUNT_DIFFERENT, 0);
    else
        call_slow(call, change_password);
}

void page_account_send(Call *call)
{
    const char *what = query_get(&call->form, "what"), *session = query_get(&call->form, "session");
    if (!call->identity.account)
        call_problem(call, 401, NULL, SAY_SIGN_IN_ACCOUNT);
    else if (g_strcmp0(what, "others") == 0)
        end(call, NULL);
    else if (g_strcmp0(what, "end") == 0 && session && query_times(&call->form, "session") == 1)
        end(call, session);
    else if (g_strcmp0(what, "end") == 0)
        call_problem(call, 400, "session", SAY_SESSION_ONCE);
    else if (g_strcmp0(what, "password") == 0)
        password(call);
    else if (g_strcmp0(what, "codes") == 0)
        begin_codes(call);
    else
        call_problem(call, 400, "what", SAY_WHAT_OF_ACCOUNT);
}
