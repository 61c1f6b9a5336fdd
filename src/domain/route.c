/* Which feature a request is about: the first route of the policy that fits it.
 *
 * What the client sends is never trusted to be well-formed. A path or value that is not UTF-8 is
 * repaired and matched all the same, and a parameter that is there several times counts by any of
 * its values: a request must not pass a limit by being odd.
 */
#include "base/parse.h"
#include "domain/model.h"

typedef struct {
    const char *text;
    size_t len;
} Segment;

static bool method_fits(const Route *route, const char *method)
{
    /* HEAD runs in the application what GET runs; and many a program makes capitals of "post", which Apache hands on. */
    return !route->method || g_ascii_strcasecmp(route->method, method) == 0 ||
           (strcmp(route->method, "GET") == 0 && g_ascii_strcasecmp(method, "HEAD") == 0);
}

/* One step of the pattern that is not a star: moves both on when it fits. A {name} stands for one
 * whole segment that is not empty. */
static bool step(const char **pattern, const char **path, const char *wanted, Segment *found)
{
    if (**pattern == '{') {
        const char *name = *pattern + 1, *close = strchr(name, '}');
        size_t len = strcspn(*path, "/");
        if (!close || len == 0)
            return false;
        if (wanted && strlen(wanted) == (size_t) (close - name) && strncmp(wanted, name, close - name) == 0)
            *found = (Segment){*path, len};
        *pattern = close + 1;
        *path += len;
        return true;
    }
    if (**path && (**pattern == **path || **pattern == '?')) {
        *path = **pattern == '?' ? g_utf8_next_char(*path) : *path + 1;
        (*pattern)++;
        return true;
    }
    return false;
}

/* As pattern_match, with {name}. Because a {name} reaches to the next slash, matching each run
 * between stars as early as possible is enough, and nothing is tried more than once. */
static bool path_fits(const char *pattern, const char *path, const char *wanted, Segment *found)
{
    const char *star = NULL, *resume = NULL;
    while (*path || *pattern) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = path;
        } else if (!step(&pattern, &path, wanted, found)) {
            if (!star || !*resume)
                return false;
            pattern = star;
            path = ++resume;
        }
    }
    return true;
}

static bool value_fits(const char *pattern, const char *value)
{
    g_autofree char *valid = g_utf8_validate(value, -1, NULL) ? NULL : g_utf8_make_valid(value, -1);
    return pattern_match(pattern, valid ? valid : value);
}

static bool condition_holds(const RouteCondition *condition, const QueryPair *query, int query_count)
{
    for (int i = 0; i < query_count; i++)
        if (strcmp(query[i].name, condition->name) == 0 &&
            (!condition->pattern || value_fits(condition->pattern, query[i].value)))
            return condition->pattern != NULL;
    return condition->pattern == NULL;
}

static bool conditions_hold(const Route *route, const QueryPair *query, int query_count)
{
    for (int i = 0; i < route->condition_count; i++)
        if (!condition_holds(&route->conditions[i], query, query_count))
            return false;
    return true;
}

/* Of several values the one that means the deepest feature: that one is the most limited. */
static const char *resource_in_query(const Policy *policy, const Route *route, const QueryPair *query, int query_count)
{
    const char *best = NULL;
    int best_depth = -1;
    for (int i = 0; i < query_count; i++) {
        if (strcmp(query[i].name, route->resource_query) != 0)
            continue;
        int depth = policy_feature_for(policy, policy->features[route->feature].key, query[i].value)->depth;
        if (depth > best_depth) {
            best = query[i].value;
            best_depth = depth;
        }
    }
    return best;
}

const Route *policy_route(const Policy *policy, const char *method, const char *path, const QueryPair *query,
                          int query_count, char **resource)
{
    g_autofree char *valid = g_utf8_validate(path, -1, NULL) ? NULL : g_utf8_make_valid(path, -1);
    *resource = NULL;
    for (int i = 0; i < policy->route_count; i++) {
        const Route *route = &policy->routes[i];
        Segment segment = {0};
        if (!method_fits(route, method) || !conditions_hold(route, query, query_count) ||
            !path_fits(route->path, valid ? valid : path, route->resource_segment, &segment))
            continue;
        if (route->resource_query)
            *resource = g_strdup(resource_in_query(policy, route, query, query_count));
        else if (segment.text)
            *resource = g_strndup(segment.text, segment.len);
        return route;
    }
    return NULL;
}
