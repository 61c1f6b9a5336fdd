/* `webquota approval list|approve|deny`: what goes above the ceiling of those who support people. */
#include "cli/open.h"

#include "cli/inputs.h"
#include "cli/table.h"
#include "store/approvals.h"

typedef struct {
    char *state, *reason;
    gboolean json;
} ApprovalOptions;

/* `state`: what is listed. */
static void print_table(json_t *list, const char *state)
{
    static const char *const titles[] = {"id", "state", "what", "subject", "organization", "feature", "amount", "until", "asked by", "why",
                                         "decided by", "answer", NULL};
    static const char *const names[] = {"approval", "state", "what", "subject", "organization", "feature"};
    static const char *const rest[] = {"expires_at", "asked_by", "reason", "decided_by", "answer"};
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *approval;
    json_array_foreach(list, i, approval) {
        for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
            table_cell_of(table, approval, names[n]);
        if (json_is_true(json_object_get(approval, "unlimited")))
            table_cell(table, "unlimited");
        else
            table_cell_of(table, approval, json_is_null(json_object_get(approval, "amount")) ? "multiplier" : "amount");
        for (size_t n = 0; n < G_N_ELEMENTS(rest); n++)
            table_cell_of(table, approval, rest[n]);
    }
    table_print(table, strcmp(state, "waiting") == 0 ? "nothing waits" : "none");
}

static int list(Store *store, const ApprovalOptions *options)
{
    const char *state = options->state ? options->state : "waiting";
    g_auto(StoreError) error = {0};
    json_t *approvals = NULL;
    StoreResult result = approval_list(store, strcmp(state, "all") == 0 ? NULL : state, NULL, &approvals, &error);
    if (result != STORE_OK)
        return cli_fail("approval", result, &error);
    if (options->json) {
        cli_print_json(approvals);
        return CMD_OK;
    }
    print_table(approvals, state);
    json_decref(approvals);
    return CMD_OK;
}

static int answer(Store *store, bool approves, const char *id, const ApprovalOptions *options)
{
    g_auto(StoreError) error = {0};
    json_t *approval = NULL;
    g_autofree char *actor = cli_actor();
    StoreResult result = approves ? approval_approve(store, id, options->reason, actor, &approval, &error)
                                  : approval_deny(store, id, options->reason, actor, &approval, &error);
    if (result != STORE_OK)
        return cli_fail("approval", result, &error);
    if (options->json) {
        cli_print_json(approval);
        return CMD_OK;
    }
    printf("approval %s, asked for by %s, is %s\n", id, json_string_value(json_object_get(approval, "asked_by")),
           json_string_value(json_object_get(approval, "state")));
    json_decref(approval);
    return CMD_OK;
}

static int run(const char *what, const char *id, const ApprovalOptions *options)
{
    static const char *const states[] = {"waiting", "approved", "denied", "all", NULL};
    bool approves = strcmp(what, "approve") == 0, lists = strcmp(what, "list") == 0;
    if ((options->state && !lists) || (options->reason && lists))
        return cli_usage("approval", "--state is for list, --reason for approve and deny");
    if (options->state && !g_strv_contains(states, options->state))
        return cli_usage("approval", "--state is waiting, approved, denied or all");
    if (!lists && !approves && !options->reason)
        return cli_usage("approval", "deny needs --reason, for whoever asked");
    if (!cli_text("approval", "--reason", options->reason, 1, APPROVAL_REASON_MAX))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = lists ? list(store, options) : answer(store, approves, id, options);
    store_close(store);
    return code;
}

int cmd_approval(int argc, char **argv)
{
    ApprovalOptions options = {0};
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_STRING, &options.state, "waiting (the default), approved, denied or all (list)", "STATE"},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for whoever asked (approve, deny)", "TEXT"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL},
        {NULL},
    };
    int parsed = cli_options("approval", "list | approve ID | deny ID",
                             "Lists and decides what accounts of the role support ask for above their ceiling.\n\n"
                             "What is approved becomes an override or a grant. Nobody decides about their own.",
                             entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool lists = strcmp(what, "list") == 0, decides = strcmp(what, "approve") == 0 || strcmp(what, "deny") == 0;
    int code = (lists && argc == 2) || (decides && argc == 3) ? run(what, argc == 3 ? argv[2] : NULL, &options)
                                                               : cli_usage("approval", "it takes list, approve ID, or deny ID");
    g_free(options.state);
    g_free(options.reason);
    return code;
}
