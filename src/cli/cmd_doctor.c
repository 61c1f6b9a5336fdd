/* `webquota doctor`: checks that everything is right, and says in words what is not. */
#include "cli/open.h"
#include "store/doctor.h"

#define MARGIN 14

static void print_finding(const DoctorFinding *finding, void *data)
{
    static const char *const marks[] = { "ok", "warning", "WRONG", "-" };
    (void)data;
    printf("%-8s %-*s %s\n", marks[finding->state], MARGIN, finding->check, finding->found);
    for (guint i = 0; i < finding->details->len; i++)
        printf("%-8s %-*s   %s\n", "", MARGIN, "", (const char *)finding->details->pdata[i]);
    if (finding->advice)
        printf("%-8s %-*s → %s\n", "", MARGIN, "", finding->advice);
    (void)fflush(stdout);
}

static int count(const GPtrArray *findings, DoctorState state)
{
    int found = 0;
    for (guint i = 0; i < findings->len; i++)
        found += ((const DoctorFinding *)findings->pdata[i])->state == state;
    return found;
}

static json_t *findings_json(const GPtrArray *findings)
{
    json_t *list = json_array();
    for (guint i = 0; i < findings->len; i++) {
        const DoctorFinding *finding = findings->pdata[i];
        json_t *details = json_array();
        for (guint d = 0; d < finding->details->len; d++)
            json_array_append_new(details, json_string(finding->details->pdata[d]));
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?, s:o}", "check", finding->check, "state",
                                              doctor_state_word(finding->state), "found", finding->found, "advice",
                                              finding->advice, "details", details));
    }
    return list;
}

static void print_end(int wrong, int warnings)
{
    if (wrong)
        printf("\n%d %s wrong\n", wrong, wrong == 1 ? "thing is" : "things are");
    else if (warnings)
        printf("\nnothing is wrong, but there %s %d warning%s\n", warnings == 1 ? "is" : "are", warnings, warnings == 1 ? "" : "s");
    else
        puts("\nall is well");
}

int cmd_doctor(int argc, char **argv)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("doctor", NULL,
                             "Checks the connection, the schema, permissions, durability, clocks, the policy and whether counters\n"
                             "equal what was recorded; says what is wrong and what to do. Changes nothing.\n"
                             "Exit status: 0 nothing is wrong (there may be warnings), 1 something is, 3 the database cannot be reached.",
                             entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    if (argc > 1)
        return cli_usage("doctor", "it takes no argument, but there is \"%s\"", argv[1]);
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autoptr(GPtrArray) findings = NULL;
    StoreResult result = doctor_run(store, json ? NULL : print_finding, NULL, &findings);
    int wrong = count(findings, DOCTOR_WRONG);
    if (json)
        cli_print_json(json_pack("{s:b, s:o}", "ok", wrong == 0, "checks", findings_json(findings)));
    else
        print_end(wrong, count(findings, DOCTOR_WARNING));
    store_close(store);
    return result == STORE_DOWN ? CMD_DOWN : wrong ? CMD_NO : CMD_OK;
}
