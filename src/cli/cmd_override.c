/* `webquota override add|list|remove|restore`: another amount for one person or organization. */
#include "cli/inputs.h"
#include "cli/list_whole.h"
#include "cli/open.h"
#include "cli/table.h"

#define MULTIPLIER_MAX 1000000

enum { SUBJECT, ORGANIZATION, FEATURE, LIMIT, AMOUNT, MULTIPLIER, EXPIRES, REASON };

typedef struct {
    OptionTexts texts;
    gboolean unlimited, json;
} OverrideOptions;

static bool kind_read(const OverrideOptions *options, OverrideAdd *add)
{
    char *const *of = options->texts.of;
    if ((of[AMOUNT] != NULL) + (of[MULTIPLIER] != NULL) + (options->unlimited != FALSE) != 1) {
        (void)cli_usage("override", "add needs exactly one of --amount, --unlimited and --multiplier");
        return false;
    }
    add->kind = options->unlimited ? OVERRIDE_UNLIMITED : of[AMOUNT] ? OVERRIDE_AMOUNT : OVERRIDE_MULTIPLIER;
    add->amount = AMOUNT_UNLIMITED;
    add->multiplier = 1;
    return cli_whole("override", "--amount", of[AMOUNT], 0, UNITS_MAX, &add->amount) &&
           cli_real("override", "--multiplier", of[MULTIPLIER], MULTIPLIER_MAX, &add->multiplier);
}

static bool add_read(const OverrideOptions *options, OverrideAdd *add)
{
    char *const *of = options->texts.of;
    if (!of[FEATURE]) {
        (void)cli_usage("override", "add needs --feature");
        return false;
    }
    *add = (OverrideAdd){ .subject = of[SUBJECT], .organization = of[ORGANIZATION], .feature = of[FEATURE], .limit = of[LIMIT],
                          .expires_at = INSTANT_MAX, .reason = of[REASON] ? of[REASON] : "" };
    return cli_owner("override", of[SUBJECT], of[ORGANIZATION], false) &&
           cli_text("override", "--feature", of[FEATURE], 1, 255) && cli_text("override", "--limit", of[LIMIT], 1, 64) &&
           cli_text("override", "--reason", of[REASON], 0, 500) && kind_read(options, add) &&
           cli_instant("override", "--expires", of[EXPIRES], DAY_ENDS, &add->expires_at);
}

static int add(Store *store, const OverrideAdd *what, bool json, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *made = NULL;
    bool met = cli_met(store, what->subject);
    StoreResult result = admin_override_add(store, what, actor, &made, &error);
    if (result != STORE_OK)
        return cli_fail("override", result, &error);
    if (!met)
        cli_note_unmet("override", what->subject);
    if (json) {
        cli_print_json(made);
        return CMD_OK;
    }
    printf("override %s is in force\n", json_string_value(json_object_get(made, "override")));
    json_decref(made);
    return CMD_OK;
}

/* "20", "unlimited" or "× 1.5". */
static char *amount_text(const json_t *override)
{
    if (json_is_true(json_object_get(override, "unlimited")))
        return g_strdup("unlimited");
    g_autofree char *multiplier = json_shown(json_object_get(override, "multiplier"));
    return multiplier ? g_strdup_printf("× %s", multiplier) : json_shown(json_object_get(override, "amount"));
}

static int list(Store *store, const OverrideOptions *options)
{
    static const char *const titles[] = { "id", "subject", "organization", "feature", "limit", "amount", "expires", "by", "reason", NULL };
    g_auto(StoreError) error = { 0 };
    json_t *overrides = NULL, *one;
    size_t i;
    StoreResult result = list_whole(admin_override_list, store, options->texts.of[SUBJECT], options->texts.of[ORGANIZATION], &overrides, &error);
    if (result != STORE_OK)
        return cli_fail("override", result, &error);
    if (options->json) {
        cli_print_json(json_pack("{s:o}", "overrides", overrides));
        return CMD_OK;
    }
    g_autoptr(Table) table = table_new(titles);
    json_array_foreach(overrides, i, one) {
        g_autofree char *amount = amount_text(one);
        static const char *const before[] = { "override", "subject", "organization", "feature", "limit" };
        static const char *const after[] = { "expires_at", "author", "reason" };
        for (size_t c = 0; c < G_N_ELEMENTS(before); c++)
            table_cell_of(table, one, before[c]);
        table_cell(table, amount);
        for (size_t c = 0; c < G_N_ELEMENTS(after); c++)
            table_cell_of(table, one, after[c]);
    }
    table_print(table, "there is no override");
    json_decref(overrides);
    return CMD_OK;
}

