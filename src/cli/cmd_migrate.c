/* `webquota migrate`: the schema, brought up to date. */
#include "cli/open.h"
#include "store/migrate.h"

static void told(const char *line)
{
    puts(line);
}

int cmd_migrate(int argc, char **argv)
{
    g_autofree char *role = NULL;
    gboolean quiet = FALSE;
    const GOptionEntry entries[] = {
        { "app-role", 0, 0, G_OPTION_ARG_STRING, &role, "Grant this role what the FastCGI process needs, and no more", "ROLE" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Say nothing when all went well", NULL },
        { NULL },
    };
    int parsed = cli_options("migrate", NULL, "Brings the schema in DATABASE_URL up to date. Safe to run twice, and from two hosts at once.",
                             entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    if (argc > 1)
        return cli_usage("migrate", "it takes no argument, but there is \"%s\"", argv[1]);
    const char *database = cli_database();
    if (!database)
        return CMD_USAGE;
    g_auto(StoreError) error = { 0 };
    StoreResult result = migrate_run(database, role, quiet ? NULL : told, &error);
    return result == STORE_OK ? CMD_OK : cli_fail("migrate", result, &error);
}
