/* Request targets. Whatever a client can write must come out as what the application behind will
 * see, or else a limit could be walked around: hence the lenient reading beside the strict one. */
#include "web/uri.h"

#include "base/parse.h"

/* Decodes len bytes into a new string. A NUL ends it; *clean is false when there was one, or a broken escape. */
static char *decode(const char *text, size_t len, bool plus_is_space, bool *clean)
{
    GString *out = g_string_sized_new(len);
    *clean = true;
    for (size_t i = 0; i < len; i++) {
        char byte = text[i];
        if (byte == '+' && plus_is_space) {
            byte = ' ';
        } else if (byte == '%') {
            int high = i + 2 < len ? g_ascii_xdigit_value(text[i + 1]) : -1;
            int low = high >= 0 ? g_ascii_xdigit_value(text[i + 2]) : -1;
            if (low >= 0) {
                byte = (char) (high * 16 + low);
                i += 2;
            } else {
                *clean = false;
            }
        }
        if (byte == '\0') {
            *clean = false;
            break;
        }
        g_string_append_c(out, byte);
    }
    return g_string_free(out, FALSE);
}

void query_clear(Query *query)
{
    for (int i = 0; i < query->count; i++) {
        g_free((char *) query->pairs[i].name);
        g_free((char *) query->pairs[i].value);
    }
    g_free(query->pairs);
    *query = (Query){0};
}

/* Reads one "name=value" of len bytes. */
static bool pair_parse(const char *text, size_t len, bool strict, GArray *pairs)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t) (equals - text) : len;
    bool name_clean, value_clean;
    char *name = decode(text, name_len, true, &name_clean);
    char *value = equals ? decode(equals + 1, len - name_len - 1, true, &value_clean) : g_strdup("");
    if (!equals)
        value_clean = true;
    QueryPair pair = {name, value};
    g_array_append_val(pairs, pair);
    return !strict || (name_clean && value_clean && g_utf8_validate(name, -1, NULL) && g_utf8_validate(value, -1, NULL));
}

bool query_parse(const char *text, bool strict, Query *out)
{
    *out = (Query){0};
    if (!text || !*text)
        return true;
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(QueryPair));
    bool good = true;
    for (const char *at = text; at && *at && good;) {
        size_t len = strcspn(at, "&");
        if (len > 0)
            good = pair_parse(at, len, strict, pairs);
        at += len + (at[len] == '&');
    }
    out->count = pairs->len;
    out->pairs = (QueryPair *) (void *) g_array_free(pairs, FALSE);
    if (!good)
        query_clear(out);
    return good;
}

const char *query_get(const Query *query, const char *name)
{
    for (int i = 0; i < query->count; i++)
        if (strcmp(query->pairs[i].name, name) == 0)
            return query->pairs[i].value;
    return NULL;
}

int query_times(const Query *query, const char *name)
{
    int times = 0;
    for (int i = 0; i < query->count; i++)
        times += strcmp(query->pairs[i].name, name) == 0;
    return times;
}

/* RFC 3986, section 5.2.4, and empty segments taken out as file systems do. */
char *uri_path_collapse(const char *path)
{
    GString *out = g_string_sized_new(strlen(path) + 1);
    g_string_append_c(out, '/');
    while (*path) {
        path += strspn(path, "/");
        size_t len = strcspn(path, "/");
        bool last = path[len] == '\0';
        if (len == 2 && path[0] == '.' && path[1] == '.') {
            g_string_truncate(out, out->len > 1 ? out->len - 1 : 1);
            while (out->str[out->len - 1] != '/')
                g_string_truncate(out, out->len - 1);
        } else if (len > 0 && !(len == 1 && path[0] == '.')) {
            g_string_append_len(out, path, len);
            if (!last)
                g_string_append_c(out, '/');
        }
        path += len;
    }
    return g_string_free(out, FALSE);
}

char *uri_path(const char *target)
{
    if (*target != '/') { /* absolute form: "http://host/path" */
        const char *authority = strstr(target, "://");
        if (authority)
            target = authority + 3 + strcspn(authority + 3, "/?#");
    }
    bool clean;
    g_autofree char *decoded = decode(target, strcspn(target, "?#"), false, &clean);
    return uri_path_collapse(decoded);
}

char *uri_escape(const char *path)
{
    const char *at = path;
    while (g_ascii_isalnum(*at) || *at == '/' || *at == '-' || *at == '_' || *at == '.' || *at == '~')
        at++;
    return *at ? g_uri_escape_string(path, "/", FALSE) : g_strdup(path);
}

const char *uri_query(const char *target)
{
    const char *mark = strchr(target, '?');
    return mark ? mark + 1 : "";
}

static size_t without_port(const char *host, size_t len, const char *port)
{
    size_t port_len = strlen(port);
    return len > port_len && strncmp(host + len - port_len, port, port_len) == 0 ? len - port_len : len;
}

bool uri_is_local(const char *address)
{
    return address[0] == '/' && address[1] != '/' && !strchr(address, '\\') && text_is_plain(address, strlen(address), 2048);
}

bool uri_is_of_host(const char *address, const char *host)
{
    const char *port = ":443";
    if (g_ascii_strncasecmp(address, "https://", 8) == 0) {
        address += 8;
    } else if (g_ascii_strncasecmp(address, "http://", 7) == 0) {
        address += 7;
        port = ":80";
    } else {
        return false;
    }
    size_t address_len = without_port(address, strcspn(address, "/?#"), port);
    size_t host_len = without_port(host, strlen(host), port);
    return host_len > 0 && address_len == host_len && g_ascii_strncasecmp(address, host, host_len) == 0;
}
