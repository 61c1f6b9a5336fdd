/* GET and POST /login/code: the second half of signing in, by a code; with it a session of its own begins. GET and POST /account/code:
 * codes are set up, or turned off. What looks at codes has a thread of its own, as passwords. */
#include "store/second_factor.h"
#include "say/say.h"
#include "view/view_code.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/session_cookie.h"

/* Where to go then, when that is on this site. */
static const char *next_of(const Query *query)
{
    const char *next = query_get(query, "next");
    return next && query_times(query, "next") == 1 && uri_is_local(next) ? next : NULL;
}

static char *address_of(const Call *call)
{
    char *address = identity_visitor(call->request->remote_addr);
    return address ? address : g_strdup("unknown");
}

static void show(Call *call, int status, const CodeShown *shown)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    Value *page = view_code(shown, &context);
    if (shown->state == CODE_TOO_MANY)
        call_page_later(call, status, "code", page, shown->wait_s);
    else
        call_page(call, status, "code", page);
}

/* One field that must be there, once. *text is empty where it is missing. False: answered already. */
static bool field(Call *call, const char *name, const char **text)
{
    *text = query_get(&call->form, name);
    *text = *text ? *text : "";
    if (query_times(&call->form, name) <= 1)
        return true;
    call_problem(call, 400, name, SAY_TWICE("%s"), name);
    return false;
}

/* --- signing in --- */

/* The page to sign in at, for those of whom nothing is waiting (any more). */
static void begin_again(Call *call, const char *next)
{
    g_autofree char *token = session_cookie_get(call->request);
    bool kept = token || session_cookie_is_kept(call->request);
    if (!token && kept) {
        call_see_other(call, "/login");
        return;
    }
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const LoginShown shown = {.state = kept ? LOGIN_LATE : LOGIN_NOT_KEPT, .next = next};
    call_page(call, 403, "login", view_login(&shown, &context));
}

/* The sign-in that is under way in this browser. *account is new. STORE_NONE: there is none. */
static StoreResult half_find(Call *call, char **account, WaitsFor *waits_for, StoreError *error)
{
    g_autofree char *token = session_cookie_get(call->request);
    return token ? sign_in_half(call->site->store, token, account, waits_for, error) : STORE_NONE;
}

static void show_half(Call *call, int status, CodeState state, const char *next, int64_t wait_s)
{
    g_auto(StoreError) error = {0};
    g_auto(FactorState) factor = {0};
    g_autofree char *account = NULL;
    WaitsFor waits_for = WAITS_FOR_CODE;
    StoreResult result = half_find(call, &account, &waits_for, &error);
    if (result == STORE_OK && waits_for == WAITS_FOR_ENROLMENT)
        result = factor_state(call->site->store, account, &factor, &error);
    bool enrol = waits_for == WAITS_FOR_ENROLMENT;
    if (result == STORE_NONE || (result == STORE_OK && enrol && !factor.secret))
        begin_again(call, next);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        show(call, status, &(CodeShown){.page = enrol ? CODE_ENROL : CODE_ASK, .state = state, .account = account, .secret = factor.secret,
                                        .next = next, .wait_s = wait_s});
}

static void half_json(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *account = NULL;
    WaitsFor waits_for = WAITS_FOR_NOTHING;
    StoreResult result = half_find(call, &account, &waits_for, &error);
    const char *word = waits_for == WAITS_FOR_CODE ? "code" : waits_for == WAITS_FOR_ENROLMENT ? "enrolment" : NULL;
    if (result != STORE_OK && result != STORE_NONE)
        call_store_problem(call, result, &error);
    else
        call_json(call, 200, json_pack("{s:s?}", "waits_for", word));
}

void page_login_code(Call *call)
{
    if (call_wants_json(call))
        half_json(call);
    else
        show_half(call, 200, CODE_OPEN, next_of(&call->request->query), 0);
}

/* Whose session it is now, so that the page says so. Nothing depends on it. */
static void identify(Call *call, const char *token)
{
    g_auto(StoreError) error = {0};
    g_auto(Session) session = {0};
    if (call->identity.kind != IDENTITY_VISITOR || session_find(call->site->store, token, &session, &error) != STORE_OK)
        return;
    identity_clear(&call->identity);
    call->identity = (Identity){.kind = IDENTITY_PERSON, .ambient = true, .account = g_steal_pointer(&session.account),
                                .subject = g_steal_pointer(&session.subject), .role = session.role};
}

