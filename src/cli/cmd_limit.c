/* `webquota limit list|set`: the limits of the policy in force, and one of them changed, as a new version of the policy. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_made.h"
#include "cli/table.h"
#include "policy/policy_limit.h"
#include "view/view_admin_policy.h"

enum { PLAN, LIMIT, AMOUNT, WINDOW, ALIGN, SCOPE, MODE, AT, BASED_ON, REASON };

typedef struct {
    OptionTexts texts;
    gboolean unlimited, dry_run, json;
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

static int list(Store *store, const Policy *policy, bool json)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result;
    json_t *limits = limits_json(store, policy, &result, &error);
    if (result != STORE_OK)
        return cli_fail("limit", result, &error);
    if (json) {
        cli_print_json(limits);
        return CMD_OK;
    }
    print_limits(limits);
    json_decref(limits);
    return CMD_OK;
}

/* The policy as it would be; NULL after saying all that is wrong with it. */
static Policy *wished(const Policy *policy, const LimitOptions *options)
{
    char *const *of = options->texts.of;
    g_auto(LimitChosen) chosen = { 0 };
    if (!limit_choose(policy, of[PLAN], of[LIMIT], &chosen)) {
        fprintf(stderr, chosen.plan ? "webquota limit: limit: plan %s has no limit %s\n" : "webquota limit: plan: there is no plan %s\n",
                of[PLAN], of[LIMIT]);
        return NULL;
    }
    const LimitWish wish = { .amount = options->unlimited ? "unlimited" : of[AMOUNT], .window = of[WINDOW], .align = of[ALIGN],
                             .scope = of[SCOPE], .mode = of[MODE] };
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *next = policy_with_limit(policy, &chosen, &wish, mistakes);
    g_autofree char *all = mistakes_text(mistakes);
    if (!next)
        fputs(all, stderr);
    return next;
}

static int set(Store *store, const Policy *policy, const LimitOptions *options, const PolicyChange *change)
{
    g_auto(StoreError) error = { 0 };
    json_auto_t *diff = NULL;
    g_autoptr(Policy) next = wished(policy, options);
    if (!next)
        return CMD_NO;
    int version = policy->version;
    bool changed = false;
    StoreResult result = policy_made_diff(store, policy, next, &diff, &error);
    if (result == STORE_OK && !options->dry_run && json_array_size(json_object_get(diff, "changes")))
        result = policy_change(store, next, change, &version, &changed, &error);
    if (result != STORE_OK)
        return cli_fail("limit", result, &error);
    if (options->dry_run && !options->json)
        policy_made_print(diff);
    else
        policy_made_say(version, changed, change, diff, options->json);
    return CMD_OK;
}

static bool set_read(const LimitOptions *options, PolicyChange *change)
{
    char *const *of = options->texts.of;
    int64_t based_on = 0;
    if (!of[PLAN] || !of[LIMIT] || (of[AMOUNT] && options->unlimited)) {
        (void)cli_usage("limit", of[PLAN] && of[LIMIT] ? "--amount cannot stand beside --unlimited" : "set needs --plan and --limit");
        return false;
    }
    if (!options->unlimited && !of[AMOUNT] && !of[WINDOW] && !of[ALIGN] && !of[SCOPE] && !of[MODE]) {
        (void)cli_usage("limit", "set needs what is to change: --amount, --unlimited, --window, --align, --scope or --mode");
        return false;
    }
    if (!cli_whole("limit", "--based-on", of[BASED_ON], 1, INT32_MAX, &based_on) || !cli_instant("limit", "--at", of[AT], &change->effective_at) ||
        !cli_reason("limit", of[REASON]))
        return false;
    change->expected = (int)based_on;
    change->reason = of[REASON];
    return true;
}

/* Whoever named no version changes the one that is read here, and no other. */
static int run(Store *store, const LimitOptions *options, PolicyChange *change, bool is_set)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result != STORE_OK)
        return cli_fail("limit", result, &error);
    if (options->texts.of[AT] && change->effective_at <= store_now(store))
        return cli_usage("limit", "--at must lie in the future, not at %s", options->texts.of[AT]);
    if (!change->expected)
        change->expected = policy->version;
    return is_set ? set(store, policy, options, change) : list(store, policy, options->json);
}

static int do_it(int argc, char **argv, const LimitOptions *options)
{
    const char *what = argc == 2 ? argv[1] : "";
    bool is_set = strcmp(what, "set") == 0;
    g_autofree char *actor = cli_actor();
    PolicyChange change = { .author = actor, .effective_at = INSTANT_MIN };
    if (!is_set && strcmp(what, "list") != 0)
        return cli_usage("limit", "it takes list or set");
    if (is_set && !set_read(options, &change))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = run(store, options, &change, is_set);
    store_close(store);
    return code;
}

int cmd_limit(int argc, char **argv)
{
    LimitOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "The plan (set)", "PLAN" },
        { "limit", 0, 0, G_OPTION_ARG_STRING, &of[LIMIT], "Its limit (set)", "LIMIT" },
        { "amount", 0, 0, G_OPTION_ARG_STRING, &of[AMOUNT], "Another amount (set)", "N" },
        { "unlimited", 0, 0, G_OPTION_ARG_NONE, &options.unlimited, "No amount (set)", NULL },
        { "window", 0, 0, G_OPTION_ARG_STRING, &of[WINDOW], "Another window, such as \"28 day\" (set)", "WINDOW" },
        { "align", 0, 0, G_OPTION_ARG_STRING, &of[ALIGN], "How windows begin: calendar, anchor or rolling (set)", "ALIGN" },
        { "scope", 0, 0, G_OPTION_ARG_STRING, &of[SCOPE], "Who shares it: subject, organization, plan or site (set)", "SCOPE" },
        { "mode", 0, 0, G_OPTION_ARG_STRING, &of[MODE], "enforce; shadow: only watch; off (set)", "MODE" },
        { "at", 0, 0, G_OPTION_ARG_STRING, &of[AT], "When it comes into force, and not at once (set)", "TIME" },
        { "based-on", 0, 0, G_OPTION_ARG_STRING, &of[BASED_ON], "Not if another version is in force (set)", "VERSION" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &of[REASON], "Why, for the audit (set; must be said)", "TEXT" },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only show what would change, and for how many people (set)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("limit", "list | set", "Lists the limits of all plans; changes one, or switches it off, as a new version of the policy.",
                             entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    return code;
}
