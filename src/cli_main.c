/* webquota: the operator's command. A table of commands, each in src/cli. */
#include <locale.h>

#include <jansson.h>
#include <sodium.h>

#include "base/log.h"
#include "cli/open.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    { "migrate", cmd_migrate, "bring the database's schema up to date" },
    { "policy", cmd_policy, "check, diff, apply, roll back, cancel, export and list policies" },
    { "limit", cmd_limit, "list, change, add and remove the limits of plans" },
    { "plan", cmd_plan, "change, add and remove plans" },
    { "plan-grant", cmd_plan_grant, "list, change, add and remove the units that plans give besides their limits" },
    { "feature", cmd_feature, "list, change, add and remove features" },
    { "route", cmd_route, "list, change, add and remove routes" },
    { "setting", cmd_setting, "list and change the settings of the policy" },
    { "simulate", cmd_simulate, "show who would be stopped under another policy, by what was recorded" },
    { "subject", cmd_subject, "find, show, set, import and sign out people" },
    { "organization", cmd_organization, "list and show organizations, and set who owns one" },
    { "override", cmd_override, "add, list, remove and restore overrides" },
    { "grant", cmd_grant, "add, list, remove and restore bonus units" },
    { "reset", cmd_reset, "set somebody's use back to 0" },
    { "refund", cmd_refund, "give units back that a request was charged" },
    { "bulk", cmd_bulk, "change many people at once" },
    { "usage", cmd_usage, "show where somebody stands" },
    { "report", cmd_report, "show how everybody does together" },
    { "explain", cmd_explain, "show why a request was allowed or stopped" },
    { "key", cmd_key, "create, list and revoke API keys" },
    { "account", cmd_account, "keep the accounts of those who sign in with webquota itself" },
    { "approval", cmd_approval, "list and decide what goes above the ceiling of those who support people" },
    { "queue", cmd_queue, "show, pause and close the lines of limits that queue" },
    { "request", cmd_request, "list and answer what people ask for" },
    { "audit", cmd_audit, "list what was changed, and check that the list is whole" },
    { "rollup", cmd_rollup, "add what was recorded to the sums of history (for cron, beside plain CGI)" },
    { "window", cmd_window, "print the window that holds an instant" },
    { "template", cmd_template, "render or check a template" },
    { "doctor", cmd_doctor, "check that everything is right, and say what is not" },
};

static void print_help(FILE *to)
{
    fprintf(to, "usage: webquota COMMAND [OPTION…]\n\nUsage limits for any web stack. The database is the one in DATABASE_URL.\n\n");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n  webquota COMMAND --help tells about one; webquota --version tells the version.\n"
                "\nExit status: 0 yes, 1 no, 2 wrong usage, 3 the store cannot be reached.\n");
}

static int run(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    json_set_alloc_funcs(g_malloc, g_free); /* as in webquota.fcgi */
    if (sodium_init() < 0) {
        fprintf(stderr, "webquota: libsodium cannot be started\n");
        return CMD_NO;
    }
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0) {
        puts("webquota " WEBQUOTA_VERSION);
        return CMD_OK;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return CMD_OK;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (*name)
        fprintf(stderr, "webquota: there is no command \"%s\"\n\n", name);
    print_help(stderr);
    return CMD_USAGE;
}

int main(int argc, char **argv)
{
    return cli_written(run(argc, argv));
}