static int drop(Store *store, const char *id, const OverrideOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = admin_override_remove(store, id, options->texts.of[REASON], actor, &error);
    if (result != STORE_OK)
        return cli_fail("override", result, &error);
    if (options->json)
        cli_print_json(json_pack("{s:s, s:b}", "override", id, "removed", 1));
    else
        printf("override %s is removed\n", id);
    return CMD_OK;
}

static int restore(Store *store, const char *id, const OverrideOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *restored = NULL;
    StoreResult result = admin_override_restore(store, id, options->texts.of[REASON], actor, &restored, &error);
    if (result != STORE_OK)
        return cli_fail("override", result, &error);
    if (options->json) {
        cli_print_json(restored);
        return CMD_OK;
    }
    printf("override %s is in force again\n", id);
    json_decref(restored);
    return CMD_OK;
}

static bool options_fit(const char *what, const OverrideOptions *options)
{
    enum { ADDS = 1, LISTS = 2, CHANGES = 4 };
    char *const *of = options->texts.of;
    const OptionFit known[] = {
        { "--subject", of[SUBJECT] != NULL, ADDS | LISTS },
        { "--organization", of[ORGANIZATION] != NULL, ADDS | LISTS },
        { "--feature", of[FEATURE] != NULL, ADDS },
        { "--limit", of[LIMIT] != NULL, ADDS },
        { "--amount", of[AMOUNT] != NULL, ADDS },
        { "--multiplier", of[MULTIPLIER] != NULL, ADDS },
        { "--unlimited", options->unlimited, ADDS },
        { "--expires", of[EXPIRES] != NULL, ADDS },
        { "--reason", of[REASON] != NULL, ADDS | CHANGES },
    };
    unsigned bit = strcmp(what, "add") == 0 ? ADDS : strcmp(what, "list") == 0 ? LISTS : CHANGES;
    return cli_fit("override", what, bit, known, G_N_ELEMENTS(known));
}

static bool options_are_good(const char *what, const OverrideOptions *options, OverrideAdd *to_add)
{
    char *const *of = options->texts.of;
    if (!options_fit(what, options))
        return false;
    if (strcmp(what, "add") == 0)
        return add_read(options, to_add);
    if (strcmp(what, "list") == 0)
        return cli_owner("override", of[SUBJECT], of[ORGANIZATION], true);
    return strcmp(what, "restore") == 0 ? cli_reason("override", of[REASON]) : cli_text("override", "--reason", of[REASON], 1, REASON_MOST);
}

static int run(int argc, char **argv, const OverrideOptions *options)
{
    const char *what = argc > 1 ? argv[1] : "";
    bool is_add = strcmp(what, "add") == 0, is_list = strcmp(what, "list") == 0, is_remove = strcmp(what, "remove") == 0;
    OverrideAdd to_add;
    if ((!is_add && !is_list && !is_remove && strcmp(what, "restore") != 0) || argc != (is_add || is_list ? 2 : 3))
        return cli_usage("override", "it takes add, list, remove ID, or restore ID");
    if (!options_are_good(what, options, &to_add))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int day = cli_day(store, "override", options->texts.of[EXPIRES], DAY_ENDS, &to_add.expires_at);
    int code = day != CMD_OK ? day
             : is_add ? add(store, &to_add, options->json, actor)
             : is_list ? list(store, options)
             : is_remove ? drop(store, argv[2], options, actor)
                         : restore(store, argv[2], options, actor);
    store_close(store);
    return code;
}

int cmd_override(int argc, char **argv)
{
    OverrideOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "subject", 0, 0, G_OPTION_ARG_STRING, &of[SUBJECT], "For this person (add), of this person (list)", "NAME" },
        { "organization", 0, 0, G_OPTION_ARG_STRING, &of[ORGANIZATION], "For the pool of this organization", "NAME" },
        { "feature", 0, 0, G_OPTION_ARG_STRING, &of[FEATURE], "The feature that is limited (add)", "FEATURE" },
        { "limit", 0, 0, G_OPTION_ARG_STRING, &of[LIMIT], "Only this limit on it; else all (add)", "LIMIT" },
        { "amount", 0, 0, G_OPTION_ARG_STRING, &of[AMOUNT], "The amount instead of the plan's (add)", "N" },
        { "unlimited", 0, 0, G_OPTION_ARG_NONE, &options.unlimited, "No limit instead of the plan's (add)", NULL },
        { "multiplier", 0, 0, G_OPTION_ARG_STRING, &of[MULTIPLIER], "So many times the plan's amount (add)", "X" },
        { "expires", 0, 0, G_OPTION_ARG_STRING, &of[EXPIRES], "When it ends (add)", "TIME" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &of[REASON], "Why, for the audit (add, remove); needed to restore", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("override", "add | list | remove ID | restore ID",
                             "Gives one person, or an organization's pool, another amount than the plan does. restore puts one that was\n"
                             "removed in force again, as it was.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    return code;
}
