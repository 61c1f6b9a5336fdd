/* `webquota plan set|add|remove`: a plan of the policy in force changed, one more, or one less, as a new version of the policy. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "policy/policy_plan.h"

enum { PLAN, OPTIONS };

typedef struct {
    OptionTexts texts;
    PolicySetOptions set;
    const char *verb;
} PlanOptions;

static bool is(const PlanOptions *options, const char *verb)
{
    return strcmp(options->verb, verb) == 0;
}

/* NULL where something holds it, too. */
static Policy *without(Store *store, const Policy *policy, const Plan *plan, GPtrArray *mistakes)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) held = g_ptr_array_new_with_free_func(g_free);
    StoreResult result = policy_plan_held(store, plan->key, held, &error);
    if (result == STORE_OK)
        return policy_without_plan(policy, plan, held, mistakes);
    (void)cli_fail("plan", result, &error);
    return NULL;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    const PlanOptions *options = kept;
    char *const *of = options->texts.of;
    const Plan *plan = policy_plan(policy, of[PLAN]);
    PlanWish wish;
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        wish.of[option] = of[OPTIONS + option];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    if (is(options, "add"))
        return policy_set_told(policy_with_new_plan(policy, of[PLAN], &wish, mistakes), mistakes);
    if (plan)
        return policy_set_told(is(options, "remove") ? without(store, policy, plan, mistakes) : policy_with_plan(policy, plan, &wish, mistakes),
                               mistakes);
    fprintf(stderr, "webquota plan: plan: there is no plan %s\n", of[PLAN]);
    return NULL;
}

/* Does it say what is to be, where that must be said, and only there? False after complaining. */
static bool says_what(const PlanOptions *options)
{
    bool any = false;
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        any |= options->texts.of[OPTIONS + option] != NULL;
    if (!options->texts.of[PLAN])
        (void)cli_usage("plan", "%s needs --plan", options->verb);
    else if (!any && is(options, "set"))
        (void)cli_usage("plan", "set needs what is to change, such as --title or --price");
    else if (any && is(options, "remove"))
        (void)cli_usage("plan", "remove takes no option of a plan");
    else
        return true;
    return false;
}

static int do_it(int argc, char **argv, PlanOptions *options)
{
    options->verb = argc == 2 ? argv[1] : "";
    if (!is(options, "set") && !is(options, "add") && !is(options, "remove"))
        return cli_usage("plan", "it takes set, add or remove");
    if (!says_what(options))
        return CMD_USAGE;
    return policy_set("plan", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[OPTIONS + (option)], about, value }

int cmd_plan(int argc, char **argv)
{
    PlanOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "The plan", "PLAN" },
        OPTION(PLAN_TITLE, "title", "Its title, as people know it", "TEXT"),
        OPTION(PLAN_PRICE, "price", "A label, such as \"$9 a month\"", "TEXT"),
        OPTION(PLAN_RANK, "rank", "An upgrade leads to a higher one", "N"),
        OPTION(PLAN_UPGRADE, "upgrade", "The plan to upgrade to", "PLAN"),
        OPTION(PLAN_INHERITS, "inherits", "The plan whose limits it has too", "PLAN"),
        OPTION(PLAN_MULTIPLIER, "multiplier", "By which amounts are multiplied", "X"),
        OPTION(PLAN_UNLIMITED, "unlimited", "yes: no limit has an amount", "YES"),
        OPTION(PLAN_QUEUE_WEIGHT, "queue-weight", "So many are served while one of weight 1 is", "N"),
        OPTION(PLAN_GRACE_DAYS, "grace-days", "For so many days from the first visit there is more", "N"),
        OPTION(PLAN_GRACE_MULTIPLIER, "grace-multiplier", "By which amounts are multiplied meanwhile", "X"),
        OPTION(PLAN_GRACE_UNLIMITED, "grace-unlimited", "yes: no limit meanwhile", "YES"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("plan", "set | add | remove",
                             "Changes a plan, its limits and grants apart, adds one, or removes one that nobody has, as a new version of the\n"
                             "policy.\n"
                             "An option that is given as \"\" is not written any more.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
