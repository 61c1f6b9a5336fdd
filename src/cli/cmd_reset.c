/* `webquota reset SUBJECT`: a person's use, set back to 0; and a reset taken back. */
#include "cli/inputs.h"
#include "cli/open.h"

enum { FEATURE, REASON, UNDO };

static int reset(Store *store, const char *subject, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    json_t *known = NULL;
    g_autofree char *actor = cli_actor();
    StoreResult result = admin_subject_get(store, subject, &known, &error); /* a misspelt name is not met by this */
    json_decref(known);
    if (result == STORE_OK)
        result = ledger_reset(store, subject, texts->of[FEATURE], texts->of[REASON] ? texts->of[REASON] : "", actor, &done, &error);
    if (result != STORE_OK)
        return cli_fail("reset", result, &error);
    g_autofree char *at = instant_text(done.at);
    if (json)
        cli_print_json(json_pack("{s:s, s:s?, s:I, s:s?, s:s?}", "subject", subject, "feature", done.feature, "units",
                                 (json_int_t)done.units, "decision_id", done.id, "at", at));
    else
        printf("the use of %s by %s is set to 0\n", done.feature ? done.feature : "everything", subject);
    return CMD_OK;
}

/* What the reset of that decision took is used again. */
static int restore(Store *store, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    g_autofree char *actor = cli_actor();
    StoreResult result = ledger_restore(store, texts->of[UNDO], texts->of[REASON] ? texts->of[REASON] : "", actor, &done, &error);
    if (result != STORE_OK)
        return cli_fail("reset", result, &error);
    g_autofree char *at = instant_text(done.at);
    if (json)
        cli_print_json(json_pack("{s:s, s:s?, s:I, s:s?, s:s?}", "undone", texts->of[UNDO], "subject", done.subject, "units",
                                 (json_int_t)done.units, "decision_id", done.id, "at", at));
    else
        printf("the reset of %s is taken back\n", done.subject);
    return CMD_OK;
}

static int run(int argc, char **argv, const OptionTexts *texts, bool json)
{
    bool undoes = texts->of[UNDO] != NULL;
    if (argc != (undoes ? 1 : 2))
        return cli_usage("reset", undoes ? "--undo is of a DECISION, and of no SUBJECT"
                                  : argc < 2 ? "it needs a SUBJECT" : "it takes one SUBJECT");
    if (undoes && texts->of[FEATURE])
        return cli_usage("reset", "--undo takes all of it back, and no --feature");
    if ((!undoes && !cli_text("reset", "SUBJECT", argv[1], 1, 255)) || !cli_text("reset", "--undo", texts->of[UNDO], 1, 128) ||
        !cli_text("reset", "--feature", texts->of[FEATURE], 1, 255) || !cli_text("reset", "--reason", texts->of[REASON], 0, 500))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = undoes ? restore(store, texts, json) : reset(store, argv[1], texts, json);
    store_close(store);
    return code;
}

int cmd_reset(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "feature", 0, 0, G_OPTION_ARG_STRING, &texts.of[FEATURE], "Only of this feature; else of all", "FEATURE" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit", "TEXT" },
        { "undo", 0, 0, G_OPTION_ARG_STRING, &texts.of[UNDO], "Take the reset back that this decision is", "DECISION" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("reset", "SUBJECT | --undo DECISION",
                             "Sets what a person has used of their own limits back to 0. Units held, bonus units that were\n"
                             "spent, and what is shared with others stay. With --undo what a reset took is used again, in the\n"
                             "periods that still go on, as if it had not been; not after another one.", entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, json) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
