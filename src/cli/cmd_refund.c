/* `webquota refund DECISION`: units that somebody was charged, given back. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "store/access.h"

enum { UNITS, REASON };

static int refund(Store *store, const char *decision, int64_t units, const char *reason, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    g_autofree char *actor = cli_actor();
    StoreResult result = access_refund(store, decision, units, reason, actor, &done, &error);
    if (result != STORE_OK)
        return cli_fail("refund", result, &error);
    g_autofree char *at = instant_text(done.at);
    if (json)
        cli_print_json(json_pack("{s:s, s:s?, s:s?, s:s?, s:I, s:I, s:s?}", "decision_id", decision, "refund", done.id, "subject", done.subject,
                                 "feature", done.feature, "units", (json_int_t)done.units, "charged", (json_int_t)done.total, "at", at));
    else
        printf("%" PRId64 " of %" PRId64 " units of %s are given back to %s\n", done.units, done.total,
               done.feature ? done.feature : "several features", done.subject);
    return CMD_OK;
}

static int run(int argc, char **argv, const OptionTexts *texts, bool json)
{
    int64_t units = -1; /* all that is left */
    if (argc != 2)
        return cli_usage("refund", argc < 2 ? "it needs a DECISION" : "it takes one DECISION");
    if (!cli_text("refund", "DECISION", argv[1], 1, 128) || !cli_whole("refund", "--units", texts->of[UNITS], 1, UNITS_MAX, &units) ||
        !cli_reason("refund", texts->of[REASON]))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = refund(store, argv[1], units, texts->of[REASON], json);
    store_close(store);
    return code;
}

int cmd_refund(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "units", 0, 0, G_OPTION_ARG_STRING, &texts.of[UNITS], "Only so many; else all that are left", "N" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit; it is needed", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("refund", "DECISION --reason TEXT",
                             "Gives back units that a request was charged, never more than there were. They come back to the period\n"
                             "that was charged, as long as it lasts.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, json) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
