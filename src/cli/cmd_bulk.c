/* `webquota bulk run|list|show|stop|work`: one change to many people at once. */
#include <unistd.h>
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/people_options.h"
#include "cli/table.h"
#include "store/bulk.h"

enum { FIND, FILTER, ON_PLAN, ORGANIZATION, KEY, FEATURE, LIMIT, AMOUNT, MULTIPLIER, EXPIRES, PLAN, THEN, REASON, SEEN };
#define MULTIPLIER_MAX 1000000
#define WAIT_US (US_PER_S / 5)

typedef struct {
    OptionTexts texts;
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

static bool runs(const json_t *bulk)
{
    return g_strcmp0(text_of(bulk, "state"), "running") == 0;
}

/* A bulk that only a newer program can make is not under way here. */
static const char *state_of(const json_t *bulk)
{
    return runs(bulk) && json_is_false(json_object_get(bulk, "known")) ? "passed over" : text_of(bulk, "state");
}

static void print_bulk(const json_t *bulk)
{
    size_t i;
    json_t *failure;
    printf("bulk %s, %s: %s; %" PRId64 " people, %" PRId64 " done, %" PRId64 " failed, %" PRId64 " left\n", text_of(bulk, "bulk"),
           text_of(bulk, "what"), state_of(bulk), number_of(bulk, "people"), number_of(bulk, "done"), number_of(bulk, "failed"),
           number_of(bulk, "left"));
    json_array_foreach(json_object_get(bulk, "failures"), i, failure)
        printf("  %s: %s\n", text_of(failure, "subject"), text_of(failure, "why"));
}

/* Prints it, as JSON or not, and frees it. */
static int tell(json_t *bulk, bool json)
{
    int code = number_of(bulk, "failed") ? CMD_NO : CMD_OK;
    if (json) {
        cli_print_json(bulk);
        return code;
    }
    print_bulk(bulk);
    json_decref(bulk);
    return code;
}

/* On a terminal a line that says how far it is. */
static void progress(const json_t *bulk)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRId64 " of %" PRId64 " people%s", number_of(bulk, "people") - number_of(bulk, "left"), number_of(bulk, "people"),
                runs(bulk) ? "" : "\n");
}

