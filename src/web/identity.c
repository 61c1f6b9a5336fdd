/* Who is asking.
 *
 * Apache's check-authn form hands over the name of an Authorization header that nobody has checked
 * yet; there REMOTE_USER means nothing. A REMOTE_USER that reads like a visitor's name was set by
 * this program's own answer and is no sign-in either.
 */
#include "web/identity.h"

#include <arpa/inet.h>

#include "base/parse.h"
#include "say/say.h"
#include "web/assertion.h"

#define COOKIE_NAME "webquota_identity"
#define VISITOR_PREFIX "anon:"

void identity_clear(Identity *identity)
{
    g_free(identity->subject);
    g_free(identity->key);
    g_free(identity->account);
    g_free(identity->session);
    *identity = (Identity){0};
}

char *identity_visitor(const char *address)
{
    struct in6_addr six;
    struct in_addr four;
    char text[INET6_ADDRSTRLEN];
    if (!address || strlen(address) > 64)
        return NULL;
    g_autofree char *plain = g_strndup(address, strcspn(address, "%")); /* "fe80::1%eth0" */
    if (inet_pton(AF_INET, plain, &four) == 1)
        return g_strconcat(VISITOR_PREFIX, inet_ntop(AF_INET, &four, text, sizeof text), NULL);
    if (inet_pton(AF_INET6, plain, &six) != 1)
        return NULL;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        memcpy(&four, six.s6_addr + 12, sizeof four);
        return g_strconcat(VISITOR_PREFIX, inet_ntop(AF_INET, &four, text, sizeof text), NULL);
    }
    memset(six.s6_addr + 8, 0, 8);
    return g_strconcat(VISITOR_PREFIX, inet_ntop(AF_INET6, &six, text, sizeof text), "/64", NULL);
}

char *cookie_get(const char *header, const char *name)
{
    size_t name_len = strlen(name);
    while (header && *header) {
        header += strspn(header, " \t;");
        size_t len = strcspn(header, ";");
        if (len > name_len && header[name_len] == '=' && strncmp(header, name, name_len) == 0)
            return g_strstrip(g_strndup(header + name_len + 1, len - name_len - 1));
        header += len;
    }
    return NULL;
}

/* The token of "Authorization: Bearer TOKEN", which may be empty; NULL for other schemes. Not owned. */
static const char *bearer_token(const Request *request)
{
    const char *header = request_param(request, "HTTP_AUTHORIZATION");
    if (!header || strcspn(header, " ") != strlen("bearer") || g_ascii_strncasecmp(header, "bearer", strlen("bearer")) != 0)
        return NULL;
    header += strlen("bearer");
    return header + strspn(header, " ");
}

/* Returns true when the token settles the matter: *status is the result. */
static bool from_bearer(const Request *request, const char *secret, Instant now, Identity *out, int *status)
{
    const char *token = bearer_token(request);
    if (!token || (request->authorizer && !assertion_looks_like(token)))
        return false;
    *status = 0;
    if (g_str_has_prefix(token, "wq_") && strlen(token) <= 255) {
        out->kind = IDENTITY_KEY;
        out->key = g_strdup(token);
    } else if ((out->subject = assertion_subject(token, secret, now))) {
        out->kind = IDENTITY_PERSON;
    } else {
        *status = 401;
    }
    return true;
}

static char *from_cookie(const Request *request, const char *secret, Instant now)
{
    g_autofree char *cookie = cookie_get(request_param(request, "HTTP_COOKIE"), COOKIE_NAME);
    return cookie ? assertion_subject(cookie, secret, now) : NULL;
}

static char *from_server(const Request *request)
{
    const char *apache_role = request_param(request, "FCGI_APACHE_ROLE");
    const char *user = request_param(request, "REMOTE_USER");
    if (!user || !*user || (apache_role && strcmp(apache_role, "AUTHORIZER") != 0) ||
        g_str_has_prefix(user, VISITOR_PREFIX) || !text_is_plain(user, strlen(user), 255))
        return NULL;
    return g_strdup(user);
}

int identity_read(const Request *request, const char *secret, Instant now, Identity *out, const char **why)
{
    int status = 0;
    *out = (Identity){.kind = IDENTITY_VISITOR};
    if (from_bearer(request, secret, now, out, &status)) {
        *why = SAY_BEARER;
        return status;
    }
    out->ambient = true;
    if ((out->subject = from_cookie(request, secret, now)) || (out->subject = from_server(request))) {
        out->kind = IDENTITY_PERSON;
        return 0;
    }
    out->subject = identity_visitor(request->remote_addr);
    *why = SAY_NO_ADDRESS;
    return out->subject ? 0 : 400;
}

char *identity_actor(const Identity *identity)
{
    if (identity->kind == IDENTITY_KEY)
        return g_strdup_printf("key:%" PRId64, identity->key_id);
    if (identity->account)
        return g_strconcat("account:", identity->account, NULL);
    return identity->kind == IDENTITY_PERSON ? g_strconcat("user:", identity->subject, NULL) : g_strdup(identity->subject);
}

char *identity_caller(const Identity *identity)
{
    if (identity->kind == IDENTITY_KEY)
        return g_strdup_printf("key:%" PRId64, identity->key_id);
    return g_strconcat("subject:", identity->subject, NULL);
}
