/* `webquota usage SUBJECT`: where somebody stands, in the words of the dashboard. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/table.h"
#include "view/view.h"
#include "view/words.h"

static void print_line(const UsageReport *report, const UsageLine *line)
{
    const Subject *subject = report->subject;
    if (line->state == USAGE_NOT_INCLUDED) {
        g_autofree char *words = words_not_included(report->policy, subject->plan, line->feature, line->limit, subject->anonymous);
        printf("  %s\n", words);
        return;
    }
    g_autofree char *used = words_used(line), *left = words_left(line, report->as_of), *resets = words_resets(line, report->as_of);
    bool calm = line->state == USAGE_OK || line->state == USAGE_UNLIMITED;
    printf("  %s%s%s%s%s\n", used, *left ? " · " : "", left, calm ? "" : " · ", calm ? "" : words_state(line->state));
    if (*resets)
        printf("  %s\n", resets);
}

static void print_report(const UsageRead *read)
{
    const UsageReport *report = read->report;
    const Subject *subject = report->subject;
    g_autofree char *plan = g_strdup_printf("%s (%s)", subject->plan->title, subject->plan->key);
    g_autofree char *as_of = instant_text(report->as_of);
    print_fact("subject", subject->key);
    print_fact("plan", plan);
    print_fact("organization", subject->organization);
    print_fact("as of", as_of);
    print_fact("note", subject->suspended ? "suspended: every request is refused" : NULL);
    print_fact("note", read->known ? NULL : "never met; this is what a first request would find");
    const Feature *under = NULL;
    for (int i = 0; i < report->line_count; i++) {
        const UsageLine *line = &report->lines[i];
        if (line->feature != under)
            printf("\n%s (%s)\n", line->feature->title, line->feature->key);
        under = line->feature;
        print_line(report, line);
    }
}

static int usage(Store *store, const char *subject, const char *feature, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(UsageRead) read = NULL;
    StoreResult result = store_usage(store, subject, feature, true, &read, &error);
    if (result != STORE_OK)
        return cli_fail("usage", result, &error);
    if (json)
        cli_print_json(view_value(view_usage(read->report)));
    else
        print_report(read);
    return CMD_OK;
}

static int run(int argc, char **argv, const char *feature, bool json)
{
    if (argc != 2)
        return cli_usage("usage", argc < 2 ? "it needs a SUBJECT" : "it takes one SUBJECT");
    if (!cli_text("usage", "SUBJECT", argv[1], 1, 255) || !cli_text("usage", "--feature", feature, 1, 255))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = usage(store, argv[1], feature, json);
    store_close(store);
    return code;
}

int cmd_usage(int argc, char **argv)
{
    g_autofree char *feature = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "feature", 0, 0, G_OPTION_ARG_STRING, &feature, "Only this feature", "FEATURE" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON, as GET /api/v1/usage does", NULL },
        { NULL },
    };
    int parsed = cli_options("usage", "SUBJECT", "Shows what a person has used, what is left, and when it comes back.", entries, &argc, &argv);
    return parsed == CMD_OK ? run(argc, argv, feature, json) : MAX(parsed, 0);
}
