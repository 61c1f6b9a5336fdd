/* Routes: which request is about which feature. */
#include "policy/policy_parts.h"

#include "base/parse.h"

static const char *const charge_words[] = {"admit", "success", "commit", "check", NULL};

static char *read_method(const Section *section)
{
    const char *method = field_word(section, "method");
    if (!method)
        return NULL;
    size_t len = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    if (len > 0 && len <= 32 && !method[len])
        return g_strdup(method);
    g_autofree char *display = shown(method);
    field_mistake(section, "method", "must be a method in capitals such as POST, not “%s”", display);
    return NULL;
}

/* What is wrong with the {names} of a path; NULL when nothing. `names` takes them. */
static const char *segment_problem(const char *path, GPtrArray *names)
{
    g_auto(GStrv) segments = g_strsplit(path, "/", -1);
    for (char **segment = segments; *segment; segment++) {
        size_t len = strlen(*segment);
        if (!strpbrk(*segment, "{}"))
            continue;
        if ((*segment)[0] != '{' || (*segment)[len - 1] != '}')
            return "a {name} stands for a whole segment between slashes";
        g_autofree char *name = g_strndup(*segment + 1, len - 2);
        if (!text_is_key(name))
            return "a {name} is 1 to 64 of a-z, 0-9, _ and -, and begins with a letter";
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            return "has the same {name} twice";
        g_ptr_array_add(names, g_steal_pointer(&name));
    }
    return NULL;
}

static char *read_path(const Section *section, GPtrArray *names)
{
    field_needed(section, "path");
    g_autofree char *path = field_text(section, "path", VALUE_MAX);
    if (!path)
        return NULL;
    const char *problem = segment_problem(path, names), *mark = strchr(path, '?');
    if (*path != '/')
        problem = "must begin with /";
    else if (mark && strchr(mark, '='))
        problem = "is matched without the query: conditions on that stand in query";
    if (problem)
        field_mistake(section, "path", "%s", problem);
    return problem ? NULL : g_steal_pointer(&path);
}

static const char *condition_problem(const char *text)
{
    size_t len = strcspn(text + (*text == '!'), "=");
    if (len == 0)
        return "has no name of a parameter";
    return *text == '!' && strchr(text, '=') ? "takes no pattern: !name holds when the parameter is absent" : NULL;
}

static void read_conditions(const Section *section, Route *route)
{
    g_auto(GStrv) texts = field_list(section, "query", VALUE_MAX, condition_problem);
    route->conditions = g_new0(RouteCondition, g_strv_length(texts));
    for (char **text = texts; *text; text++) {
        RouteCondition *condition = &route->conditions[route->condition_count++];
        const char *equals = strchr(*text, '=');
        if (**text == '!')
            condition->name = g_strdup(*text + 1);
        else
            condition->name = g_strndup(*text, strcspn(*text, "="));
        if (**text != '!')
            condition->pattern = g_strdup(equals ? equals + 1 : "*");
    }
}

static void read_resource(const Section *section, Route *route, GPtrArray *names)
{
    route->resource_query = field_text(section, "resource_query", 255);
    route->resource_segment = field_text(section, "resource_segment", 255);
    if (route->resource_query && route->resource_segment)
        field_mistake(section, "resource_segment", "is given, and resource_query too");
    else if (route->resource_segment && route->path &&
             !g_ptr_array_find_with_equal_func(names, route->resource_segment, g_str_equal, NULL))
        field_mistake(section, "resource_segment", "the path has no such {name}");
}

static void read_route(const Section *section, Route *route)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    route->method = read_method(section);
    route->path = read_path(section, names);
    field_needed(section, "feature");
    route->feature = field_feature(section, "feature");
    read_conditions(section, route);
    read_resource(section, route, names);
    route->units = field_whole(section, "units", 1, UNITS_MAX, 1);
    route->charge = field_choice(section, "charge", charge_words, CHARGE_ADMIT);
}

void read_routes(const Section *file)
{
    Policy *policy = file->reading->policy;
    Section section;
    policy->routes = g_new0(Route, ROUTES_MAX);
    for (int i = 0; section_child(file, "route", (unsigned) i, &section); i++) {
        if (i == ROUTES_MAX) {
            field_mistake(&section, NULL, "there are more than %d routes", ROUTES_MAX);
            break;
        }
        policy->route_count++;
        read_route(&section, &policy->routes[i]);
    }
    policy->routes = g_renew(Route, policy->routes, policy->route_count);
}