/* Does turns where no service has the lease, until the bulk is over, or (id NULL) none is left. */
static StoreResult work(Store *store, const char *id, json_t **bulk, StoreError *error)
{
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest = BULK_REST_MORE;
    int64_t told_us = 0;
    StoreResult result = STORE_OK;
    while (result == STORE_OK && rest != BULK_REST_IDLE && (!id || !*bulk || runs(*bulk))) {
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
    printf("%u people", found->subjects->len);
    if (found->changed >= 0)
        printf(", something would change for %" PRId64 " of them", found->changed);
    puts(found->subjects->len ? ":" : "");
    json_array_foreach(found->first, i, person)
        printf("  %s\n", text_of(person, "subject"));
    if (found->subjects->len > i)
        printf("  and %zu more\n", found->subjects->len - i);
    return CMD_OK;
}

static int make(Store *store, const BulkAsk *ask, const BulkOptions *options)
{
    g_auto(StoreError) error = { 0 };
    g_auto(BulkFound) found = { 0 };
    json_t *bulk = NULL;
    g_autofree char *actor = cli_actor(), *id = NULL;
    StoreResult result = bulk_look(store, ask, &found, &error);
    if (result == STORE_OK && options->dry_run && !found.more)
        return print_found(ask, &found, options->json);
    const char *seen = options->texts.of[SEEN];
    if (result == STORE_OK && seen && strcmp(seen, found.seen) != 0) {
        result = STORE_CONFLICT;
        error.detail = g_strdup_printf("these are %u people by now, not those of before: look at them again", found.subjects->len);
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
    return tell(bulk, options->json);
}

/* "Those …" of it, in the words of its options. */
static char *whom(const json_t *bulk)
{
    static const char *const names[] = {"q", "filter", "on_plan", "organization", "key"};
    static const char *const options[] = {"--find", "--filter", "--on-plan", "--organization", "--key"};
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (text_of(bulk, names[i]))
            g_string_append_printf(text, "%s%s \"%s\"", text->len ? " " : "", options[i], text_of(bulk, names[i]));
    return g_string_free(text, FALSE);
}

static void print_list(const json_t *list)
{
    static const char *const titles[] = {"id", "what", "whom", "people", "state", "done", "failed", "left", "by", "begun", NULL};
    static const char *const rest[] = {"done", "failed", "left", "actor", "created_at"};
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *bulk;
    json_array_foreach((json_t *)list, i, bulk) {
        g_autofree char *who = whom(bulk);
        table_cell_of(table, bulk, "bulk");
        table_cell_of(table, bulk, "what");
        table_cell(table, who);
        table_cell_of(table, bulk, "people");
        table_cell(table, state_of(bulk));
        for (size_t n = 0; n < G_N_ELEMENTS(rest); n++)
            table_cell_of(table, bulk, rest[n]);
    }
    table_print(table, "there is none");
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
        print_list(all);
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
    const PeopleOptions who = { .find = of[FIND], .filter = of[FILTER], .on_plan = of[ON_PLAN], .organization = of[ORGANIZATION], .key = of[KEY] };
    if (who.find || who.filter || who.on_plan || who.organization || who.key)
        return people_options_read("bulk", &who, &ask->who);
    (void)cli_usage("bulk", "it needs one of --find, --filter, --on-plan, --organization, --key");
    return false;
}

static bool ask_read(const char *what, const BulkOptions *options, BulkAsk *ask)
{
    const OptionTexts *texts = &options->texts;
    if (!bulk_kind_find(what, &ask->kind)) {
        (void)cli_usage("bulk", "run takes bonus, override, plan, suspend, restore or reset");
        return false;
    }
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
           cli_instant("bulk", "--expires", texts->of[EXPIRES], &ask->expires_at) &&
           (ask->kind != BULK_BONUS || cli_whole("bulk", "--amount", texts->of[AMOUNT], 1, UNITS_MAX, &ask->amount)) &&
           (ask->kind != BULK_OVERRIDE || override_read(options, ask));
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
    return bulk ? tell(bulk, json) : CMD_OK;
}

static int run(int argc, char **argv, const BulkOptions *options)
{
    const char *verb = argc > 1 ? argv[1] : "";
    bool makes = strcmp(verb, "run") == 0, works = strcmp(verb, "work") == 0, lists = strcmp(verb, "list") == 0;
    BulkAsk ask = { 0 };
    if (!makes && !works && !lists && strcmp(verb, "show") != 0 && strcmp(verb, "stop") != 0)
        return cli_usage("bulk", "it takes run WHAT, list, show ID, stop ID, or work");
    if (argc != (works || lists ? 2 : 3))
        return cli_usage("bulk", works || lists ? "list and work take nothing more" : makes ? "run takes one WHAT" : "it takes one ID");
    if (makes && !ask_read(argv[2], options, &ask))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = makes ? make(store, &ask, options) : lists ? list_all(store, options->json)
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
        { "seen", 0, 0, G_OPTION_ARG_STRING, &texts[SEEN], "Only if they are those whom a dry run said so of", "SEEN" },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.dry_run, "Only say how many and who they are", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("bulk", "run WHAT | list | show ID | stop ID | work",
                             "Makes one change to all whom a search finds, at most 100000: WHAT is bonus, override, plan, suspend,\n"
                             "restore or reset; all that is asked for must be true of them. Who they are is written down first;\n"
                             "then each is changed by itself, once, by this command or by a service, and goes on when either is\n"
                             "killed. list shows all of them. work does what is left, for cron beside plain CGI.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &options) : MAX(parsed, 0);
    option_texts_clear(&options.texts);
    return code;
}
