/* Which feature a request to the application is about.
 *
 * Nobody gets by on a spelling. Paths are matched decoded and collapsed. Where programs differ in what they make of a
 * request, each of their readings is tried, and the one that fits the earliest route counts:
 *   - control characters in a path, which some patterns pass over ("/save%0a");
 *   - parameters of a path's segments, which Java takes off ("/save;x=1");
 *   - semicolons between parameters of the query, as of old.
 */
#include "web/metered.h"

#include "base/log.h"
#include "base/parse.h"
#include "web/uri.h"

void metered_clear(Metered *metered)
{
    g_free(metered->resource);
    *metered = (Metered){0};
}

/* --- readings --- */

#define READINGS 2

typedef struct {
    char *paths[READINGS]; /* the second may be NULL */
    Query queries[READINGS];
    int query_count;
} Readings;

static void readings_clear(Readings *readings)
{
    for (int i = 0; i < READINGS; i++) {
        g_free(readings->paths[i]);
        query_clear(&readings->queries[i]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Readings, readings_clear)

/* How many bytes a control character takes here, percent-encoded or not; 0: it is another one, or NUL. */
static size_t control_len(const char *at)
{
    int byte = (unsigned char) *at;
    size_t len = 1;
    if (byte == '%' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
        byte = g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]);
        len = 3;
    }
    return byte != 0 && (byte < 0x20 || byte == 0x7f) ? len : 0;
}

/* The target's path without control characters and without parameters of segments; NULL when it has none. New string. */
static char *bare_path(const char *target)
{
    g_autoptr(GString) bare = g_string_new(NULL);
    const char *at = target, *end = target + strcspn(target, "?#");
    while (at < end) {
        size_t skip = *at == ';' ? strcspn(at, "/?#") : control_len(at);
        if (skip == 0)
            g_string_append_c(bare, *at++);
        at += skip;
    }
    return bare->len == (size_t) (end - target) ? NULL : uri_path(bare->str);
}

/* Where the application's own request is going, as the client wrote it; else as the server took it apart. */
static void read_paths(const Request *request, Readings *out)
{
    const char *target = request_param(request, "REQUEST_URI");
    const char *script = request_param(request, "SCRIPT_NAME"), *rest = request_param(request, "PATH_INFO");
    if (target && *target) {
        out->paths[0] = uri_path(target);
        out->paths[1] = bare_path(target);
        return;
    }
    g_autofree char *joined = g_strconcat(script ? script : "", rest ? rest : "", NULL);
    out->paths[0] = uri_path_collapse(joined);
}

/* What the server rewrote counts before what the client wrote; a subrequest (nginx) has lost its own. */
static bool read_queries(const Request *request, Readings *out)
{
    const char *query = request_param(request, "QUERY_STRING");
    const char *target = request_param(request, "REQUEST_URI");
    g_autofree char *text = g_strdup(query && *query ? query : target ? uri_query(target) : "");
    bool two = strchr(text, ';');
    bool good = query_parse(text, false, &out->queries[0]) &&
                (!two || query_parse(g_strdelimit(text, ";", '&'), false, &out->queries[1]));
    out->query_count = two ? 2 : 1;
    return good;
}

/* --- by the policy's routes --- */

/* How far down the features a resource leads: the deeper one is the more limited. */
static int depth_of(const Policy *policy, const Route *route, const char *resource)
{
    return policy_feature_for(policy, policy->features[route->feature].key, resource)->depth;
}

static bool is_before(const Policy *policy, const Route *route, const char *resource, const Route *best, const char *best_resource)
{
    if (!best || route != best)
        return !best || route < best;
    return depth_of(policy, route, resource) > depth_of(policy, best, best_resource);
}

static const Route *earliest_route(const Call *call, const Readings *readings, char **resource)
{
    const Policy *policy = call->policy;
    const Route *best = NULL;
    for (int i = 0; i < READINGS * readings->query_count; i++) {
        const char *path = readings->paths[i % READINGS];
        const Query *query = &readings->queries[i / READINGS];
        g_autofree char *found = NULL;
        const Route *route =
            path ? policy_route(policy, call->request->method, path, query->pairs, query->count, &found) : NULL;
        if (!route || !is_before(policy, route, found, best, *resource))
            continue;
        best = route;
        g_free(*resource);
        *resource = g_steal_pointer(&found);
    }
    return best;
}

static void by_route(const Call *call, Metered *metered)
{
    g_auto(Readings) readings = {0};
    read_paths(call->request, &readings);
    if (!read_queries(call->request, &readings))
        return;
    const Route *route = earliest_route(call, &readings, &metered->resource);
    if (!route)
        return;
    metered->feature = call->policy->features[route->feature].key;
    metered->units = route->units;
    metered->charge = route->charge;
}

/* --- by the server's parameters --- */

/* False: they are wrong, and it is answered already. */
static bool by_server(Call *call, const char *feature, Metered *metered)
{
    const char *resource = request_param(call->request, "WEBQUOTA_RESOURCE");
    const char *units = request_param(call->request, "WEBQUOTA_UNITS");
    *metered = (Metered){.feature = feature, .units = 1, .charge = CHARGE_ADMIT};
    if (units && *units && !parse_whole(units, 1, UNITS_MAX, &metered->units)) {
        log_line(LOG_LEVEL_ERROR, "authorizer: WEBQUOTA_UNITS is no whole number from 1: \"%s\"", units);
        call_problem(call, 503, NULL, "the web server's configuration is wrong");
        return false;
    }
    if (!policy_feature(call->policy, feature)) {
        log_line(LOG_LEVEL_ERROR, "authorizer: WEBQUOTA_FEATURE names no feature of the policy: \"%s\"", feature);
        call_problem(call, 503, NULL, "the web server's configuration is wrong");
        return false;
    }
    if (resource && *resource)
        metered->resource = g_strdup(resource);
    return true;
}

/* A resource comes from the client's query or path. What the ledger would not record is replaced, never dropped: an
 * odd one is metered as what it most looks like. */
static void make_plain(char **resource)
{
    if (!*resource)
        return;
    g_autofree char *raw = *resource;
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    GString *plain = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        size_t len = (size_t) (g_utf8_next_char(at) - at);
        if (plain->len + len > 255)
            break;
        if (text_is_plain(at, len, len))
            g_string_append_len(plain, at, (gssize) len);
        else
            g_string_append_c(plain, '?');
    }
    *resource = g_string_free(plain, plain->len == 0);
}

bool metered_find(Call *call, Metered *out)
{
    const char *feature = request_param(call->request, "WEBQUOTA_FEATURE");
    *out = (Metered){0};
    if (!feature || !*feature)
        by_route(call, out);
    else if (!by_server(call, feature, out))
        return false;
    make_plain(&out->resource);
    return true;
}
