/* Shared by the commands. */
#include "cli/open.h"

#include <stdarg.h>
#include "policy/policy_load.h"

const char *cli_database(void)
{
    const char *database = g_getenv("DATABASE_URL");
    if (!database || !*database) {
        fprintf(stderr, "webquota: DATABASE_URL is not set; it names the database, as in postgresql://user@host/name\n");
        return NULL;
    }
    return database;
}

Store *cli_store(void)
{
    const char *database = cli_database();
    if (!database)
        return NULL;
    const char *report_database = g_getenv("WEBQUOTA_REPORT_DATABASE_URL");
    StoreConfig config = { .database = database, .report_database = report_database && *report_database ? report_database : NULL,
                           .prepared = g_strcmp0(g_getenv("WEBQUOTA_PREPARE"), "off") != 0, .readers = 1,
                           .listen = false, .read_policy = policy_load };
    g_autofree char *origin = g_strdup_printf("command on %s", g_get_host_name());
    audit_origin_set(origin);
    return store_open(&config);
}

char *cli_actor(void)
{
    return g_strdup_printf("cli:%s", g_get_user_name());
}

int cli_fail(const char *command, StoreResult result, const StoreError *error)
{
    const char *detail = error->detail ? error->detail : "it could not be done";
    if (error->field)
        fprintf(stderr, "webquota %s: %s: %s\n", command, error->field, detail);
    else
        fprintf(stderr, "webquota %s: %s\n", command, detail);
    return result == STORE_DOWN ? CMD_DOWN : CMD_NO;
}

int cli_usage(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "webquota %s: %s\ntry: webquota %s --help\n", command, text, command);
    return CMD_USAGE;
}

int cli_options(const char *command, const char *arguments, const char *summary, const GOptionEntry *entries, int *argc,
                char ***argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    for (int i = 1; i < *argc && strcmp((*argv)[i], "--") != 0; i++)
        if (strcmp((*argv)[i], "--help") == 0 || strcmp((*argv)[i], "-h") == 0) {
            g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
            const char *rest = strchr(help, '\n'); /* the first lines name the program, not the command */
            printf("usage: webquota %s [OPTION…]%s%s%s\n", command, arguments ? " " : "", arguments ? arguments : "",
                   g_str_has_prefix(help, "Usage:") && rest ? strchr(rest + 1, '\n') : help);
            return -1;
        }
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, argc, argv, &error))
        return cli_usage(command, "%s", error->message);
    /* GOption keeps "--" where a name that begins with a dash follows it. */
    for (int i = 1; i < *argc; i++)
        if (strcmp((*argv)[i], "--") == 0) {
            memmove(&(*argv)[i], &(*argv)[i + 1], sizeof **argv * (size_t)(*argc - i));
            (*argc)--;
            break;
        }
    return CMD_OK;
}

void cli_print_json(json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    puts(text);
    free(text);
    json_decref(value);
}
