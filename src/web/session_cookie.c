/* The cookie of a session. It is for the whole host, so that the authorizer sees it before every application there.
 *
 * Without HTTPS, as far as the web server says, the plain name is taken as well: the encryption may end before the server, and
 * browsers keep the cookie for the machine that they run on (Secure is always said; elsewhere they drop it, and nobody's password
 * would have been worth much). */
#include "web/session_cookie.h"

#include "web/identity.h"

#define HOST_PREFIX "__Host-"
#define PLAIN_NAME "webquota_session"
#define ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Lax"

bool request_is_https(const Request *request)
{
    const char *https = request_param(request, "HTTPS"), *scheme = request_param(request, "REQUEST_SCHEME");
    return (https && *https && g_ascii_strcasecmp(https, "off") != 0) || (scheme && strcmp(scheme, "https") == 0);
}

bool session_cookie_is_kept(const Request *request)
{
    const char *host = request_param(request, "HTTP_HOST");
    return request_is_https(request) || !host || g_str_has_prefix(host, "127.") || g_str_has_prefix(host, "[::1]") ||
           strcmp(host, "localhost") == 0 || g_str_has_prefix(host, "localhost:");
}

char *session_cookie_get(const Request *request)
{
    const char *header = request_param(request, "HTTP_COOKIE");
    if (!header || !strstr(header, PLAIN_NAME "="))
        return NULL;
    char *token = cookie_get(header, HOST_PREFIX PLAIN_NAME);
    return token || request_is_https(request) ? token : cookie_get(header, PLAIN_NAME);
}

void session_cookie_set(Response *response, const Request *request, const char *token)
{
    const char *prefix = request_is_https(request) ? HOST_PREFIX : "";
    g_autofree char *cookie = g_strconcat(prefix, PLAIN_NAME "=", token ? token : "", ATTRIBUTES, token ? "" : "; Max-Age=0", NULL);
    response_header(response, "Set-Cookie", cookie);
}
