/* `webquota subject find|show|set|import|sessions|sign-out`: who is on which plan. */
#include "cli/sessions_list.h"
#include "cli/subject_find.h"
#include "cli/subject_import.h"

#include "cli/inputs.h"
#include "cli/people_options.h"
#include "cli/table.h"
#include "store/access.h"

enum { PLAN, UNTIL, THEN, ORGANIZATION, TIMEZONE, ANCHOR, EMAIL, FILTER, NEAR, ON_PLAN, KEY, AFTER, REASON, TEXTS };

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

/* Dates, where the policy's days are. */
static int days_read(Store *store, const SubjectOptions *options, SubjectChange *change)
{
    int code = cli_day(store, "subject", options->texts.of[UNTIL], DAY_ENDS, &change->plan_until);
    return code == CMD_OK ? cli_day(store, "subject", options->texts.of[ANCHOR], DAY_BEGINS, &change->anchor) : code;
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
    change->reason = of[REASON];
    change->has_plan_until = of[UNTIL] != NULL;
    change->plan_until = INSTANT_MAX;
    change->has_anchor = of[ANCHOR] != NULL;
    change->has_suspended = options->suspend || options->resume;
    change->suspended = options->suspend;
    bool until_given = of[UNTIL] && *of[UNTIL];
    if ((until_given && !cli_instant("subject", "--until", of[UNTIL], DAY_ENDS, &change->plan_until)) ||
        !cli_instant("subject", "--anchor", of[ANCHOR], DAY_BEGINS, &change->anchor))
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

static int sign_out(Store *store, const char *name, const SubjectOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    json_t *known = NULL;
    int ended = 0;
    StoreResult result = admin_subject_get(store, name, &known, &error); /* a misspelt name is not written down as done */
    json_decref(known);
    if (result == STORE_OK)
        result = access_sessions_end(store, name, options->texts.of[REASON], actor, &ended, &error);
    if (result != STORE_OK)
        return cli_fail("subject", result, &error);
    if (options->json)
        cli_print_json(json_pack("{s:s, s:i}", "subject", name, "ended", ended));
    else
        printf("%s is signed out: %d sessions ended\n", name, ended);
    return CMD_OK;
}

/* --- which of them --- */

typedef enum { FIND, SHOW, SET, IMPORT, SESSIONS, SIGN_OUT, VERBS } Verb;
static const char *const verbs[VERBS] = { [FIND] = "find", [SHOW] = "show", [SET] = "set", [IMPORT] = "import", [SESSIONS] = "sessions",
                                          [SIGN_OUT] = "sign-out" };

/* For each option the verbs that know it, a bit each. */
static const struct { const char *name; unsigned verbs; } known[TEXTS] = {
    [PLAN] = { "--plan", 1 << SET }, [UNTIL] = { "--until", 1 << SET }, [THEN] = { "--then", 1 << SET },
    [ORGANIZATION] = { "--organization", 1 << SET | 1 << FIND }, [TIMEZONE] = { "--timezone", 1 << SET },
    [ANCHOR] = { "--anchor", 1 << SET }, [EMAIL] = { "--email", 1 << SET }, [FILTER] = { "--filter", 1 << FIND },
    [NEAR] = { "--near", 1 << FIND }, [ON_PLAN] = { "--on-plan", 1 << FIND }, [KEY] = { "--key", 1 << FIND }, [AFTER] = { "--after", 1 << FIND },
    [REASON] = { "--reason", 1 << SET | 1 << IMPORT | 1 << SIGN_OUT } };

static bool options_fit(Verb verb, const SubjectOptions *options)
{
    const char *stray = (options->suspend || options->resume) && verb != SET ? "--suspend and --resume are"
                      : options->dry_run && verb != IMPORT ? "--dry-run is" : NULL;
    if (stray) {
        (void)cli_usage("subject", "%s not for %s", stray, verbs[verb]);
        return false;
    }
    for (int i = 0; i < TEXTS; i++)
        if (options->texts.of[i] && !(known[i].verbs & 1U << verb)) {
            (void)cli_usage("subject", "%s is not for %s", known[i].name, verbs[verb]);
            return false;
        }
    return true;
}

/* What the verb needs, into `change` or `asked`; CMD_USAGE after complaining. */
static int verb_read(Verb verb, const char *name, const SubjectOptions *options, SubjectChange *change, PeopleAsked *asked)
{
    char *const *of = options->texts.of;
    const PeopleOptions who = { .find = name, .filter = of[FILTER], .near = of[NEAR], .on_plan = of[ON_PLAN],
                                .organization = of[ORGANIZATION], .key = of[KEY] };
    if (!options_fit(verb, options))
        return CMD_USAGE;
    if (verb == FIND) {
        bool good = people_options_read("subject", &who, asked) && cli_text("subject", "--after", of[AFTER], 1, 255);
        asked->after = of[AFTER];
        return good ? CMD_OK : CMD_USAGE;
    }
    if (verb != IMPORT && !cli_text("subject", "the subject", name, 1, 255))
        return CMD_USAGE;
    if (verb == SIGN_OUT)
        return cli_reason("subject", of[REASON]) ? CMD_OK : CMD_USAGE;
    if (!cli_text("subject", "--reason", of[REASON], 1, REASON_MOST))
        return CMD_USAGE;
    return verb == SET ? change_read(options, change) : CMD_OK;
}

static int run(Verb verb, const char *name, const SubjectOptions *options)
{
    SubjectChange change = { .subject = name };
    PeopleAsked asked = { 0 };
    int read = verb_read(verb, name, options, &change, &asked);
    if (read != CMD_OK)
        return read;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int days = days_read(store, options, &change);
    int code = days != CMD_OK ? days
             : verb == SET ? set(store, &change, options->json, actor)
             : verb == IMPORT ? subject_import(store, name, options->texts.of[REASON], options->dry_run, options->json, actor)
             : verb == FIND ? subject_find(store, &asked, options->json)
             : verb == SESSIONS ? sessions_list(store, "subject", NULL, name, options->json)
             : verb == SIGN_OUT ? sign_out(store, name, options, actor)
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
        { "organization", 0, 0, G_OPTION_ARG_STRING, &of[ORGANIZATION], "Whose member it is (set), \"\": nobody's; those of it (find)", "NAME" },
        { "timezone", 0, 0, G_OPTION_ARG_STRING, &of[TIMEZONE], "Where its days begin (set); \"\": the policy's", "ZONE" },
        { "anchor", 0, 0, G_OPTION_ARG_STRING, &of[ANCHOR], "Where its own periods are counted from (set)", "TIME" },
        { "email", 0, 0, G_OPTION_ARG_STRING, &of[EMAIL], "Where alerts go (set); \"\": nowhere", "ADDRESS" },
        { "filter", 0, 0, G_OPTION_ARG_STRING, &of[FILTER], "Those who are plan, near, stopped, override or suspended (find)", "FILTER" },
        { "near", 0, 0, G_OPTION_ARG_STRING, &of[NEAR], "Those who have used N % of a limit or more, 50 to 100 (find)", "N" },
        { "on-plan", 0, 0, G_OPTION_ARG_STRING, &of[ON_PLAN], "Those who are on this plan (find)", "PLAN" },
        { "key", 0, 0, G_OPTION_ARG_STRING, &of[KEY], "Those whom this API key has changed something about (find)", "KEY" },
        { "after", 0, 0, G_OPTION_ARG_STRING, &of[AFTER], "Go on where a list ended (find)", "TEXT" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &of[REASON], "Why, for the audit (set, import); needed to sign out", "TEXT" },
        { "suspend", 0, 0, G_OPTION_ARG_NONE, &options.suspend, "Refuse everything (set)", NULL },
        { "resume", 0, 0, G_OPTION_ARG_NONE, &options.resume, "No longer refuse everything (set)", NULL },
        { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, "Say what would be done, and do nothing (import)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("subject", "find [TEXT] | show NAME | set NAME | import FILE.csv | sessions NAME | sign-out NAME",
        "Shows and sets what is known of a person: the application's own user id is the NAME.\n\n"
        "find looks for people as the panel does: by how id, e-mail address or organization begins, and all else\n"
        "that is asked for. sign-out ends the sessions of those who are signed in with webquota itself; sessions\n"
        "shows them, and `webquota account end-session` ends one.\n\n"
        "import reads a CSV file whose first line names its columns: subject, and any of plan, plan_until,\n"
        "plan_after, organization, timezone, anchor, email, suspended (true or false). An empty field leaves the\n"
        "value as it is; \"\" takes it away. Nothing is imported when anything in the file is wrong.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    int verb = 0;
    while (verb < VERBS && strcmp(verbs[verb], argc > 1 ? argv[1] : "") != 0)
        verb++;
    bool fits = verb < VERBS && (argc == 3 || (verb == FIND && argc == 2));
    int code = fits ? run((Verb)verb, argc == 3 ? argv[2] : NULL, &options)
                    : cli_usage("subject", "it takes find TEXT, show NAME, set NAME, import FILE.csv, sessions NAME, or sign-out NAME");
    option_texts_clear(&options.texts);
    return code;
}
