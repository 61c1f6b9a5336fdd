/* `webquota queue list|open|pause|close`: the lines of limits that queue. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "store/queue.h"

enum { LIMIT, REASON };

static int64_t share_pct(const QueueReport *line)
{
    return line->promised > 0 ? line->kept * 100 / line->promised : 0;
}

static json_t *line_json(const QueueReport *line)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "feature", line->feature, "limit", line->limit, "state",
                     line->state, "waiting", (json_int_t)line->waiting, "admitted", (json_int_t)line->admitted, "used",
                     (json_int_t)line->used, "lost", (json_int_t)line->lost, "lapsed", (json_int_t)line->lapsed, "median_wait_s",
                     (json_int_t)line->median_wait_s, "promised", (json_int_t)line->promised, "kept", (json_int_t)line->kept,
                     "sending", (json_int_t)line->sending, "undelivered", (json_int_t)line->undelivered);
}

static void print_line(const QueueReport *line)
{
    printf("%s, %s: %s; %" PRId64 " waiting, %" PRId64 " let in; of 30 days: %" PRId64 " served, %" PRId64 " went, %" PRId64
           " did not come; half waited %" PRId64 " s or less", line->feature, line->limit, line->state, line->waiting, line->admitted,
           line->used, line->lost, line->lapsed, line->median_wait_s);
    if (line->promised)
        printf("; %" PRId64 " %% within what was said", share_pct(line));
    if (line->sending || line->undelivered)
        printf("; callbacks: %" PRId64 " being sent, %" PRId64 " not delivered", line->sending, line->undelivered);
    puts("");
}

static int list(Store *store, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) lines = NULL;
    StoreResult result = queue_report(store, &lines, &error);
    if (result != STORE_OK)
        return cli_fail("queue list", result, &error);
    json_t *all = json_array();
    for (guint i = 0; i < lines->len; i++)
        if (json)
            json_array_append_new(all, line_json(lines->pdata[i]));
        else
            print_line(lines->pdata[i]);
    if (json)
        cli_print_json(json_pack("{s:O}", "queues", all));
    else if (!lines->len)
        puts("nobody has waited so far");
    json_decref(all);
    return CMD_OK;
}

static int set(Store *store, const char *feature, const char *state, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *actor = cli_actor();
    StoreResult result = queue_set(store, feature, texts->of[LIMIT], state, texts->of[REASON], actor, &error);
    if (result != STORE_OK)
        return cli_fail("queue", result, &error);
    if (json)
        cli_print_json(json_pack("{s:s, s:s?, s:s}", "feature", feature, "limit", texts->of[LIMIT], "state", state));
    else
        printf("the queue for %s is %s\n", feature, state);
    return CMD_OK;
}

static int run(int argc, char **argv, const OptionTexts *texts, bool json)
{
    static const struct {
        const char *verb, *state;
    } verbs[] = { { "open", "open" }, { "pause", "paused" }, { "close", "closed" } };
    const char *verb = argc > 1 ? argv[1] : "", *state = NULL;
    bool listing = strcmp(verb, "list") == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        state = strcmp(verb, verbs[i].verb) == 0 ? verbs[i].state : state;
    if (!listing && !state)
        return cli_usage("queue", "it needs one of list, open, pause, close");
    if (argc != (listing ? 2 : 3))
        return cli_usage("queue", listing ? "list takes nothing more" : "it needs one FEATURE");
    if (!listing && (!cli_text("queue", "FEATURE", argv[2], 1, 255) || !cli_text("queue", "--limit", texts->of[LIMIT], 1, 255) ||
                     !cli_text("queue", "--reason", texts->of[REASON], 0, 500)))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = listing ? list(store, json) : set(store, argv[2], state, texts, json);
    store_close(store);
    return code;
}

int cmd_queue(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "limit", 0, 0, G_OPTION_ARG_STRING, &texts.of[LIMIT], "Only of this limit; else of all on the feature", "LIMIT" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("queue", "list | open FEATURE | pause FEATURE | close FEATURE",
                             "Shows the lines of limits that queue, and how well waits were foretold; stops them: while a line is\n"
                             "paused nobody is let in and all places stay, while it is closed nobody may join.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, json) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
