/* `webquota audit list|verify`: who changed what, and whether that is still what was written. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "store/audit.h"
#include "view/view_admin.h"
#include "view/words_add.h"

#define LIST_MOST 1000

enum { SUBJECT, ORGANIZATION, ACTOR, ACTION, FROM, TO, BEFORE, LIMIT, EXPECT };

/* "amount: 5 → 10": what was, of the members that both have, and what became. New string. */
static char *values_shown(const json_t *entry)
{
    const json_t *old = json_object_get(entry, "old"), *new = json_object_get(entry, "new");
    g_autoptr(GString) was = g_string_new(NULL);
    GString *shown = g_string_new(NULL);
    if (json_is_object(old))
        words_add_audit_values(was, old);
    if (json_is_object(new))
        words_add_audit_values(shown, new);
    if (was->len) {
        g_string_prepend(shown, shown->len ? " → " : "");
        g_string_prepend(shown, was->str);
    }
    return g_string_free(shown, FALSE);
}

static void print_table(const json_t *list)
{
    static const char *const titles[] = { "entry", "when", "who", "what", "subject", "organization", "old → new", "why", NULL };
    static const char *const names[] = { "entry", "at", "actor", "action", "subject", "organization" };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *entry;
    json_array_foreach((json_t *)list, i, entry) {
        for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
            table_cell_of(table, entry, names[n]);
        g_autofree char *values = values_shown(entry);
        table_cell(table, values);
        table_cell_of(table, entry, "reason");
    }
    table_print(table, "there are no entries");
}

/* How the entries are told. */
typedef struct {
    bool json, csv;
} Form;

static void print(json_t *entries, bool more, Form form)
{
    if (form.csv) {
        g_autoptr(GString) csv = g_string_new(NULL);
        view_audit_csv(csv, entries);
        fputs(csv->str, stdout);
    } else if (form.json) {
        cli_print_json(json_pack("{s:O, s:b}", "audit", entries, "more", more));
    } else {
        print_table(entries);
    }
    if (more && !form.json)
        fprintf(form.csv ? stderr : stdout, "there are older ones: --before %" JSON_INTEGER_FORMAT "\n",
                json_integer_value(json_object_get(json_array_get(entries, json_array_size(entries) - 1), "entry")));
}

static int list(Store *store, const OptionTexts *texts, Form form)
{
    g_auto(StoreError) error = { 0 };
    json_t *entries = NULL;
    bool more = false;
    int64_t most = 50;
    AuditAsked asked = { .subject = texts->of[SUBJECT], .organization = texts->of[ORGANIZATION], .actor = texts->of[ACTOR],
                         .action = texts->of[ACTION], .from = INSTANT_MIN, .to = INSTANT_MAX };
    if (!cli_instant("audit", "--from", texts->of[FROM], DAY_BEGINS, &asked.from) ||
        !cli_instant("audit", "--to", texts->of[TO], DAY_ENDS, &asked.to) ||
        !cli_whole("audit", "--before", texts->of[BEFORE], 1, INT64_MAX, &asked.before) ||
        !cli_whole("audit", "--limit", texts->of[LIMIT], 1, LIST_MOST, &most))
        return CMD_USAGE;
    int code = cli_day(store, "audit", texts->of[FROM], DAY_BEGINS, &asked.from);
    if (code == CMD_OK)
        code = cli_day(store, "audit", texts->of[TO], DAY_ENDS, &asked.to);
    if (code != CMD_OK)
        return code;
    StoreResult result = audit_list(store, &asked, (int)most, &entries, &more, &error);
    if (result != STORE_OK)
        return cli_fail("audit", result, &error);
    print(entries, more, form);
    json_decref(entries);
    return CMD_OK;
}

static const char *const fault_words[] = { [AUDIT_CHANGED] = "changed", [AUDIT_MISSING] = "missing", [AUDIT_ADDED] = "added" };

static void print_finding(const AuditFinding *finding)
{
    static const char *const says[] = {
        [AUDIT_CHANGED] = "is not what was written, or the one before it is not",
        [AUDIT_MISSING] = "is missing",
        [AUDIT_ADDED] = "was put in past the chain",
    };
    printf("entry %" PRId64 " %s\n", finding->number, says[finding->fault]);
}

static json_t *verdict_json(const AuditVerdict *verdict)
{
    json_t *findings = json_array();
    for (guint i = 0; i < verdict->findings->len; i++) {
        const AuditFinding *finding = &g_array_index(verdict->findings, AuditFinding, i);
        json_array_append_new(findings, json_pack("{s:I, s:s}", "entry", (json_int_t)finding->number, "is", fault_words[finding->fault]));
    }
    return json_pack("{s:b, s:I, s:I, s:s, s:I, s:o}", "ok", verdict->faults == 0, "entries", (json_int_t)verdict->entries, "last",
                     (json_int_t)verdict->head.number, "hash", verdict->head.hash, "faults", (json_int_t)verdict->faults, "findings",
                     findings);
}

