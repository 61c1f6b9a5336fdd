/* `webquota explain DECISION`: what was asked, what came of it, and every limit that was looked at. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "view/view.h"

static json_t *document(const DecisionRead *read)
{
    g_autofree char *at = instant_text(read->answer->at);
    json_t *value = view_value(view_decision(read->answer, NULL));
    json_object_set_new(value, "kind", json_string(read->kind));
    json_object_set_new(value, "at", at ? json_string(at) : json_null());
    json_object_set_new(value, "on_behalf_of", read->on_behalf_of ? json_string(read->on_behalf_of) : json_null());
    json_object_set_new(value, "metadata", read->metadata ? json_incref(read->metadata) : json_null());
    json_object_set_new(value, "refunded", json_integer(read->refunded));
    json_object_set_new(value, "reservation_state", read->reservation_state ? json_string(read->reservation_state) : json_null());
    return value;
}

static bool is_request(const DecisionRead *read)
{
    return strcmp(read->kind, "consume") == 0 || strcmp(read->kind, "hold") == 0;
}

static void print_asked(const DecisionRead *read, const json_t *value)
{
    static const struct { const char *kind, *words; } kinds[] = {
        { "consume", "use" }, { "hold", "hold until it is committed or released" }, { "commit", "commit of a reservation" },
        { "release", "release of a reservation" }, { "expire", "end of a reservation that nobody committed" },
        { "refund", "refund" }, { "reset", "use set back to 0" } };
    static const char *const facts[][2] = { { "subject", "subject" }, { "plan", "subscription_tier" }, { "feature", "feature" },
        { "resource", "resource" }, { "units", "units" }, { "on behalf of", "on_behalf_of" } };
    const char *words = read->restores ? "a reset taken back" : read->kind;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!read->restores && strcmp(kinds[i].kind, read->kind) == 0)
            words = kinds[i].words;
    print_fact("decision", read->answer->id);
    print_fact("at", json_string_value(json_object_get(value, "at")));
    print_fact("what", words);
    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        g_autofree char *shown = json_shown(json_object_get(value, facts[i][1]));
        print_fact(facts[i][0], shown);
    }
    print_fact("organization", read->answer->organization);
}

static void print_outcome(const DecisionRead *read, const json_t *value)
{
    if (!is_request(read))
        return;
    g_autofree char *refunded = read->refunded ? g_strdup_printf("%" PRId64 " of them", read->refunded) : NULL;
    g_autofree char *expires = json_shown(json_object_get(value, "expires_at"));
    g_autofree char *state = read->reservation_state && expires
        ? g_strdup_printf("%s (until %s)", read->reservation_state, expires) : g_strdup(read->reservation_state);
    print_fact("outcome", json_string_value(json_object_get(value, "outcome")));
    print_fact("message", json_string_value(json_object_get(value, "message")));
    print_fact("reservation", state);
    print_fact("given back", refunded);
}

/* "refused, decided"; what a limit had to say. */
static char *verdict(const json_t *limit, bool request)
{
    const char *mode = json_string_value(json_object_get(limit, "mode"));
    bool decided = json_is_true(json_object_get(limit, "decided")), refused = json_is_true(json_object_get(limit, "refused"));
    if (!request)
        return NULL;
    return g_strdup_printf("%s%s%s", refused ? "refused" : "fits", decided ? ", decided" : "",
                           g_strcmp0(mode, "shadow") == 0 ? ", stops nobody (shadow)" : "");
}

static void print_limits(const DecisionRead *read, const json_t *value)
{
    static const char *const titles[] = { "limit", "feature", "window", "from", "until", "amount", "source", "charged", "used",
                                          "held", "left", "verdict", NULL };
    static const char *const members[] = { "limit", "feature", "window", "period_start", "period_end", NULL, "source", "charged",
                                           "used", "held", "remaining" };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *limit;
    json_array_foreach(json_object_get(value, "limits"), i, limit) {
        for (size_t c = 0; c < G_N_ELEMENTS(members); c++) {
            if (members[c])
                table_cell_of(table, limit, members[c]);
            else if (json_is_null(json_object_get(limit, "amount")))
                table_cell(table, "unlimited");
            else
                table_cell_of(table, limit, "amount");
        }
        g_autofree char *said = verdict(limit, is_request(read));
        table_cell(table, said);
    }
    puts("");
    table_print(table, "no limit was looked at");
    if (json_array_size(json_object_get(value, "limits")))
        puts("\nused, held and left are those after it");
}

static int explain(Store *store, const char *id, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(DecisionRead) read = NULL;
    StoreResult result = store_decision(store, id, &read, &error);
    if (result != STORE_OK)
        return cli_fail("explain", result, &error);
    json_t *value = document(read);
    if (json) {
        cli_print_json(value);
        return CMD_OK;
    }
    print_asked(read, value);
    print_outcome(read, value);
    print_limits(read, value);
    json_decref(value);
    return CMD_OK;
}

int cmd_explain(int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON, as GET /api/v1/decisions/{id} does", NULL },
        { NULL },
    };
    int parsed = cli_options("explain", "DECISION",
                             "Shows why a request was allowed or stopped: every limit with its numbers and where they come from,\n"
                             "and the one that decided. DECISION is the id of a decision (dec_…) or reservation (res_…).",
                             entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    if (argc != 2)
        return cli_usage("explain", argc < 2 ? "it needs a DECISION" : "it takes one DECISION");
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = explain(store, argv[1], json);
    store_close(store);
    return code;
}