/* The browser keeps the token of the new session in place of the other. */
static void done(Call *call, const char *token, const GPtrArray *codes, const char *next)
{
    g_autofree char *home = call_address(call, "/");
    g_autofree char *location = next ? g_uri_escape_string(next, "!#$&'()*+,/:;=?@[]%", FALSE) : g_strdup(home);
    if (!codes) {
        response_status(call->response, 303);
        response_guard(call->response);
        session_cookie_set(call->response, call->request, token);
        response_header(call->response, "Location", location);
        return;
    }
    identify(call, token);
    PageContext context = call_context(call, NULL);
    const CodeShown shown = {.page = CODE_MADE, .codes = codes, .next = next ? next : home};
    call_page_signed_in(call, "code", view_code(&shown, &context), token);
}

static void sign_in(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *half = session_cookie_get(call->request), *token = NULL, *address = address_of(call);
    g_autoptr(GPtrArray) codes = NULL;
    const char *next = next_of(&call->form);
    SignIn outcome;
    int64_t wait_s = 0;
    StoreResult result = !half ? STORE_NONE
                               : sign_in_code(call->site->store, half, query_get(&call->form, "code"), address, &outcome, &token, &codes,
                                              &wait_s, &error);
    if (result == STORE_NONE)
        begin_again(call, next);
    else if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (outcome == SIGN_IN_DONE)
        done(call, token, codes, next);
    else
        show_half(call, outcome == SIGN_IN_WRONG ? 403 : 429, outcome == SIGN_IN_WRONG ? CODE_WRONG : CODE_TOO_MANY, next, wait_s);
}

void page_login_code_send(Call *call)
{
    const char *code;
    if (!field(call, "code", &code))
        return;
    if (*code)
        call_slow(call, sign_in);
    else
        show_half(call, 400, CODE_MISSING, next_of(&call->form), 0);
}

/* --- one's own account --- */

static void show_own(Call *call, int status, CodeState state, int64_t wait_s)
{
    g_auto(StoreError) error = {0};
    g_auto(FactorState) factor = {0};
    StoreResult result = factor_state(call->site->store, call->identity.account, &factor, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (!factor.on && !factor.secret)
        call_see_other(call, "/account");
    else
        show(call, status, &(CodeShown){.page = factor.on ? CODE_OFF : CODE_SET_UP, .state = state, .account = call->identity.account,
                                        .secret = factor.secret, .wait_s = wait_s});
}

static bool has_account(Call *call)
{
    if (call->identity.account)
        return true;
    call_problem(call, 401, NULL, SAY_SIGN_IN_ACCOUNT);
    return false;
}

static void own_json(Call *call)
{
    g_auto(StoreError) error = {0};
    g_auto(FactorState) factor = {0};
    StoreResult result = factor_state(call->site->store, call->identity.account, &factor, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        call_json(call, 200, factor_state_json(&factor));
}

void page_account_code(Call *call)
{
    if (!has_account(call))
        return;
    if (call_wants_json(call))
        own_json(call);
    else
        show_own(call, 200, CODE_OPEN, 0);
}

static void show_made(Call *call, const GPtrArray *codes)
{
    g_autofree char *location = call_address(call, "/account");
    PageContext context = call_context(call, NULL);
    const CodeShown shown = {.page = CODE_MADE, .codes = codes, .next = location};
    call_page(call, 200, "code", view_code(&shown, &context));
}

static void turn(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *address = address_of(call);
    g_autoptr(GPtrArray) codes = NULL;
    bool on = strcmp(query_get(&call->form, "what"), "on") == 0;
    const FactorProof proof = {.account = call->identity.account, .password = query_get(&call->form, "password"),
                               .code = query_get(&call->form, "code"), .address = address, .session = call->identity.session};
    SignIn outcome;
    int64_t wait_s = 0;
    StoreResult result = on ? factor_confirm(call->site->store, &proof, &outcome, &codes, &wait_s, &error)
                            : factor_off(call->site->store, &proof, &outcome, &wait_s, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (outcome != SIGN_IN_DONE)
        show_own(call, outcome == SIGN_IN_WRONG ? 403 : 429, outcome == SIGN_IN_WRONG ? CODE_WRONG : CODE_TOO_MANY, wait_s);
    else if (on)
        show_made(call, codes);
    else
        call_see_other(call, "/account?done=code");
}

void page_account_code_send(Call *call)
{
    const char *what, *password, *code;
    if (!has_account(call) || !field(call, "what", &what) || !field(call, "password", &password) || !field(call, "code", &code))
        return;
    if (strcmp(what, "on") != 0 && strcmp(what, "off") != 0)
        call_problem(call, 400, "what", SAY_WHAT_OF_CODES);
    else if (*password && *code)
        call_slow(call, turn);
    else
        show_own(call, 400, CODE_MISSING, 0);
}
