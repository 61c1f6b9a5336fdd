/* Which feature a request to the application is about.
 *
 * Nobody gets by on a spelling. Paths are matched decoded and collapsed. Where programs differ in what they make of a
 * request, each of their readings is tried, and the earliest route that one of them fits counts:
 *   - control characters in a path, which some patterns pass over ("/save%0a");
 *   - parameters of a path's segments, which Java takes off ("/save;x=1");
 *   - semicolons between parameters of the query, as of old.
 * So it is with a parameter that is there twice: some take the first, some the last. All that it says is charged.
 */
#include "web/metered.h"

#include "base/log.h"
#include "base/parse.h"
#include "say/say.h"
#include "web/uri.h"

void metered_clear(Metered *metered)
{
    for (int i = 0; i < metered->resource_count; i++)
        g_free(metered->resources[i]);
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

/* --- resources --- */

/* A resource comes from the client's query or path. What the ledger would not record is replaced, never dropped: an
 * odd one is metered as what it most looks like. NULL when it is empty. */
static char *plain_of(const char *raw)
{
    char *plain = text_made_plain(raw ? raw : "", 255);
    if (*plain)
        return plain;
    g_free(plain);
    return NULL;
}

/* Unless the feature that it means is there already. False: there are too many. */
static bool add_resource(const Policy *policy, const char *resource, Metered *metered)
{
    g_autofree char *plain = plain_of(resource);
    const Feature *feature = policy_feature_for(policy, metered->feature, plain);
    for (int i = 0; i < metered->resource_count; i++)
        if (policy_feature_for(policy, metered->feature, metered->resources[i]) == feature)
            return true;
    if (metered->resource_count == LEDGER_ITEMS_MAX)
        return false;
    metered->resources[metered->resource_count++] = g_steal_pointer(&plain);
    return true;
}

/* --- by the policy's routes --- */

/* The route that one reading fits; *segment is what its path names, NULL when nothing. */
static const Route *route_of(const Call *call, const Readings *readings, int reading, char **segment)
{
    const char *path = readings->paths[reading % READINGS];
    const Query *query = &readings->queries[reading / READINGS];
    *segment = NULL;
    return path ? policy_route(call->policy, call->request->method, path, query->pairs, query->count, segment) : NULL;
}

static const Route *earliest_route(const Call *call, const Readings *readings)
{
    const Route *best = NULL;
    for (int i = 0; i < READINGS * readings->query_count; i++) {
        g_autofree char *segment = NULL;
        const Route *route = route_of(call, readings, i, &segment);
        if (route && (!best || route < best))
            best = route;
    }
    return best;
}

static bool add_from_query(const Policy *policy, const Route *route, const Query *query, Metered *metered)
{
    bool good = true;
    for (int i = 0; i < query->count && good; i++)
        if (strcmp(query->pairs[i].name, route->resource_query) == 0)
            good = add_resource(policy, query->pairs[i].value, metered);
    return good;
}

/* Whatever the readings that fit the route say. */
static bool add_from_readings(const Call *call, const Readings *readings, const Route *route, Metered *metered)
{
    bool good = true;
    for (int i = 0; i < READINGS * readings->query_count && good; i++) {
        g_autofree char *segment = NULL;
        if (route_of(call, readings, i, &segment) != route)
            continue;
        if (route->resource_query)
            good = add_from_query(call->policy, route, &readings->queries[i / READINGS], metered);
        else if (segment)
            good = add_resource(call->policy, segment, metered);
    }
    return good && (metered->resource_count > 0 || add_resource(call->policy, NULL, metered));
}

static bool by_route(Call *call, Metered *metered)
{
    g_auto(Readings) readings = {0};
    read_paths(call->request, &readings);
    const Route *route = read_queries(call->request, &readings) ? earliest_route(call, &readings) : NULL;
    if (!route)
        return true;
    metered->feature = call->policy->features[route->feature].key;
    metered->units = route->units;
    metered->charge = route->charge;
    if (add_from_readings(call, &readings, route, metered))
        return true;
    call_problem(call, 400, NULL, SAY_RESOURCES_TOO_MANY, LEDGER_ITEMS_MAX);
    return false;
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
        call_problem(call, 503, NULL, SAY_SERVER_WRONG);
        return false;
    }
    if (!policy_feature(call->policy, feature)) {
        log_line(LOG_LEVEL_ERROR, "authorizer: WEBQUOTA_FEATURE names no feature of the policy: \"%s\"", feature);
        call_problem(call, 503, NULL, SAY_SERVER_WRONG);
        return false;
    }
    return add_resource(call->policy, resource, metered);
}

bool metered_find(Call *call, Metered *out)
{
    const char *feature = request_param(call->request, "WEBQUOTA_FEATURE");
    *out = (Metered){0};
    return feature && *feature ? by_server(call, feature, out) : by_route(call, out);
}
