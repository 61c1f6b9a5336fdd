/* `webquota route list|set|add|remove`: the routes of the policy in force, and one of them changed, as a new version. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "cli/table.h"
#include "policy/policy_route.h"
#include "view/view_admin_policy.h"

enum { ROUTE, POSITION, OPTIONS };
#define NUMBER_MAX 1000

typedef struct {
    OptionTexts texts;
    PolicySetOptions set;
    const char *verb;
    int64_t route, position;
} RouteOptions;

static bool is(const RouteOptions *options, const char *verb)
{
    return strcmp(options->verb, verb) == 0;
}

/* As they are written, but for the numbers by which they are known. */
static void print_routes(const Policy *policy)
{
    static const char *const titles[] = { "route", "method", "path", "query", "feature", "units", "charge", NULL };
    static const RouteOption shown[] = { ROUTE_METHOD, ROUTE_PATH, ROUTE_QUERY, ROUTE_FEATURE, ROUTE_UNITS, ROUTE_CHARGE };
    g_autoptr(Table) table = table_new(titles);
    for (int number = 1; number <= policy->route_count; number++) {
        g_autofree char *text = g_strdup_printf("%d", number);
        table_cell(table, text);
        for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
            g_autofree char *written = route_written(policy, number, shown[i]);
            const char *otherwise = route_option_default(shown[i]);
            table_cell(table, written ? written : otherwise ? otherwise : "");
        }
    }
    table_print(table, "there are no routes");
}

static int list(bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    StoreResult result = store_policy(store, &policy, &error);
    int code = result == STORE_OK ? CMD_OK : cli_fail("route", result, &error);
    if (policy && json)
        cli_print_json(view_routes_json(policy));
    else if (policy)
        print_routes(policy);
    store_close(store);
    return code;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    (void)store;
    const RouteOptions *options = kept;
    int number = (int)options->route;
    RouteWish wish;
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++)
        wish.of[option] = options->texts.of[OPTIONS + option];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    if (is(options, "add"))
        return policy_set_told(policy_with_new_route(policy, (int)options->position, &wish, mistakes), mistakes);
    if (number <= policy->route_count)
        return policy_set_told(is(options, "remove") ? policy_without_route(policy, number, mistakes)
                                                     : policy_with_route(policy, number, &wish, mistakes), mistakes);
    fprintf(stderr, "webquota route: route: there is no route %d\n", number);
    return NULL;
}

/* Does it say what is to be, where that must be said, and only there? False after complaining. */
static bool says_what(const RouteOptions *options)
{
    char *const *of = options->texts.of;
    bool any = false;
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++)
        any |= of[OPTIONS + option] != NULL;
    if (is(options, "add") && of[ROUTE])
        (void)cli_usage("route", "add takes no --route, but --position");
    else if (!is(options, "add") && !of[ROUTE])
        (void)cli_usage("route", "%s needs --route", options->verb);
    else if (!is(options, "add") && of[POSITION])
        (void)cli_usage("route", "--position is of add");
    else if (!any && !is(options, "remove"))
        (void)cli_usage("route", "%s needs what is to be, such as --path or --feature", options->verb);
    else if (any && is(options, "remove"))
        (void)cli_usage("route", "remove takes no option of a route");
    else
        return true;
    return false;
}

static int do_it(int argc, char **argv, RouteOptions *options)
{
    char *const *of = options->texts.of;
    options->verb = argc == 2 ? argv[1] : "";
    if (is(options, "list"))
        return list(options->set.json);
    if (!is(options, "set") && !is(options, "add") && !is(options, "remove"))
        return cli_usage("route", "it takes list, set, add or remove");
    if (!says_what(options) || !cli_whole("route", "--route", of[ROUTE], 1, NUMBER_MAX, &options->route) ||
        !cli_whole("route", "--position", of[POSITION], 1, NUMBER_MAX, &options->position))
        return CMD_USAGE;
    return policy_set("route", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[OPTIONS + (option)], about, value }

int cmd_route(int argc, char **argv)
{
    RouteOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "route", 0, 0, G_OPTION_ARG_STRING, &of[ROUTE], "The route, by its number as list shows it", "N" },
        { "position", 0, 0, G_OPTION_ARG_STRING, &of[POSITION], "The number of a new one; behind all others without it", "N" },
        OPTION(ROUTE_METHOD, "method", "Such as POST; any without it", "METHOD"),
        OPTION(ROUTE_PATH, "path", "A pattern for the whole path", "PATTERN"),
        OPTION(ROUTE_QUERY, "query", "Conditions that must hold, with commas between", "LIST"),
        OPTION(ROUTE_FEATURE, "feature", "The feature that it is about", "FEATURE"),
        OPTION(ROUTE_RESOURCE_QUERY, "resource-query", "The parameter that names the resource", "NAME"),
        OPTION(ROUTE_RESOURCE_SEGMENT, "resource-segment", "The {name} in the path that does", "NAME"),
        OPTION(ROUTE_UNITS, "units", "How many units a request is worth", "N"),
        OPTION(ROUTE_CHARGE, "charge", "When: admit, success, commit or check", "WHEN"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("route", "list | set | add | remove",
                             "Lists the routes of the policy, the first of which that matches a request counts; changes one, adds one, or\n"
                             "removes one, as a new version. An option that is given as \"\" is not written any more.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
