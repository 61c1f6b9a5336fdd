/* `webquota queue list|open|pause|close|run`: the lines of limits that queue. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "store/queue.h"

enum { LIMIT, REASON };

static void print_line(const QueueReport *line)
{
    printf("%s, %s: %s; %" PRId64 " waiting, %" PRId64 " let in; of 30 days: %" PRId64 " served, %" PRId64 " went, %" PRId64
           " did not come; half waited %" PRId64 " s or less", line->feature, line->limit, line->state, line->waiting, line->admitted,
           line->used, line->lost, line->lapsed, line->median_wait_s);
    if (line->promised)
        printf("; %" PRId64 " %% within what was said (%" PRId64 " sooner, %" PRId64 " later), half of them %" PRId64
               " s from its middle or less, nine in ten %" PRId64 " s", queue_report_kept_pct(line), line->early, line->late,
               line->error_median_s, line->error_most_s);
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
            json_array_append_new(all, queue_report_json(lines->pdata[i]));
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

/* One turn, for a timer where no service runs. */
static int turn(Store *store, bool json)
{
    g_auto(StoreError) error = { 0 };
    QueueAssisted done;
    StoreResult result = queue_assist(store, &done, &error);
    if (result != STORE_OK)
        return cli_fail("queue run", result, &error);
    if (json)
        cli_print_json(json_pack("{s:b, s:i, s:i}", "done", done.mine, "let_in", done.in, "ended", done.ended));
    else if (done.mine)
        printf("%d let in, %d places lost\n", done.in, done.ended);
    else
        puts("nothing to do: nobody waits, or a service sees to it");
    return CMD_OK;
}

static int run(int argc, char **argv, const OptionTexts *texts, bool json)
{
    static const struct {
        const char *verb, *state;
    } verbs[] = { { "open", "open" }, { "pause", "paused" }, { "close", "closed" } };
    const char *verb = argc > 1 ? argv[1] : "", *state = NULL;
    bool listing = strcmp(verb, "list") == 0, turning = strcmp(verb, "run") == 0;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        state = strcmp(verb, verbs[i].verb) == 0 ? verbs[i].state : state;
    if (!listing && !turning && !state)
        return cli_usage("queue", "it needs one of list, open, pause, close, run");
    if (argc != (state ? 3 : 2))
        return cli_usage("queue", state ? "it needs one FEATURE" : "list and run take nothing more");
    if (state && (!cli_text("queue", "FEATURE", argv[2], 1, 255) || !cli_text("queue", "--limit", texts->of[LIMIT], 1, 255) ||
                     !cli_text("queue", "--reason", texts->of[REASON], 0, 500)))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = listing ? list(store, json) : turning ? turn(store, json) : set(store, argv[2], state, texts, json);
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
    int parsed = cli_options("queue", "list | open FEATURE | pause FEATURE | close FEATURE | run",
                             "Shows the lines of limits that queue, and how well waits were foretold; stops them: while a line is\n"
                             "paused nobody is let in and all places stay, while it is closed nobody may join. run lets in whoever\n"
                             "can be: where webquota.fcgi runs as a service it does that itself.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, json) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
