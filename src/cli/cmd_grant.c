/* `webquota grant add|list|remove|restore`: bonus units. */
#include "cli/inputs.h"
#include "cli/list_whole.h"
#include "cli/open.h"
#include "cli/table.h"

#define PRIORITY_DEFAULT 100
#define PRIORITY_MAX 1000000

enum { SUBJECT, ORGANIZATION, FEATURE, AMOUNT, PRIORITY, EFFECTIVE, EXPIRES, EVERY, REASON };

typedef struct {
    OptionTexts texts;
    gboolean json;
} GrantOptions;

static bool every_read(const char *text, GrantAdd *add)
{
    WindowSpec every = { 0 };
    const char *why = NULL;
    if (!text || (window_parse(text, &every, &why) && every.unit != WINDOW_LIFETIME)) {
        add->every = text;
        return true;
    }
    (void)cli_usage("grant", "--every \"%s\": %s", text, why ? why : "it must be a period such as \"28 day\"");
    return false;
}

static int in_order(const GrantAdd *add)
{
    return add->expires_at > add->effective_at ? CMD_OK : cli_usage("grant", "--expires must be after --effective");
}

static bool add_read(const GrantOptions *options, GrantAdd *add)
{
    char *const *of = options->texts.of;
    int64_t priority = PRIORITY_DEFAULT;
    if (!of[FEATURE] || !of[AMOUNT]) {
        (void)cli_usage("grant", "add needs --feature and --amount");
        return false;
    }
    *add = (GrantAdd){ .subject = of[SUBJECT], .organization = of[ORGANIZATION], .feature = of[FEATURE],
                       .effective_at = INSTANT_MIN, .expires_at = INSTANT_MAX, .reason = of[REASON] ? of[REASON] : "" };
    if (!cli_owner("grant", of[SUBJECT], of[ORGANIZATION], false) || !cli_text("grant", "--feature", of[FEATURE], 1, 255) ||
        !cli_whole("grant", "--amount", of[AMOUNT], 1, UNITS_MAX, &add->amount) ||
        !cli_whole("grant", "--priority", of[PRIORITY], 0, PRIORITY_MAX, &priority) ||
        !cli_instant("grant", "--effective", of[EFFECTIVE], DAY_BEGINS, &add->effective_at) ||
        !cli_instant("grant", "--expires", of[EXPIRES], DAY_ENDS, &add->expires_at) ||
        !cli_text("grant", "--reason", of[REASON], 0, 500) || !every_read(of[EVERY], add))
        return false;
    add->priority = (int)priority;
    return in_order(add) == CMD_OK;
}

/* Dates, where the policy's days are. */
static int days_read(Store *store, const GrantOptions *options, GrantAdd *add)
{
    int code = cli_day(store, "grant", options->texts.of[EFFECTIVE], DAY_BEGINS, &add->effective_at);
    if (code == CMD_OK)
        code = cli_day(store, "grant", options->texts.of[EXPIRES], DAY_ENDS, &add->expires_at);
    return code == CMD_OK ? in_order(add) : code;
}

static int add(Store *store, const GrantAdd *what, bool json, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *made = NULL;
    bool met = cli_met(store, what->subject);
    StoreResult result = admin_grant_add(store, what, actor, &made, &error);
    if (result != STORE_OK)
        return cli_fail("grant", result, &error);
    if (!met)
        cli_note_unmet("grant", what->subject);
    if (json) {
        cli_print_json(made);
        return CMD_OK;
    }
    printf("grant %s is made\n", json_string_value(json_object_get(made, "grant")));
    json_decref(made);
    return CMD_OK;
}

static int list(Store *store, const GrantOptions *options)
{
    static const char *const titles[] = { "id", "subject", "organization", "feature", "amount", "left", "priority", "from", "until",
                                          "every", "by", "reason", NULL };
    static const char *const members[] = { "grant", "subject", "organization", "feature", "amount", "remaining", "priority",
                                           "effective_at", "expires_at", "every", "author", "reason" };
    g_auto(StoreError) error = { 0 };
    json_t *grants = NULL, *one;
    size_t i;
    StoreResult result = list_whole(admin_grant_list, store, options->texts.of[SUBJECT], options->texts.of[ORGANIZATION], &grants, &error);
    if (result != STORE_OK)
        return cli_fail("grant", result, &error);
    if (options->json) {
        cli_print_json(json_pack("{s:o}", "grants", grants));
        return CMD_OK;
    }
    g_autoptr(Table) table = table_new(titles);
    json_array_foreach(grants, i, one)
        for (size_t c = 0; c < G_N_ELEMENTS(members); c++)
            table_cell_of(table, one, members[c]);
    table_print(table, "there is no grant");
    json_decref(grants);
    return CMD_OK;
}

