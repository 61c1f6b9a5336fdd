/* GET and POST /login, GET and POST /logout: signing in where the web server does not do it. A sign-in always begins a new session, and
 * ends the one that the browser had. Checking a password takes long, so a thread of its own does it. */
#include "store/account.h"
#include "say/say.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/session_cookie.h"

/* Where to go then, when that is on this site. */
static const char *next_of(const Query *query)
{
    const char *next = query_get(query, "next");
    return next && query_times(query, "next") == 1 && uri_is_local(next) ? next : NULL;
}

static void who_json(Call *call)
{
    const Identity *identity = &call->identity;
    call_json(call, 200, json_pack("{s:b, s:s?, s:s?, s:s}", "signed_in", identity->kind == IDENTITY_PERSON, "subject", identity->subject,
                                   "account", identity->account, "role", role_word(call_role(call))));
}

static void show(Call *call, int status, const LoginShown *shown)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    Value *page = view_login(shown, &context);
    if (shown->state == LOGIN_TOO_MANY)
        call_page_later(call, status, "login", page, shown->wait_s);
    else
        call_page(call, status, "login", page);
}

/* The address to go to as a header may hold it. */
static char *location_of(const Call *call, const char *next)
{
    return next ? g_uri_escape_string(next, "!#$&'()*+,/:;=?@[]%", FALSE) : call_address(call, "/");
}

/* A browser on its way from signing in, which may not have kept it. */
static void kept(Call *call)
{
    const char *next = next_of(&call->request->query);
    if (!call->identity.account) {
        show(call, 403, &(LoginShown){.state = LOGIN_NOT_KEPT, .next = next});
        return;
    }
    g_autofree char *location = location_of(call, next);
    response_status(call->response, 303);
    response_guard(call->response);
    response_header(call->response, "Location", location);
}

void page_login(Call *call)
{
    const Query *query = &call->request->query;
    if (call_wants_json(call)) {
        who_json(call);
        return;
    }
    if (query_get(query, "kept")) {
        kept(call);
        return;
    }
    bool out = query_get(query, "out") && !call->identity.account;
    show(call, 200, &(LoginShown){.state = out ? LOGIN_OUT : LOGIN_FORM, .next = next_of(query)});
}

/* `path` ends where "next=…" may follow. */
static char *location_with(const Call *call, const char *path, const char *next)
{
    g_autofree char *address = call_address(call, path);
    GString *location = g_string_new(address);
    if (next) {
        g_string_append(location, "next=");
        g_string_append_uri_escaped(location, next, NULL, FALSE);
    }
    return g_string_free(location, FALSE);
}

/* Where the browser may not keep the cookie, that is looked to first. */
static char *location_after(const Call *call, const char *next)
{
    return session_cookie_is_kept(call->request) ? location_of(call, next)
                                                 : location_with(call, next ? "/login?kept=1&" : "/login?kept=1", next);
}

static char *location_of_code(const Call *call, const char *next)
{
    return location_with(call, next ? "/login/code?" : "/login/code", next);
}

/* A session was begun, and the one that the browser had is over. */
static void signed_in(Call *call, const char *token, const char *location)
{
    g_auto(StoreError) error = {0};
    g_autofree char *before = session_cookie_get(call->request);
    if (before && session_end(call->site->store, before, &error) != STORE_OK)
        store_error_clear(&error); /* it ends by itself */
    response_status(call->response, 303);
    response_guard(call->response);
    session_cookie_set(call->response, call->request, token);
    response_header(call->response, "Location", location);
}

/* The visitor's address, whoever else they may be. */
static char *address_of(const Call *call)
{
    char *address = identity_visitor(call->request->remote_addr);
    return address ? address : g_strdup("unknown");
}

static void sign_in(Call *call)
{
    const Query *form = &call->form;
    const char *name = query_get(form, "name"), *password = query_get(form, "password");
    LoginShown shown = {.name = name, .next = next_of(form)};
    g_auto(StoreError) error = {0};
    g_autofree char *token = NULL, *address = address_of(call);
    SignIn outcome;
    const SignInAsk ask = {.name = name, .password = password, .address = address, .totp_required = call->policy->totp_required,
                           .administrators = call->policy->administrators};
    StoreResult result = account_sign_in(call->site->store, &ask, &outcome, &token, &shown.wait_s, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (outcome == SIGN_IN_DONE || outcome == SIGN_IN_HALF) {
        g_autofree char *location = outcome == SIGN_IN_DONE ? location_after(call, shown.next) : location_of_code(call, shown.next);
        signed_in(call, token, location);
        return;
    }
    shown.state = outcome == SIGN_IN_WRONG ? LOGIN_WRONG : LOGIN_TOO_MANY;
    show(call, outcome == SIGN_IN_WRONG ? 403 : 429, &shown);
}

void page_login_send(Call *call)
{
    const Query *form = &call->form;
    const char *name = query_get(form, "name"), *password = query_get(form, "password");
    const char *twice = query_times(form, "name") > 1 ? "name" : query_times(form, "password") > 1 ? "password" : NULL;
    if (twice)
        call_problem(call, 400, twice, SAY_TWICE("%s"), twice);
    else if (!name || !*name || !password || !*password)
        show(call, 400, &(LoginShown){.state = LOGIN_MISSING, .name = name, .next = next_of(form)});
    else
        call_slow(call, sign_in);
}

void page_logout(Call *call)
{
    if (call_wants_json(call)) {
        who_json(call);
        return;
    }
    if (!call_form_token(call))
        return;
    g_autofree char *back = request_back(call->request);
    PageContext context = call_context(call, back);
    call_page(call, 200, "logout", view_logout(&context));
}

void page_logout_send(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autofree char *token = session_cookie_get(call->request), *location = call_address(call, "/login?out=1");
    StoreResult result = token ? session_end(call->site->store, token, &error) : STORE_OK;
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    response_status(call->response, 303);
    response_guard(call->response);
    session_cookie_set(call->response, call->request, NULL);
    response_header(call->response, "Location", location);
}