static void print_verdict(const AuditVerdict *verdict)
{
    for (guint i = 0; i < verdict->findings->len; i++)
        print_finding(&g_array_index(verdict->findings, AuditFinding, i));
    if (verdict->faults > (int64_t)verdict->findings->len)
        printf("and %" PRId64 " more\n", verdict->faults - (int64_t)verdict->findings->len);
    if (verdict->faults)
        printf("the audit is not whole: %" PRId64 " of its entries looked at\n", verdict->entries);
    else if (verdict->entries)
        printf("the audit is whole: %" PRId64 " entries; the last is %" PRId64 ":%s\n", verdict->entries, verdict->head.number,
               verdict->head.hash);
    else
        puts("the audit is whole: there are no entries");
}

static int verify(Store *store, const char *expected, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_auto(AuditVerdict) verdict = { 0 };
    AuditHead known = { 0 };
    if (expected && !audit_head_read(expected, &known))
        return cli_usage("audit", "--expect is the number and the hash of an entry, as verify prints them: 12:0f3a…");
    StoreResult result = audit_verify(store, expected ? &known : NULL, &verdict, &error);
    if (result != STORE_OK)
        return cli_fail("audit", result, &error);
    if (json)
        cli_print_json(verdict_json(&verdict));
    else
        print_verdict(&verdict);
    return verdict.faults ? CMD_NO : CMD_OK;
}

static int run(int argc, char **argv, const OptionTexts *texts, Form form)
{
    const char *verb = argc > 1 ? argv[1] : "";
    bool lists = strcmp(verb, "list") == 0;
    if (!lists && strcmp(verb, "verify") != 0)
        return cli_usage("audit", "it needs one of list, verify");
    if (argc != 2)
        return cli_usage("audit", "%s takes nothing more", verb);
    for (int i = SUBJECT; i <= LIMIT; i++)
        if (!lists && texts->of[i])
            return cli_usage("audit", "verify looks at all of it");
    if (form.csv && (!lists || form.json))
        return cli_usage("audit", lists ? "--csv and --json do not go together" : "--csv is for list");
    if (lists && texts->of[EXPECT])
        return cli_usage("audit", "--expect is for verify");
    if (!cli_text("audit", "--subject", texts->of[SUBJECT], 1, 255) || !cli_text("audit", "--organization", texts->of[ORGANIZATION], 1, 255) ||
        !cli_text("audit", "--actor", texts->of[ACTOR], 1, 300) || !cli_text("audit", "--action", texts->of[ACTION], 1, 64))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = lists ? list(store, texts, form) : verify(store, texts->of[EXPECT], form.json);
    store_close(store);
    return code;
}

int cmd_audit(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE, csv = FALSE;
    const GOptionEntry entries[] = {
        { "subject", 0, 0, G_OPTION_ARG_STRING, &texts.of[SUBJECT], "Only about this person (list)", "SUBJECT" },
        { "organization", 0, 0, G_OPTION_ARG_STRING, &texts.of[ORGANIZATION], "Only of this organization (list)", "KEY" },
        { "actor", 0, 0, G_OPTION_ARG_STRING, &texts.of[ACTOR], "Only by whom, such as user:ada (list)", "ACTOR" },
        { "action", 0, 0, G_OPTION_ARG_STRING, &texts.of[ACTION], "Only what, such as override.add (list)", "ACTION" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &texts.of[FROM], "From then on (list)", "TIME" },
        { "to", 0, 0, G_OPTION_ARG_STRING, &texts.of[TO], "Before then (list)", "TIME" },
        { "before", 0, 0, G_OPTION_ARG_STRING, &texts.of[BEFORE], "Entries below this number (list)", "ENTRY" },
        { "limit", 0, 0, G_OPTION_ARG_STRING, &texts.of[LIMIT], "At most so many, 1 to 1000; else 50 (list)", "N" },
        { "expect", 0, 0, G_OPTION_ARG_STRING, &texts.of[EXPECT], "An entry that was noted earlier is still the same (verify)", "ENTRY:HASH" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &csv, "Print CSV, as the page gives it (list)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("audit", "list | verify",
                             "Lists the changes that anybody made, the newest first; follows the chain of them all, and says which entry\n"
                             "was changed, taken out or put in.\n"
                             "Exit status of verify: 0 the audit is whole, 1 it is not, 3 the database cannot be reached.",
                             entries, &argc, &argv);
    int code = parsed == CMD_OK ? run(argc, argv, &texts, (Form){ .json = json, .csv = csv }) : MAX(parsed, 0);
    option_texts_clear(&texts);
    return code;
}