static int drop(Store *store, const char *id, const GrantOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = admin_grant_remove(store, id, options->texts.of[REASON], actor, &error);
    if (result != STORE_OK)
        return cli_fail("grant", result, &error);
    if (options->json)
        cli_print_json(json_pack("{s:s, s:b}", "grant", id, "removed", 1));
    else
        printf("grant %s is removed\n", id);
    return CMD_OK;
}

static int restore(Store *store, const char *id, const GrantOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *restored = NULL;
    StoreResult result = admin_grant_restore(store, id, options->texts.of[REASON], actor, &restored, &error);
    if (result != STORE_OK)
        return cli_fail("grant", result, &error);
    if (options->json) {
        cli_print_json(restored);
        return CMD_OK;
    }
    printf("grant %s is there again\n", id);
    json_decref(restored);
    return CMD_OK;
}

static bool options_fit(const char *what, const GrantOptions *options)
{
    enum { ADDS = 1, LISTS = 2, CHANGES = 4 };
    char *const *of = options->texts.of;
    const OptionFit known[] = {
        { "--subject", of[SUBJECT] != NULL, ADDS | LISTS },
        { "--organization", of[ORGANIZATION] != NULL, ADDS | LISTS },
        { "--feature", of[FEATURE] != NULL, ADDS },
        { "--amount", of[AMOUNT] != NULL, ADDS },
        { "--priority", of[PRIORITY] != NULL, ADDS },
        { "--effective", of[EFFECTIVE] != NULL, ADDS },
        { "--expires", of[EXPIRES] != NULL, ADDS },
        { "--every", of[EVERY] != NULL, ADDS },
        { "--reason", of[REASON] != NULL, ADDS | CHANGES },
    };
    unsigned bit = strcmp(what, "add") == 0 ? ADDS : strcmp(what, "list") == 0 ? LISTS : CHANGES;
    return cli_fit("grant", what, bit, known, G_N_ELEMENTS(known));
}

static bool options_are_good(const char *what, const GrantOptions *options, GrantAdd *to_add)
{
    char *const *of = options->texts.of;
    if (!options_fit(what, options))
        return false;
    if (strcmp(what, "add") == 0)
        return add_read(options, to_add);
    if (strcmp(what, "list") == 0)
        return cli_owner("grant", of[SUBJECT], of[ORGANIZATION], true);
    return strcmp(what, "restore") == 0 ? cli_reason("grant", of[REASON]) : cli_text("grant", "--reason", of[REASON], 1, REASON_MOST);
}

static int run(int argc, char **argv, const GrantOptions *options)
{
    const char *what = argc > 1 ? argv[1] : "";
    bool is_add = strcmp(what, "add") == 0, is_list = strcmp(what, "list") == 0, is_remove = strcmp(what, "remove") == 0;
    GrantAdd to_add;
    if ((!is_add && !is_list && !is_remove && strcmp(what, "restore") != 0) || argc != (is_add || is_list ? 2 : 3))
        return cli_usage("grant", "it takes add, list, remove ID, or restore ID");
    if (!options_are_good(what, options, &to_add))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int days = is_add ? days_read(store, options, &to_add) : CMD_OK;
    int code = days != CMD_OK ? days
             : is_add ? add(store, &to_add, options->json, actor)
             : is_list ? list(store, options)
             : is_remove ? drop(store, argv[2], options, actor)
                         : restore(store, argv[2], options, actor);
    store_close(store);
    return code;
}

int cmd_grant(int argc, char **argv)
{
    GrantOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "subject", 0, 0, G_OPTION_ARG_STRING, &of[SUBJECT], "For this person (add), of this person (list)", "NAME" },
        { "organization", 0, 0, G_OPTION_ARG_STRING, &of[ORGANIZATION], "For this organization, whose members share it", "NAME" },
        { "feature", 0, 0, G_OPTION_ARG_STRING, &of[FEATURE], "What it is good for (add)", "FEATURE" },
        { "amount", 0, 0, G_OPTION_ARG_STRING, &of[AMOUNT], "How many units (add)", "N" },
        { "priority", 0, 0, G_OPTION_ARG_STRING, &of[PRIORITY], "Lower ones are spent first; else 100 (add)", "N" },
        { "effective", 0, 0, G_OPTION_ARG_STRING, &of[EFFECTIVE], "When it begins; else now (add)", "TIME" },
        { "expires", 0, 0, G_OPTION_ARG_STRING, &of[EXPIRES], "When it ends; else never (add)", "TIME" },
        { "every", 0, 0, G_OPTION_ARG_STRING, &of[EVERY], "There anew after each such period, as \"28 day\" (add)", "PERIOD" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &of[REASON], "Why, for the audit (add, remove); needed to restore", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("grant", "add | list | remove ID | restore ID",
                             "Gives a person, or an organization, bonus units that are spent when a limit is full. restore brings\n"
                             "those back that were removed: what was spent of them stays spent.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    return code;
}
