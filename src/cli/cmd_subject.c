/* `webquota subject show|set|import`: who is on which plan. */
#include "cli/subject_import.h"

#include "cli/inputs.h"
#include "cli/table.h"

enum { PLAN, UNTIL, THEN, ORGANIZATION, TIMEZONE, ANCHOR, EMAIL };

typedef struct {
    OptionTexts texts;
    gboolean suspend, resume, dry_run, json;
} SubjectOptions;

static void print_subject(json_t *subject)
{
    const json_t *plan = json_object_get(subject, "plan");
    g_autofree char *title = json_shown(json_object_get(plan, "title")), *key = json_shown(json_object_get(plan, "key"));
    g_autofree char *shown = title ? g_strdup_printf("%s (%s)", title, key) : g_strdup("none");
    static const char *const names[][2] = { { "plan until", "plan_until" }, { "then", "plan_after" },
        { "organization", "organization" }, { "time zone", "timezone" }, { "anchor", "anchor" }, { "e-mail", "email" },
        { "suspended", "suspended" }, { "first met", "created_at" } };
    print_fact("subject", json_string_value(json_object_get(subject, "subject")));
    print_fact("plan", shown);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = json_shown(json_object_get(subject, names[i][1]));
        print_fact(names[i][0], value);
    }
}

static int show(Store *store, const char *name, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *subject = NULL;
    StoreResult result = admin_subject_get(store, name, &subject, &error);
    if (result != STORE_OK)
        return cli_fail("subject", result, &error);
    if (json) {
        cli_print_json(subject);
        return CMD_OK;
    }
    print_subject(subject);
    json_decref(subject);
    return CMD_OK;
}

/* Options to a change; CMD_USAGE after complaining. */
static int change_read(const SubjectOptions *options, SubjectChange *change)
{
    static const struct { const char *name; int index; size_t most; } texts[] = {
        { "--plan", PLAN, 64 }, { "--then", THEN, 64 }, { "--organization", ORGANIZATION, 255 },
        { "--timezone", TIMEZONE, 64 }, { "--email", EMAIL, 255 } };
    char *const *of = options->texts.of;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!cli_text("subject", texts[i].name, of[texts[i].index], 0, texts[i].most))
            return CMD_USAGE;
    if (options->suspend && options->resume)
        return cli_usage("subject", "--suspend and --resume do not go together");
    if (of[ANCHOR] && !*of[ANCHOR])
        return cli_usage("subject", "an anchor cannot be taken away");
    change->plan = of[PLAN];
    change->plan_after = of[THEN];
    change->organization = of[ORGANIZATION];
    change->timezone = of[TIMEZONE];
    change->email = of[EMAIL];
    change->has_plan_until = of[UNTIL] != NULL;
    change->plan_until = INSTANT_MAX;
    change->has_anchor = of[ANCHOR] != NULL;
    change->has_suspended = options->suspend || options->resume;
    change->suspended = options->suspend;
    bool until_given = of[UNTIL] && *of[UNTIL];
    if ((until_given && !cli_instant("subject", "--until", of[UNTIL], &change->plan_until)) ||
        !cli_instant("subject", "--anchor", of[ANCHOR], &change->anchor))
        return CMD_USAGE;
    return CMD_OK;
}

static int set(Store *store, const SubjectChange *change, bool json, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *subject = NULL;
    bool created = false;
    StoreResult result = admin_subject_set(store, change, actor, &created, &subject, &error);
    if (result != STORE_OK)
        return cli_fail("subject", result, &error);
    if (json) {
        cli_print_json(subject);
        return CMD_OK;
    }
    printf("%s is %s\n", change->subject, created ? "created" : "changed");
    print_subject(subject);
    json_decref(subject);
    return CMD_OK;
}

static bool anything_to_set(const SubjectOptions *options)
{
    bool any = options->suspend || options->resume;
    for (int i = 0; i < OPTION_TEXTS_MAX; i++)
        any |= options->texts.of[i] != NULL;
    return any;
}

static int run(const char *what, const char *name, const SubjectOptions *options)
{
    SubjectChange change = { .subject = name };
    bool is_set = strcmp(what, "set") == 0, is_import = strcmp(what, "import") == 0;
    if (!is_set && anything_to_set(options))
        return cli_usage("subject", "%s changes nothing; --plan and its like are for set", what);
    if (!is_import && options->dry_run)
        return cli_usage("subject", "--dry-run is for import");
    if (!is_import && !cli_text("subject", "the subject", name, 1, 255))
        return CMD_USAGE;
    int read = is_set ? change_read(options, &change) : CMD_OK;
    if (read != CMD_OK)
        return read;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int code = is_set ? set(store, &change, options->json, actor)
             : is_import ? subject_import(store, name, options->dry_run, options->json, actor)
                         : show(store, name, options->json);
    store_close(store);
    return code;
}

int cmd_subject(int argc, char **argv)
{
    SubjectOptions options = { 0 };
    char **of = options.texts.of;
    const GOptionEntry entries[] = {
        { "plan", 0, 0, G_OPTION_ARG_STRING, &of[PLAN], "The plan (set); \"\": the policy's default", "PLAN" },
        { "until", 0, 0, G_OPTION_ARG_STRING, &of[UNTIL], "When that plan ends (set); \"\": never", "TIME" },
        { "then", 0, 0, G_OPTION_ARG_STRING, &of[THEN], "The plan after that (set); \"\": the default", "PLAN" },
        { "organization", 0, 0, G_OPTION_ARG_STRING, &of[ORGANIZATION], "Whose member it is (set); \"\": nobody's", "NAME" },
        { "timezone", 0, 0, G_OPTION_ARG_STRING, &of[TIMEZONE], "Where its days begin (set); \"\": the policy's", "ZONE" },
        { "anchor", 0, 0, G_OPTION_ARG_STRING, &of[ANCHOR], "Where its own periods are counted from (set)", "TIME" },
        { "email", 0, 0, G_OPTION_ARG_STRING, &of[EMAIL], "Where alerts go (set); \"\": nowhere", "ADDRESS" },
        { "suspend", 0, 0, G_OPTION_ARG_NONE, &options.suspend, "Refuse everything (set)", NULL },
        { "resume", 0, 0, G_OPTION_ARG_NONE, &options.resume, "No longer refuse everything (set)", NULL },
        { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, "Say what would be done, and do nothing (import)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("subject", "show NAME | set NAME | import FILE.csv",
        "Shows and sets what is known of a person: the application's own user id is the NAME.\n\n"
        "import reads a CSV file whose first line names its columns: subject, and any of plan, plan_until,\n"
        "plan_after, organization, timezone, anchor, email, suspended (true or false). An empty field leaves the\n"
        "value as it is; \"\" takes it away. Nothing is imported when anything in the file is wrong.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool known = strcmp(what, "show") == 0 || strcmp(what, "set") == 0 || strcmp(what, "import") == 0;
    int code = known && argc == 3 ? run(what, argv[2], &options)
                                  : cli_usage("subject", "it takes show NAME, set NAME, or import FILE.csv");
    option_texts_clear(&options.texts);
    return code;
}
