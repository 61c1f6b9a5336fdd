/* `webquota queue`: the lines of limits that queue, and those who wait in them. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "store/queue.h"

enum { LIMIT, REASON };

static void print_line(const QueueReport *line)
{
    printf("%s, %s: %s; %" PRId64 " waiting", line->feature, line->limit, line->state, line->waiting);
    if (line->waiting)
        printf(", the first for %" PRId64 " s", line->oldest_s);
    if (!line->has_past) {
        printf("; %" PRId64 " let in; what has been in 30 days could not be added up in time\n", line->admitted);
        return;
    }
    printf("; %" PRId64 " let in (%" PRId64 " in the last hour, %" PRId64 " in a day); of 30 days: %" PRId64 " served, %" PRId64 " went, %" PRId64
           " did not come; half waited %" PRId64 " s or less", line->admitted, line->let_in_hour, line->let_in_day, line->used, line->lost,
           line->lapsed, line->median_wait_s);
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
        puts("no limit of the policy queues, and nobody has waited");
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

/* --- those who wait --- */

#define TICKETS_MOST 1000

static void print_ticket(const json_t *ticket)
{
    const char *subject = json_string_value(json_object_get(ticket, "subject"));
    json_t *number = json_object_get(ticket, "number");
    printf("%s  ", json_string_value(json_object_get(ticket, "ticket")));
    if (json_is_integer(number))
        printf("number %" JSON_INTEGER_FORMAT, json_integer_value(number));
    else
        printf("let in");
    printf("  %s  %s × %" JSON_INTEGER_FORMAT "  since %s%s\n", subject, json_string_value(json_object_get(ticket, "feature")),
           json_integer_value(json_object_get(ticket, "units")), json_string_value(json_object_get(ticket, "joined_at")),
           json_is_true(json_object_get(ticket, "moved")) ? "  moved up" : "");
}

static int tickets(Store *store, const char *feature, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *list = NULL, *one;
    bool more;
    size_t i;
    if (!texts->of[LIMIT])
        return cli_usage("queue", "tickets needs --limit");
    StoreResult result = queue_line(store, feature, texts->of[LIMIT], NULL, TICKETS_MOST, &list, &more, &error);
    if (result != STORE_OK)
        return cli_fail("queue tickets", result, &error);
    json_array_foreach(list, i, one)
        if (!json)
            print_ticket(one);
    if (json)
        cli_print_json(json_pack("{s:O, s:b}", "tickets", list, "more", more));
    else if (!i)
        puts("nobody waits");
    json_decref(list);
    return CMD_OK;
}

static const struct {
    const char *verb, *done;
} moves[] = { { "move-up", "moved to the front" }, { "move-back", "moved back" }, { "admit", "let in" }, { "drop", "dropped" } };

static int move(Store *store, size_t which, const char *ticket, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *actor = cli_actor();
    const char *reason = texts->of[REASON];
    StoreResult result = which < 2 ? queue_move(store, ticket, which == 0, reason, actor, &error)
                       : which == 2 ? queue_let_in(store, ticket, reason, actor, &error)
                                    : queue_drop(store, ticket, reason, actor, &error);
    if (result != STORE_OK)
        return cli_fail("queue", result, &error);
    if (json)
        cli_print_json(json_pack("{s:s, s:s}", "ticket", ticket, "done", moves[which].verb));
    else
        printf("%s is %s\n", ticket, moves[which].done);
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

/* What is done with the one FEATURE or TICKET. */
static int about(Store *store, const char *verb, const char *what, const OptionTexts *texts, bool json)
{
    static const struct {
        const char *verb, *state;
    } states[] = { { "open", "open" }, { "pause", "paused" }, { "close", "closed" } };
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (strcmp(verb, states[i].verb) == 0)
            return set(store, what, states[i].state, texts, json);
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++)
        if (strcmp(verb, moves[i].verb) == 0)
            return move(store, i, what, texts, json);
    return tickets(store, what, texts, json);
}

static int run(int argc, char **argv, const OptionTexts *texts, bool json)
{
    static const char *const abouts[] = { "open", "pause", "close", "tickets", "move-up", "move-back", "admit", "drop", NULL };
    const char *verb = argc > 1 ? argv[1] : "";
    bool listing = strcmp(verb, "list") == 0, turning = strcmp(verb, "run") == 0, one = g_strv_contains(abouts, verb);
    if (!listing && !turning && !one)
        return cli_usage("queue", "it needs one of list, open, pause, close, tickets, move-up, move-back, admit, drop, run");
    if (argc != (one ? 3 : 2))
        return cli_usage("queue", one ? "it needs one FEATURE or TICKET" : "list and run take nothing more");
    if (one && (!cli_text("queue", "FEATURE or TICKET", argv[2], 1, 255) || !cli_text("queue", "--limit", texts->of[LIMIT], 1, 255) ||
                !cli_text("queue", "--reason", texts->of[REASON], 1, REASON_MOST)))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = listing ? list(store, json) : turning ? turn(store, json) : about(store, verb, argv[2], texts, json);
    store_close(store);
    return code;
}

int cmd_queue(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "limit", 0, 0, G_OPTION_ARG_STRING, &texts.of[LIMIT], "Only of this limit; else of all on the feature", "LIMIT" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit; needed by all that changes a line", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("queue", "list | open FEATURE | pause FEATURE | close FEATURE | tickets FEATURE --limit LIMIT | move-up TICKET |\n"
                             "  move-back TICKET | admit TICKET | drop TICKET | run",
                             "Shows the lines of limits that queue, and how well waits were foretold; stops them: while a line is\n"
                             "paused nobody is let in and all places stay, while it is closed nobody may join. tickets shows who waits:\n"
                             "move-up puts one to the front and move-back to where it was, admit lets one in at once where the limit\n"
                             "has room, drop ends a place. run lets in whoever can be: where webquota.fcgi runs as a service it does\n"
                             "that itself.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, json) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
