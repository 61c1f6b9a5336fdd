/* From the web server's parameters to a value.
 *
 * Only what the server itself vouches for is taken as true. Of the headers that a client sends
 * (HTTP_…), those used here decide at most in which form the answer comes, or whether it is refused.
 */
#include "web/request.h"

#include "base/parse.h"
#include "base/text.h"
#include "say/say.h"

#define READ_BYTES ((size_t) 8192) /* at once */

const char *request_param(const Request *request, const char *name)
{
    return request->params.exchange ? param_index_get(&request->params, name) : exchange_param(request->exchange, name);
}

static char *without_last_slash(char *path, size_t keep)
{
    size_t len = strlen(path);
    while (len > keep && path[len - 1] == '/')
        path[--len] = '\0';
    return path;
}

/* nginx says RESPONDER to everybody, so there its configuration must say what this is. */
static bool is_authorizer(const Request *request)
{
    const char *role = request_param(request, "WEBQUOTA_ROLE");
    return request->exchange->authorizer || request_param(request, "FCGI_APACHE_ROLE") ||
           g_strcmp0(role, "authorizer") == 0;
}

static bool address_read(Request *out, char **why)
{
    const char *script = request_param(out, "SCRIPT_NAME");
    const char *path = request_param(out, "PATH_INFO");
    if (!path || !*path)
        path = "/";
    if (*path != '/' || !text_is_plain(path, strlen(path), 2048) ||
        (script && *script && (*script != '/' || !text_is_plain(script, strlen(script), 2048)))) {
        *why = g_strdup(SAY_ADDRESS);
        return false;
    }
    out->mount = without_last_slash(uri_escape(script ? script : ""), 0);
    out->path = without_last_slash(g_strdup(path), 1);
    return true;
}

bool request_read(const Exchange *exchange, Request *out, char **why)
{
    *out = (Request){.exchange = exchange};
    param_index_make(&out->params, exchange);
    const char *method = request_param(out, "REQUEST_METHOD");
    out->method = method ? method : "GET";
    out->wish = accept_wish(request_param(out, "HTTP_ACCEPT"));
    out->remote_addr = request_param(out, "REMOTE_ADDR");
    out->authorizer = is_authorizer(out);
    if (out->authorizer)
        return true;
    if (!address_read(out, why))
        return false;
    if (!query_parse(request_param(out, "QUERY_STRING"), true, &out->query)) {
        *why = g_strdup(SAY_QUERY);
        return false;
    }
    return true;
}

void request_clear(Request *request)
{
    g_free(request->mount);
    g_free(request->path);
    query_clear(&request->query);
    *request = (Request){0};
}

/* Reads up to `wanted` bytes; fewer at the end of the input. */
static bool read_up_to(const Exchange *exchange, GString *out, size_t wanted)
{
    while (out->len < wanted) {
        size_t room = MIN(READ_BYTES, wanted - out->len);
        long got = exchange->read(exchange->data, text_room(out, room), room);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        text_added(out, (size_t) got);
    }
    return true;
}

/* Over FastCGI the input has an end of its own. It is read here, so that nobody who answers later waits for it. */
static bool has_ended(const Exchange *exchange)
{
    char more;
    return !exchange->done || exchange->read(exchange->data, &more, 1) <= 0;
}

int request_body(const Request *request, GString **body)
{
    const char *length_text = request_param(request, "CONTENT_LENGTH");
    int64_t length = -1;
    *body = NULL;
    if (request->authorizer || (length_text && *length_text && !parse_whole(length_text, 0, INT64_MAX, &length)))
        return 400;
    if (length > REQUEST_BODY_MAX)
        return 413;
    /* Without a length the input's end is the body's; one byte more tells too much from enough. */
    size_t wanted = length >= 0 ? (size_t) length : REQUEST_BODY_MAX + 1;
    GString *read = g_string_sized_new(length >= 0 ? wanted : 1024);
    int status = 0;
    if (!read_up_to(request->exchange, read, wanted) || (length >= 0 && (read->len < wanted || !has_ended(request->exchange))))
        status = 400;
    else if (read->len > REQUEST_BODY_MAX)
        status = 413;
    if (status == 0)
        *body = read;
    else
        g_string_free(read, TRUE);
    return status;
}

static bool is_of_type(const Request *request, const char *wanted)
{
    const char *type = request_param(request, "CONTENT_TYPE");
    const char *encoding = request_param(request, "HTTP_CONTENT_ENCODING");
    if (!type || (encoding && *encoding && g_ascii_strcasecmp(encoding, "identity") != 0))
        return false;
    if (strcmp(type, wanted) == 0)
        return true;
    while (g_ascii_isspace(*type))
        type++;
    if (g_ascii_strncasecmp(type, wanted, strlen(wanted)) != 0)
        return false;
    for (type += strlen(wanted); g_ascii_isspace(*type);)
        type++;
    return *type == '\0' || *type == ';';
}

bool request_is_json(const Request *request)
{
    return is_of_type(request, "application/json");
}

bool request_is_form(const Request *request)
{
    return is_of_type(request, "application/x-www-form-urlencoded");
}

bool request_is_same_origin(const Request *request)
{
    const char *site = request_param(request, "HTTP_SEC_FETCH_SITE");
    const char *origin = request_param(request, "HTTP_ORIGIN");
    const char *host = request_param(request, "HTTP_HOST");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    return !origin || (host && uri_is_of_host(origin, host));
}

char *request_back(const Request *request)
{
    const char *referer = request_param(request, "HTTP_REFERER");
    const char *host = request_param(request, "HTTP_HOST");
    if (!referer || !host || !text_is_plain(referer, strlen(referer), 2048) || !uri_is_of_host(referer, host))
        return NULL;
    const char *path = strstr(referer, "://") + 3;
    path += strcspn(path, "/?#");
    /* "//other.example" would be an address on another host. */
    if (*path != '/' || path[1] == '/' || path[1] == '\\')
        return g_strdup("/");
    return g_strndup(path, strcspn(path, "#"));
}
