/* `webquota bulk run|list|show|stop|undo|work`: one change to many people at once. */
#include <unistd.h>
#include "cli/bulk_print.h"
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/people_options.h"
#include "cli/table.h"
#include "store/bulk.h"

enum { FIND, FILTER, ON_PLAN, ORGANIZATION, KEY, FEATURE, LIMIT, AMOUNT, MULTIPLIER, EXPIRES, PLAN, THEN, REASON, SEEN, NEAR, PEOPLE, TEXTS };
#define MULTIPLIER_MAX 1000000
#define WAIT_US (US_PER_S / 5)

typedef struct {
    OptionTexts texts;
    int64_t people; /* of texts.of[PEOPLE] */
    gboolean unlimited, dry_run, json;
} BulkOptions;

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* Prints it, as JSON or not (`facts`: all that there is to say), and frees it. */
static int tell(json_t *bulk, bool json, bool facts)
{
    int code = number_of(bulk, "failed") ? CMD_NO : CMD_OK;
    if (json) {
        cli_print_json(bulk);
        return code;
    }
    bulk_print(bulk, facts);
    json_decref(bulk);
    return code;
}

/* On a terminal a line that says how far it is. */
static void progress(const json_t *bulk)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRId64 " of %" PRId64 " %s%s", number_of(bulk, "people") - number_of(bulk, "left"), number_of(bulk, "people"),
                people_word(number_of(bulk, "people")), bulk_runs(bulk) ? "" : "\n");
}

/* Does turns where no service has the lease, until the bulk is over, or (id NULL) none is left. */
static StoreResult work(Store *store, const char *id, json_t **bulk, StoreError *error)
{
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest = BULK_REST_MORE;
    int64_t told_us = 0;
    StoreResult result = STORE_OK;
    while (result == STORE_OK && rest != BULK_REST_IDLE && (!id || !*bulk || bulk_runs(*bulk))) {
        result = bulk_turn(store, &lease, &rest, error);
        int64_t now_us = g_get_monotonic_time();
        if (result == STORE_OK && id && (rest != BULK_REST_MORE || now_us - told_us > WAIT_US)) {
            g_clear_pointer(bulk, json_decref);
            result = bulk_get(store, id, bulk, error);
            told_us = now_us;
            if (result == STORE_OK)
                progress(*bulk);
        }
        if (rest == BULK_REST_ELSEWHERE)
            g_usleep(WAIT_US);
    }
    lease_leave(store, &lease);
    lease_clear(&lease);
    if (result == STORE_OK && id) {
        g_clear_pointer(bulk, json_decref);
        result = bulk_get(store, id, bulk, error);
    }
    return result;
}

static int print_found(const BulkAsk *ask, const BulkFound *found, bool json)
{
    size_t i;
    json_t *person;
    if (json) {
        cli_print_json(bulk_found_json(ask, found));
        return CMD_OK;
    }
    printf("%u %s", found->subjects->len, people_word(found->subjects->len));
    if (found->changed >= 0)
        printf(", something would change for %" PRId64 " of them", found->changed);
    puts(found->subjects->len ? ":" : "");
    json_array_foreach(found->first, i, person)
        printf("  %s\n", text_of(person, "subject"));
    if (found->subjects->len > i)
        printf("  and %zu more\n", found->subjects->len - i);
    if (found->subjects->len)
        printf("to change these and nobody else: --people %u --seen %s\n", found->subjects->len, found->seen);
    return CMD_OK;
}

/* Those whom a dry run told of, where it is said which those were. */
static bool is_as_seen(const BulkOptions *options, const BulkFound *found)
{
    const char *seen = options->texts.of[SEEN], *people = options->texts.of[PEOPLE];
    return (!seen || strcmp(seen, found->seen) == 0) && (!people || options->people == found->subjects->len);
}

static int make(Store *store, const BulkAsk *ask, const BulkOptions *options)
{
    g_auto(StoreError) error = { 0 };
    g_auto(BulkFound) found = { 0 };
    json_t *bulk = NULL;
    g_autofree char *actor = cli_actor(), *id = NULL;
    StoreResult result = people_options_check(store, &ask->who, &error);
    if (result == STORE_OK)
        result = bulk_look(store, ask, &found, &error);
    if (result == STORE_OK && options->dry_run && !found.more)
        return print_found(ask, &found, options->json);
    if (result == STORE_OK && !is_as_seen(options, &found)) {
        result = STORE_CONFLICT;
        error.detail = g_strdup_printf("there %s %u %s by now, not those of before: look at them again", found.subjects->len == 1 ? "is" : "are",
                                       found.subjects->len, people_word(found.subjects->len));
    }
    if (result == STORE_OK)
        result = bulk_add(store, ask, &found, NULL, actor, &bulk, &error);
    if (result == STORE_OK) {
        id = g_strdup(text_of(bulk, "bulk"));
        result = work(store, id, &bulk, &error);
    }
    if (result != STORE_OK) {
        json_decref(bulk);
        return cli_fail("bulk", result, &error);
    }
    return tell(bulk, options->json, false);
}

