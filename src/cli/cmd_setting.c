/* `webquota setting list|set`: the settings at the top of the policy in force, and some of them changed, as a new version. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_set.h"
#include "cli/table.h"
#include "policy/policy_setting.h"

typedef struct {
    OptionTexts texts;
    PolicySetOptions set;
} SettingOptions;

/* As they are written; what is not has the word that holds without. */
static void print_settings(const Policy *policy)
{
    static const char *const titles[] = { "setting", "value", "", NULL };
    g_autoptr(Table) table = table_new(titles);
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++) {
        g_autofree char *written = top_written(policy, setting);
        const char *otherwise = top_setting_default(setting);
        table_cell(table, top_setting_name(setting));
        table_cell(table, written ? written : otherwise ? otherwise : "");
        table_cell(table, written ? "" : "not written");
    }
    table_print(table, "");
}

static json_t *settings_json(const Policy *policy)
{
    json_t *settings = json_object();
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++) {
        g_autofree char *written = top_written(policy, setting);
        json_object_set_new(settings, top_setting_name(setting), written ? json_string(written) : json_null());
    }
    return json_pack("{s:i, s:o}", "version", policy->version, "settings", settings);
}

static int list(bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    StoreResult result = store_policy(store, &policy, &error);
    int code = result == STORE_OK ? CMD_OK : cli_fail("setting", result, &error);
    if (policy && json)
        cli_print_json(settings_json(policy));
    else if (policy)
        print_settings(policy);
    store_close(store);
    return code;
}

static Policy *wished(Store *store, const Policy *policy, const void *kept)
{
    (void)store;
    const SettingOptions *options = kept;
    TopWish wish;
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        wish.of[setting] = options->texts.of[setting];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    return policy_set_told(policy_with_settings(policy, &wish, NULL, mistakes), mistakes);
}

static int do_it(int argc, char **argv, const SettingOptions *options)
{
    char *const *of = options->texts.of;
    const char *verb = argc == 2 ? argv[1] : "";
    bool any = false;
    for (TopSetting setting = 0; setting < TOP_SETTINGS; setting++)
        any |= of[setting] != NULL;
    if (strcmp(verb, "list") == 0 && !any)
        return list(options->set.json);
    if (strcmp(verb, "set") != 0)
        return cli_usage("setting", any ? "list takes no setting" : "it takes list or set");
    if (!any)
        return cli_usage("setting", "set needs what is to change, such as --timezone or --upgrade-url");
    return policy_set("setting", &options->set, wished, options);
}

#define OPTION(option, name, about, value) { name, 0, 0, G_OPTION_ARG_STRING, &of[option], about, value }

int cmd_setting(int argc, char **argv)
{
    SettingOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        OPTION(TOP_TITLE, "title", "Of the site, on its pages", "TEXT"),
        OPTION(TOP_TIMEZONE, "timezone", "The zone in which windows are counted", "ZONE"),
        OPTION(TOP_WEEK_STARTS, "week-starts", "The day on which weeks begin", "DAY"),
        OPTION(TOP_DAY_STARTS, "day-starts", "The time at which days begin", "HH:MM"),
        OPTION(TOP_DEFAULT_PLAN, "default-plan", "The plan of those who have no other", "PLAN"),
        OPTION(TOP_ANONYMOUS_PLAN, "anonymous-plan", "The plan of visitors", "PLAN"),
        OPTION(TOP_UPGRADE_URL, "upgrade-url", "Where one upgrades", "URL"),
        OPTION(TOP_SUPPORT_URL, "support-url", "Whom to ask for more", "URL"),
        OPTION(TOP_SIGN_IN_URL, "sign-in-url", "Where people sign in", "URL"),
        OPTION(TOP_CURRENCY, "currency", "Of what a unit costs", "TEXT"),
        OPTION(TOP_QUEUE_ANSWER, "queue-answer", "How browsers are told that they wait: redirect or page", "WHAT"),
        OPTION(TOP_TOTP, "totp", "Codes at sign-in for those with a role: optional or required", "WHAT"),
        OPTION(TOP_ADMINISTRATORS, "administrators", "With commas between, in quotes where they have one; none", "LIST"),
        OPTION(TOP_EMBEDDERS, "embedders", "Origins that may frame the widgets, with commas between; none", "LIST"),
        OPTION(TOP_GRACE_DAYS, "grace-days", "For so many days from the first visit there is more", "N"),
        OPTION(TOP_GRACE_MULTIPLIER, "grace-multiplier", "By which amounts are multiplied meanwhile", "X"),
        OPTION(TOP_GRACE_UNLIMITED, "grace-unlimited", "yes: no limit meanwhile", "YES"),
        OPTION(TOP_CEILING_MULTIPLIER, "support-ceiling-multiplier", "Support may give so many times what the plan gives", "X"),
        OPTION(TOP_CEILING_DAYS, "support-ceiling-days", "For so long at most", "N"),
        POLICY_SET_OPTIONS(options.set),
        { NULL },
    };
    int parsed = cli_options("setting", "list | set",
                             "Lists the settings at the top of the policy; changes some of them, as a new version of the policy.\n"
                             "A setting that is given as \"\" is not written any more.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? do_it(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    policy_set_options_clear(&options.set);
    return code;
}
