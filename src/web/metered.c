/* Which feature a request to the application is about.
 *
 * Nobody gets by on a spelling. Paths are matched decoded and collapsed. Where programs differ in what they make of a
 * request, each of their readings is tried (readings.c), and the earliest route that one of them fits and that charges counts, where
 * none does the earliest. All resources are charged that its readings name.
 */
#include "web/metered.h"

#include "base/log.h"
#include "base/parse.h"
#include "say/say.h"
#include "web/readings.h"

void metered_clear(Metered *metered)
{
    for (int i = 0; i < metered->resource_count; i++)
        g_free(metered->resources[i]);
    *metered = (Metered){0};
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
static const Route *route_of(const Call *call, const char *path, const Query *query, char **segment)
{
    *segment = NULL;
    return path ? policy_route(call->policy, call->request->method, path, query->pairs, query->count, segment) : NULL;
}

static bool counts_before(const Route *route, const Route *other)
{
    bool charges = route->charge != CHARGE_CHECK, other_charges = other && other->charge != CHARGE_CHECK;
    return !other || charges > other_charges || (charges == other_charges && route < other);
}

static const Route *route_that_counts(const Call *call, const Readings *readings)
{
    const Route *best = NULL;
    for (int path = 0; path < READINGS_PATHS; path++)
        for (guint i = 0; i < readings->queries->len; i++) {
            g_autofree char *segment = NULL;
            const Route *route = route_of(call, readings->paths[path], readings->queries->pdata[i], &segment);
            if (route && counts_before(route, best))
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

static bool add_from_reading(const Call *call, const char *path, const Query *query, const Route *route, Metered *metered)
{
    g_autofree char *segment = NULL;
    if (route_of(call, path, query, &segment) != route)
        return true;
    if (route->resource_query)
        return add_from_query(call->policy, route, query, metered);
    return !segment || add_resource(call->policy, segment, metered);
}

/* Whatever the readings that fit the route say. */
static bool add_from_readings(const Call *call, const Readings *readings, const Route *route, Metered *metered)
{
    bool good = true;
    for (int path = 0; path < READINGS_PATHS; path++)
        for (guint i = 0; i < readings->queries->len && good; i++)
            good = add_from_reading(call, readings->paths[path], readings->queries->pdata[i], route, metered);
    return good && (metered->resource_count > 0 || add_resource(call->policy, NULL, metered));
}

static bool by_route(Call *call, Metered *metered)
{
    g_auto(Readings) readings = {0};
    const Route *route = readings_of(call->request, &readings) ? route_that_counts(call, &readings) : NULL;
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