static void print_undo(const json_t *looked)
{
    size_t i;
    json_t *one;
    int64_t people = number_of(looked, "people"), possible = number_of(looked, "possible");
    printf("of %" PRId64 " %s it can be undone for %" PRId64 "\n", people, people_word(people), possible);
    json_array_foreach(json_object_get(looked, "impossible"), i, one)
        printf("  %" PRId64 ": %s\n", number_of(one, "people"), text_of(one, "why"));
    if (possible)
        printf("to undo these and nobody else: --people %" PRId64 "\n", possible);
}

static int undo(Store *store, const char *id, const BulkOptions *options)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    g_autofree char *actor = cli_actor(), *made = NULL;
    StoreResult result = options->dry_run ? bulk_undo_look(store, id, &json, &error)
                                          : bulk_undo(store, id, options->texts.of[PEOPLE] ? options->people : -1, options->texts.of[REASON],
                                                      actor, &json, &error);
    if (result == STORE_OK && !options->dry_run) {
        made = g_strdup(text_of(json, "bulk"));
        result = work(store, made, &json, &error);
    }
    if (result != STORE_OK) {
        json_decref(json);
        return cli_fail("bulk", result, &error);
    }
    if (!options->dry_run)
        return tell(json, options->json, false);
    if (options->json) {
        cli_print_json(json);
        return CMD_OK;
    }
    print_undo(json);
    json_decref(json);
    return CMD_OK;
}

static int list_all(Store *store, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *all = json_array();
    const char *before = NULL; /* the last of what there is */
    bool more = true;
    StoreResult result = STORE_OK;
    while (result == STORE_OK && more) {
        json_t *list = NULL;
        result = bulk_list(store, before, &list, &more, &error);
        if (result == STORE_OK)
            json_array_extend(all, list);
        json_decref(list);
        before = text_of(json_array_get(all, json_array_size(all) - 1), "bulk");
    }
    if (result == STORE_OK && json)
        cli_print_json(json_pack("{s:O}", "bulks", all));
    else if (result == STORE_OK)
        bulk_print_list(all);
    json_decref(all);
    return result == STORE_OK ? CMD_OK : cli_fail("bulk", result, &error);
}

static bool override_read(const BulkOptions *options, BulkAsk *ask)
{
    const OptionTexts *texts = &options->texts;
    if ((texts->of[AMOUNT] != NULL) + (texts->of[MULTIPLIER] != NULL) + options->unlimited != 1) {
        (void)cli_usage("bulk", "an override needs one of --amount, --multiplier and --unlimited");
        return false;
    }
    ask->override_kind = texts->of[AMOUNT] ? OVERRIDE_AMOUNT : texts->of[MULTIPLIER] ? OVERRIDE_MULTIPLIER : OVERRIDE_UNLIMITED;
    return cli_whole("bulk", "--amount", texts->of[AMOUNT], 0, UNITS_MAX, &ask->amount) &&
           cli_real("bulk", "--multiplier", texts->of[MULTIPLIER], MULTIPLIER_MAX, &ask->multiplier);
}

/* What each kind must have; NULL: it has it. */
static const char *lacks(const BulkAsk *ask, const OptionTexts *texts)
{
    if (!texts->of[REASON])
        return "--reason must say why";
    if ((ask->kind == BULK_BONUS || ask->kind == BULK_OVERRIDE) && !texts->of[FEATURE])
        return "--feature must say of what";
    if (ask->kind == BULK_BONUS && !texts->of[AMOUNT])
        return "--amount must say how many";
    return ask->kind == BULK_PLAN && !texts->of[PLAN] ? "--plan must say which" : NULL;
}

static bool who_read(const BulkOptions *options, BulkAsk *ask)
{
    char *const *of = options->texts.of;
    const PeopleOptions who = { .find = of[FIND], .filter = of[FILTER], .near = of[NEAR], .on_plan = of[ON_PLAN],
                                .organization = of[ORGANIZATION], .key = of[KEY] };
    if (who.find || who.filter || who.near || who.on_plan || who.organization || who.key)
        return people_options_read("bulk", &who, &ask->who);
    (void)cli_usage("bulk", "it needs one of --find, --filter, --near, --on-plan, --organization, --key");
    return false;
}

