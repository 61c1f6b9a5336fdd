/* `webquota feature list|set|add|remove`: the features of the policy in force, and one of them changed, as a new version. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "cli/table.h"
#include "policy/policy_feature.h"
#include "view/view.h"

enum { FEATURE, OPTIONS };

typedef struct {
    OptionTexts texts;
    PolicySetOptions set;
    const char *verb;
} FeatureOptions;

static bool is(const FeatureOptions *options, const char *verb)
{
    return strcmp(options->verb, verb) == 0;
}

/* As they are written, but for titles and units, which all have. */
static void print_features(const Policy *policy)
{
    static const char *const titles[] = { "feature", "title", "unit", "part of", "unit cost", NULL };
    g_autoptr(Table) table = table_new(titles);
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        g_autofree char *cost = feature_written(policy, feature->key, FEATURE_UNIT_COST);
        table_cell(table, feature->key);
        table_cell(table, feature->title);
        table_cell(table, feature->unit);
        table_cell(table, feature->parent >= 0 ? policy->features[feature->parent].key : "");
        table_cell(table, cost ? cost : "");
    }
    table_print(table, "");
}

static int list(bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    StoreResult result = store_policy(store, &policy, &error);
    int code = result == STORE_OK ? CMD_OK : cli_fail("feature", result, &error);
    if (policy && json)
        cli_print_json(view_features(policy));
    else if (policy)
        print_features(policy);
    store_close(store);
    return code;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    (void)store;
    const FeatureOptions *options = kept;
    char *const *of = options->texts.of;
    const Feature *feature = policy_feature(policy, of[FEATURE]);
    FeatureWish wish;
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++)
        wish.of[option] = of[OPTIONS + option];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    if (is(options, "add"))
        return policy_set_told(policy_with_new_feature(policy, of[FEATURE], &wish, mistakes), mistakes);
    if (feature)
        return policy_set_told(is(options, "remove") ? policy_without_feature(policy, feature, mistakes)
                                                     : policy_with_feature(policy, feature, &wish, mistakes), mistakes);
    fprintf(stderr, "webquota feature: feature: there is no feature %s\n", of[FEATURE]);
    return NULL;
}

/* Does it say what is to be, where that must be said, and only there? False after complaining. */
static bool says_what(const FeatureOptions *options)
{
    bool any = false;
    for (FeatureOption option = 0; option < FEATURE_OPTIONS; option++)
        any |= options->texts.of[OPTIONS + option] != NULL;
    if (!options->texts.of[FEATURE])
        (void)cli_usage("feature", "%s needs --feature", options->verb);
    else if (!any && is(options, "set"))
        (void)cli_usage("feature", "set needs what is to change, such as --title or --unit-cost");
    else if (any && is(options, "remove"))
        (void)cli_usage("feature", "remove takes no option of a feature");
    else
        return true;
    return false;
}

static int do_it(int argc, char **argv, FeatureOptions *options)
{
    options->verb = argc == 2 ? argv[1] : "";
    if (is(options, "list"))
        return list(options->set.json);
    if (!is(options, "set") && !is(options, "add") && !is(options, "remove"))
        return cli_usage("feature", "it takes list, set, add or remove");
    if (!says_what(options))
        return CMD_USAGE;
    return policy_set("feature", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[OPTIONS + (option)], about, value }

int cmd_feature(int argc, char **argv)
{
    FeatureOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "feature", 0, 0, G_OPTION_ARG_STRING, &of[FEATURE], "The feature", "FEATURE" },
        OPTION(FEATURE_TITLE, "title", "Its title, as people know it", "TEXT"),
        OPTION(FEATURE_UNIT, "unit", "One of it, within a sentence", "TEXT"),
        OPTION(FEATURE_UNITS, "units", "Several of it", "TEXT"),
        OPTION(FEATURE_ABOUT, "about", "A sentence or two for people", "TEXT"),
        OPTION(FEATURE_PARENT, "parent", "The feature that it is a part of", "FEATURE"),
        OPTION(FEATURE_RESOURCES, "resources", "Patterns by which it is found, with commas between", "LIST"),
        OPTION(FEATURE_UNIT_COST, "unit-cost", "What one unit costs the operator", "X"),
        OPTION(FEATURE_ONE_PLACE, "one-place", "In line, for each feature or resource", "WHAT"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("feature", "list | set | add | remove",
                             "Lists the features of the policy; changes one, adds one, or removes one that nothing else in it names, as a new\n"
                             "version. An option that is given as \"\" is not written any more.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
