/* Looking at somebody's pages. */
#include "web/viewing.h"

#include "say/say.h"
#include "store/session.h"
#include "web/session_cookie.h"
#include "web/view_token.h"

#define COOKIE_NAME "webquota_view"
#define END "/admin/view/end"

/* Under HTTPS its name begins with "__Host-", as the session's. */
static char *cookie_of(const Call *call)
{
    const char *header = request_param(call->request, "HTTP_COOKIE");
    if (!header || !strstr(header, COOKIE_NAME "="))
        return NULL;
    return cookie_get(header, request_is_https(call->request) ? "__Host-" COOKIE_NAME : COOKIE_NAME);
}

static bool is_own(const char *path)
{
    static const char *const own[] = {"/login", "/login/code", "/logout", "/account", "/account/code", END};
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        if (strcmp(path, own[i]) == 0)
            return true;
    return false;
}

bool viewing_apply(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *secret, *path = call->request->path;
    Instant until = 0;
    Identity *identity = &call->identity;
    g_autofree char *token = NULL, *reader = NULL, *subject = NULL;
    if (call->request->authorizer || identity->kind != IDENTITY_PERSON || call_role(call) < ROLE_VIEWER || is_own(path) ||
        !(token = cookie_of(call)))
        return true;
    StoreResult result = store_form_secret(call->site->store, &secret, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    reader = call_reader(call);
    subject = view_token_read(token, secret, reader, store_now(call->site->store), &until);
    if (!subject)
        return true;
    call->viewing_until = until;
    if (!call_only_reads(call)) {
        call_problem(call, 403, NULL, SAY_LOOKING_ONLY);
        return false;
    }
    if (strcmp(path, "/admin") == 0 || g_str_has_prefix(path, "/admin/") || g_str_has_prefix(path, "/api/v1/admin/"))
        return true;
    call->viewer = g_steal_pointer(&identity->subject);
    identity->subject = g_steal_pointer(&subject);
    identity->role = ROLE_USER;
    return true;
}

bool viewing_begin(Call *call, const char *subject, char **cookie)
{
    g_auto(StoreError) error = {0};
    const char *secret, *prefix = request_is_https(call->request) ? "__Host-" : "";
    StoreResult result = store_form_secret(call->site->store, &secret, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return false;
    }
    g_autofree char *reader = call_reader(call);
    g_autofree char *token = subject ? view_token_make(secret, reader, subject, store_now(call->site->store) + VIEW_TOKEN_LIVES_US)
                                     : g_strdup("");
    *cookie = g_strconcat(prefix, COOKIE_NAME "=", token, "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=", subject ? "900" : "0", NULL);
    return true;
}