/* The options that belong to what is done; of run a bit for each kind, one for undo, and one for all else. */
enum { BONUS = 1U << BULK_BONUS, OVERRIDE = 1U << BULK_OVERRIDE, CHANGES_PLAN = 1U << BULK_PLAN, RESET = 1U << BULK_RESET,
       RUNS = (1U << BULK_KINDS) - 1, UNDOES = 1U << BULK_UNDO, NO_RUN = 2U << BULK_UNDO };
static bool options_fit(const char *what, unsigned bit, const BulkOptions *options)
{
    static const struct { const char *name; unsigned verbs; } known[TEXTS] = {
        [FIND] = { "--find", RUNS },           [FILTER] = { "--filter", RUNS },        [NEAR] = { "--near", RUNS },
        [ON_PLAN] = { "--on-plan", RUNS },     [ORGANIZATION] = { "--organization", RUNS }, [KEY] = { "--key", RUNS },
        [FEATURE] = { "--feature", BONUS | OVERRIDE | RESET }, [LIMIT] = { "--limit", OVERRIDE },
        [AMOUNT] = { "--amount", BONUS | OVERRIDE }, [MULTIPLIER] = { "--multiplier", OVERRIDE },
        [EXPIRES] = { "--expires", BONUS | OVERRIDE | CHANGES_PLAN }, [PLAN] = { "--plan", CHANGES_PLAN }, [THEN] = { "--then", CHANGES_PLAN },
        [REASON] = { "--reason", RUNS | UNDOES }, [SEEN] = { "--seen", RUNS },         [PEOPLE] = { "--people", RUNS | UNDOES } };
    OptionFit fits[TEXTS + 2] = { [TEXTS] = { "--unlimited", options->unlimited, OVERRIDE }, { "--dry-run", options->dry_run, RUNS | UNDOES } };
    for (int i = 0; i < TEXTS; i++)
        fits[i] = (OptionFit){ known[i].name, options->texts.of[i] != NULL, known[i].verbs };
    return cli_fit("bulk", what, bit, fits, G_N_ELEMENTS(fits));
}

static bool ask_read(const char *what, BulkOptions *options, BulkAsk *ask)
{
    const OptionTexts *texts = &options->texts;
    if (!bulk_kind_find(what, &ask->kind)) {
        (void)cli_usage("bulk", "run takes bonus, override, plan, suspend, restore or reset");
        return false;
    }
    if (!options_fit(what, 1U << ask->kind, options))
        return false;
    const char *why = lacks(ask, texts);
    if (why) {
        (void)cli_usage("bulk", "%s", why);
        return false;
    }
    ask->feature = texts->of[FEATURE];
    ask->limit = texts->of[LIMIT];
    ask->plan = texts->of[PLAN];
    ask->then = texts->of[THEN];
    ask->reason = texts->of[REASON];
    ask->expires_at = INSTANT_MAX;
    return who_read(options, ask) && cli_text("bulk", "--reason", ask->reason, 1, 500) &&
           cli_instant("bulk", "--expires", texts->of[EXPIRES], DAY_ENDS, &ask->expires_at) &&
           cli_whole("bulk", "--people", texts->of[PEOPLE], 0, BULK_MOST, &options->people) &&
           (ask->kind != BULK_BONUS || cli_whole("bulk", "--amount", texts->of[AMOUNT], 1, UNITS_MAX, &ask->amount)) &&
           (ask->kind != BULK_OVERRIDE || override_read(options, ask));
}

static bool undo_read(BulkOptions *options)
{
    char *const *of = options->texts.of;
    return options_fit("undo", UNDOES, options) && cli_whole("bulk", "--people", of[PEOPLE], 0, BULK_MOST, &options->people) &&
           (options->dry_run || cli_reason("bulk", of[REASON]));
}

static int about(Store *store, const char *verb, const char *id, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *bulk = NULL;
    g_autofree char *actor = cli_actor();
    StoreResult result = strcmp(verb, "show") == 0 ? bulk_get(store, id, &bulk, &error)
                       : strcmp(verb, "stop") == 0 ? bulk_stop(store, id, actor, &bulk, &error) : work(store, NULL, &bulk, &error);
    if (result != STORE_OK)
        return cli_fail("bulk", result, &error);
    return bulk ? tell(bulk, json, strcmp(verb, "show") == 0) : CMD_OK;
}

