/* `webquota plan-grant list|set|add|remove`: the grants of plans in the policy in force, and one of them changed, as a new version. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "cli/table.h"
#include "policy/policy_grant.h"
#include "view/view_admin_policy.h"

enum { PLAN, GRANT, OPTIONS };

typedef struct {
    OptionTexts texts;
    PolicySetOptions set;
    const char *verb;
} GrantOptions;

static bool is(const GrantOptions *options, const char *verb)
{
    return strcmp(options->verb, verb) == 0;
}

/* {"version", "plans": [{"plan", "grants"}]}: of what view_limits_json gives. */
static json_t *grants_json(const Policy *policy)
{
    json_auto_t *all = view_limits_json(policy, NULL);
    json_t *plans = json_array(), *plan;
    size_t p;
    json_array_foreach(json_object_get(all, "plans"), p, plan)
        json_array_append_new(plans, json_pack("{s:O, s:O}", "plan", json_object_get(plan, "plan"), "grants", json_object_get(plan, "grants")));
    return json_pack("{s:i, s:o}", "version", policy->version, "plans", plans);
}

static void print_grants(const json_t *grants)
{
    static const char *const titles[] = { "plan", "grant", "feature", "amount", "every", "priority", NULL };
    static const char *const members[] = { "grant", "feature", "amount", "every", "priority" };
    g_autoptr(Table) table = table_new(titles);
    size_t p, i;
    json_t *plan, *grant;
    json_array_foreach(json_object_get(grants, "plans"), p, plan)
        json_array_foreach(json_object_get(plan, "grants"), i, grant) {
            table_cell_of(table, plan, "plan");
            for (size_t m = 0; m < G_N_ELEMENTS(members); m++)
                table_cell_of(table, grant, members[m]);
        }
    table_print(table, "no plan has a grant");
}

static int list(bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    StoreResult result = store_policy(store, &policy, &error);
    int code = result == STORE_OK ? CMD_OK : cli_fail("plan-grant", result, &error);
    json_t *grants = policy ? grants_json(policy) : NULL;
    if (grants && !json)
        print_grants(grants);
    if (grants && json)
        cli_print_json(grants);
    else
        json_decref(grants);
    store_close(store);
    return code;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    (void)store;
    const GrantOptions *options = kept;
    char *const *of = options->texts.of;
    g_auto(GrantChosen) chosen = { 0 };
    bool found = grant_choose(policy, of[PLAN], of[GRANT], &chosen);
    if (!found && !(chosen.plan && is(options, "add"))) {
        fprintf(stderr, chosen.plan ? "webquota plan-grant: grant: plan %s has no grant %s\n" : "webquota plan-grant: plan: there is no plan %s\n",
                of[PLAN], of[GRANT]);
        return NULL;
    }
    GrantWish wish;
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++)
        wish.of[option] = of[OPTIONS + option];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    if (is(options, "add"))
        return policy_set_told(policy_with_new_grant(policy, chosen.plan, of[GRANT], &wish, mistakes), mistakes);
    if (is(options, "remove"))
        return policy_set_told(policy_without_grant(policy, &chosen, mistakes), mistakes);
    return policy_set_told(policy_with_grant(policy, &chosen, &wish, mistakes), mistakes);
}

/* Does it say what is to be, where that must be said, and only there? False after complaining. */
static bool says_what(const GrantOptions *options)
{
    char *const *of = options->texts.of;
    bool any = false;
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++)
        any |= of[OPTIONS + option] != NULL;
    if (!of[PLAN] || !of[GRANT])
        (void)cli_usage("plan-grant", "%s needs --plan and --grant", options->verb);
    else if (is(options, "add") && (!of[OPTIONS + GRANT_FEATURE] || !of[OPTIONS + GRANT_AMOUNT]))
        (void)cli_usage("plan-grant", "add needs --feature and --amount");
    else if (!any && !is(options, "remove"))
        (void)cli_usage("plan-grant", "%s needs what is to be, such as --amount or --every", options->verb);
    else if (any && is(options, "remove"))
        (void)cli_usage("plan-grant", "remove takes no option of a grant");
    else
        return true;
    return false;
}

static int do_it(int argc, char **argv, GrantOptions *options)
{
    options->verb = argc == 2 ? argv[1] : "";
    if (is(options, "list"))
        return list(options->set.json);
    if (!is(options, "set") && !is(options, "add") && !is(options, "remove"))
        return cli_usage("plan-grant", "it takes list, set, add or remove");
    if (!says_what(options))
        return CMD_USAGE;
    return policy_set("plan-grant", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[OPTIONS + (option)], about, value }

int cmd_plan_grant(int argc, char **argv)
{
    GrantOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "The plan", "PLAN" },
        { "grant", 0, 0, G_OPTION_ARG_STRING, &of[GRANT], "Its grant", "GRANT" },
        OPTION(GRANT_FEATURE, "feature", "The feature that it is on", "FEATURE"),
        OPTION(GRANT_AMOUNT, "amount", "How many units", "N"),
        OPTION(GRANT_EVERY, "every", "Anew in each such window, such as \"28 day\"; once without it", "WINDOW"),
        OPTION(GRANT_PRIORITY, "priority", "The lower is used first", "N"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("plan-grant", "list | set | add | remove",
                             "Lists the units that plans give besides their limits; changes, adds or removes such a grant, as a new version of the\n"
                             "policy. What single people get is webquota grant's. An option that is given as \"\" is not written any more.",
                             entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
