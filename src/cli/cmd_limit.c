/* `webquota limit list|set|add|remove`: the limits of the policy in force, and one of them changed, as a new version of the policy. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "cli/table.h"
#include "policy/policy_limit.h"
#include "view/view_admin_policy.h"

enum { PLAN, LIMIT, OPTIONS };

typedef struct {
    OptionTexts texts;
    gboolean unlimited;
    PolicySetOptions set;
    const char *verb;
} LimitOptions;

static json_t *limits_json(Store *store, const Policy *policy, StoreResult *result, StoreError *error)
{
    json_auto_t *people = NULL;
    *result = policy_people(store, policy, &people, error);
    return *result == STORE_OK ? view_limits_json(policy, people) : NULL;
}

static void print_limits(const json_t *limits)
{
    static const char *const titles[] = { "plan", "limit", "feature", "amount", "window", "align", "scope", "on exceed", "mode", NULL };
    static const char *const members[] = { "window", "align", "scope", "on_exceed", "mode" };
    g_autoptr(Table) table = table_new(titles);
    size_t p, i;
    json_t *plan, *limit;
    json_array_foreach(json_object_get(limits, "plans"), p, plan)
        json_array_foreach(json_object_get(plan, "limits"), i, limit) {
            table_cell_of(table, plan, "plan");
            table_cell_of(table, limit, "limit");
            table_cell_of(table, limit, "feature");
            g_autofree char *amount = json_shown(json_object_get(limit, "amount"));
            table_cell(table, amount ? amount : "unlimited");
            for (size_t m = 0; m < G_N_ELEMENTS(members); m++)
                table_cell_of(table, limit, members[m]);
        }
    table_print(table, "there is no limit");
}

static int list(bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    StoreResult result = store_policy(store, &policy, &error);
    json_t *limits = result == STORE_OK ? limits_json(store, policy, &result, &error) : NULL;
    int code = result == STORE_OK ? CMD_OK : cli_fail("limit", result, &error);
    if (limits && !json)
        print_limits(limits);
    if (limits && json)
        cli_print_json(limits);
    else
        json_decref(limits);
    store_close(store);
    return code;
}

static bool is(const LimitOptions *options, const char *verb)
{
    return strcmp(options->verb, verb) == 0;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    (void)store;
    const LimitOptions *options = kept;
    char *const *of = options->texts.of;
    g_auto(LimitChosen) chosen = { 0 };
    bool found = limit_choose(policy, of[PLAN], of[LIMIT], &chosen);
    if (!found && !(chosen.plan && is(options, "add"))) {
        fprintf(stderr, chosen.plan ? "webquota limit: limit: plan %s has no limit %s\n" : "webquota limit: plan: there is no plan %s\n",
                of[PLAN], of[LIMIT]);
        return NULL;
    }
    LimitWish wish;
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++)
        wish.of[option] = of[OPTIONS + option];
    if (options->unlimited)
        wish.of[LIMIT_AMOUNT] = "unlimited";
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    if (is(options, "add"))
        return policy_set_told(policy_with_new_limit(policy, chosen.plan, of[LIMIT], &wish, mistakes), mistakes);
    if (is(options, "remove"))
        return policy_set_told(policy_without_limit(policy, &chosen, mistakes), mistakes);
    return policy_set_told(policy_with_limit(policy, &chosen, &wish, mistakes), mistakes);
}

/* What a new limit must say and this does not; NULL: nothing. */
static const char *misses(const LimitOptions *options)
{
    char *const *of = options->texts.of + OPTIONS;
    return !of[LIMIT_FEATURE] ? "--feature" : !of[LIMIT_WINDOW] ? "--window" : NULL;
}

/* Does it say what is to be, where that must be said, and only there? False after complaining. */
static bool says_what(const LimitOptions *options)
{
    char *const *of = options->texts.of;
    bool any = options->unlimited;
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++)
        any |= of[OPTIONS + option] != NULL;
    if (!of[PLAN] || !of[LIMIT])
        (void)cli_usage("limit", "%s needs --plan and --limit", options->verb);
    else if (is(options, "add") && misses(options))
        (void)cli_usage("limit", "add needs %s", misses(options));
    else if (of[OPTIONS + LIMIT_AMOUNT] && options->unlimited)
        (void)cli_usage("limit", "--amount cannot stand beside --unlimited");
    else if (!any && !is(options, "remove"))
        (void)cli_usage("limit", "%s needs what is to be, such as --amount, --unlimited, --window, --scope or --mode", options->verb);
    else if (any && is(options, "remove"))
        (void)cli_usage("limit", "remove takes no option of a limit");
    else
        return true;
    return false;
}

static int do_it(int argc, char **argv, LimitOptions *options)
{
    options->verb = argc == 2 ? argv[1] : "";
    if (is(options, "list"))
        return list(options->set.json);
    if (!is(options, "set") && !is(options, "add") && !is(options, "remove"))
        return cli_usage("limit", "it takes list, set, add or remove");
    if (!says_what(options))
        return CMD_USAGE;
    return policy_set("limit", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[OPTIONS + (option)], about, value }

int cmd_limit(int argc, char **argv)
{
    LimitOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "The plan", "PLAN" },
        { "limit", 0, 0, G_OPTION_ARG_STRING, &of[LIMIT], "Its limit", "LIMIT" },
        OPTION(LIMIT_FEATURE, "feature", "The feature that it is on", "FEATURE"),
        OPTION(LIMIT_AMOUNT, "amount", "How much", "N"),
        { "unlimited", 0, 0, G_OPTION_ARG_NONE, &options.unlimited, "No amount", NULL },
        OPTION(LIMIT_WINDOW, "window", "The window, such as \"28 day\"", "WINDOW"),
        OPTION(LIMIT_ALIGN, "align", "How windows begin: calendar, anchor or rolling", "ALIGN"),
        OPTION(LIMIT_SCOPE, "scope", "Who shares it: subject, organization, plan or site", "SCOPE"),
        OPTION(LIMIT_MODE, "mode", "enforce; shadow: only watch; off", "MODE"),
        OPTION(LIMIT_ON_EXCEED, "on-exceed", "When it is used up: block, queue or allow", "WHAT"),
        OPTION(LIMIT_FAIL, "fail", "When it cannot be decided: closed or open", "WHAT"),
        OPTION(LIMIT_WARN_AT, "warn-at", "Percents, such as 80,95; none", "LIST"),
        OPTION(LIMIT_ROLLOVER, "rollover", "So many unused units at most go into the next window", "N"),
        OPTION(LIMIT_TIMEZONE, "timezone", "A time zone, or subject", "ZONE"),
        OPTION(LIMIT_WEEK_STARTS, "week-starts", "The day on which weeks begin", "DAY"),
        OPTION(LIMIT_DAY_STARTS, "day-starts", "The time at which days begin", "HH:MM"),
        OPTION(LIMIT_CLAIM_WITHIN, "claim-within", "Of a queue: units are held for so many seconds", "S"),
        OPTION(LIMIT_KEEP_PLACE, "keep-place", "Of a queue: a place is kept for so many seconds", "S"),
        OPTION(LIMIT_QUEUE_MAX, "queue-max", "Of a queue: so many may wait", "N"),
        OPTION(LIMIT_FAIR, "fair", "Of a queue: who takes turns: none or account", "WHO"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("limit", "list | set | add | remove",
                             "Lists the limits of all plans; changes one, switches it off, adds or removes one, as a new version of the policy.\n"
                             "An option that is given as \"\" is not written any more.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