static int run(int argc, char **argv, BulkOptions *options)
{
    const char *verb = argc > 1 ? argv[1] : "";
    bool makes = strcmp(verb, "run") == 0, works = strcmp(verb, "work") == 0, lists = strcmp(verb, "list") == 0;
    bool undoes = strcmp(verb, "undo") == 0;
    BulkAsk ask = { 0 };
    if (!makes && !works && !lists && !undoes && strcmp(verb, "show") != 0 && strcmp(verb, "stop") != 0)
        return cli_usage("bulk", "it takes run WHAT, list, show ID, stop ID, undo ID, or work");
    if (argc != (works || lists ? 2 : 3))
        return cli_usage("bulk", works || lists ? "list and work take nothing more" : makes ? "run takes one WHAT" : "it takes one ID");
    int64_t id = 0;
    bool good = makes ? ask_read(argv[2], options, &ask)
                      : (undoes ? undo_read(options) : options_fit(verb, NO_RUN, options)) &&
                            (argc < 3 || cli_whole("bulk", "the ID", argv[2], 1, INT64_MAX, &id));
    if (!good)
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int day = cli_day(store, "bulk", options->texts.of[EXPIRES], DAY_ENDS, &ask.expires_at);
    int code = day != CMD_OK ? day
             : makes ? make(store, &ask, options) : undoes ? undo(store, argv[2], options) : lists ? list_all(store, options->json)
                                                          : about(store, verb, works ? NULL : argv[2], options->json);
    store_close(store);
    return code;
}

int cmd_bulk(int argc, char **argv)
{
    BulkOptions options = { 0 };
    char **texts = options.texts.of;
    const GOptionEntry entries[] = {
        { "find", 0, 0, G_OPTION_ARG_STRING, &texts[FIND], "Those whose id, e-mail address or organization begins so; \"\": everybody", "TEXT" },
        { "filter", 0, 0, G_OPTION_ARG_STRING, &texts[FILTER], "Those who are plan, near, stopped, override or suspended", "FILTER" },
        { "near", 0, 0, G_OPTION_ARG_STRING, &texts[NEAR], "Those who have used N % of a limit or more, 50 to 100", "N" },
        { "on-plan", 0, 0, G_OPTION_ARG_STRING, &texts[ON_PLAN], "Those who are on this plan", "PLAN" },
        { "organization", 0, 0, G_OPTION_ARG_STRING, &texts[ORGANIZATION], "Those of this organization", "KEY" },
        { "key", 0, 0, G_OPTION_ARG_STRING, &texts[KEY], "Those whom this API key has changed something about", "KEY" },
        { "feature", 0, 0, G_OPTION_ARG_STRING, &texts[FEATURE], "Of a bonus, an override, a reset", "FEATURE" },
        { "limit", 0, 0, G_OPTION_ARG_STRING, &texts[LIMIT], "Only this limit (override)", "LIMIT" },
        { "amount", 0, 0, G_OPTION_ARG_STRING, &texts[AMOUNT], "How many for each (bonus, override)", "N" },
        { "multiplier", 0, 0, G_OPTION_ARG_STRING, &texts[MULTIPLIER], "Times what the plan gives (override)", "X" },
        { "unlimited", 0, 0, G_OPTION_ARG_NONE, &options.unlimited, "No limit (override)", NULL },
        { "expires", 0, 0, G_OPTION_ARG_STRING, &texts[EXPIRES], "Until when (bonus, override, plan)", "TIME" },
        { "plan", 0, 0, G_OPTION_ARG_STRING, &texts[PLAN], "The new plan (plan)", "PLAN" },
        { "then", 0, 0, G_OPTION_ARG_STRING, &texts[THEN], "The plan after --expires; else the one before (plan)", "PLAN" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts[REASON], "Why, for the audit", "TEXT" },
        { "people", 0, 0, G_OPTION_ARG_STRING, &texts[PEOPLE], "Only if they are so many, as a dry run said", "N" },
        { "seen", 0, 0, G_OPTION_ARG_STRING, &texts[SEEN], "Only if they are those whom a dry run said so of", "SEEN" },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only say how many and who they are", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("bulk", "run WHAT | list | show ID | stop ID | undo ID | work",
                             "Makes one change to all whom a search finds, at most 100000: WHAT is bonus, override, plan, suspend,\n"
                             "restore or reset; all that is asked for must be true of them. Who they are is written down first;\n"
                             "then each is changed by itself, once, by this command or by a service, and goes on when either is\n"
                             "killed. list shows all of them. undo takes back what one made, of all who are still as it left them. work\n"
                             "does what is left, for cron beside plain CGI.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    return code;
}
