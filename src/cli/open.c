/* Shared by the commands. */
#include "cli/open.h"

#include <errno.h>
#include <stdarg.h>
#include "base/json_write.h"
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

/* Options that have another name than the field of the API that they stand for; `time`: what is wrong with one is a matter of usage. */
static const struct {
    const char *command, *field, *option;
    bool time;
} renamed[] = {
    { "override", "expires_at", "--expires", true }, { "grant", "expires_at", "--expires", true }, { "bulk", "expires_at", "--expires", true },
    { "request", "expires_at", "--expires", true },  { "key", "expires_at", "--expires", true },
    { "grant", "effective_at", "--effective", true }, { "subject", "plan_after", "--then", false },
};

/* The sentence without the field that it begins with, NULL where it begins with something else. */
static const char *behind(const char *field, const char *sentence)
{
    size_t length = strlen(field);
    return strncmp(sentence, field, length) == 0 && (sentence[length] == ' ' || sentence[length] == ':') ? sentence + length : NULL;
}

int cli_fail(const char *command, StoreResult result, const StoreError *error)
{
    const char *detail = error->detail ? error->detail : "it could not be done", *field = error->field;
    const char *name = field, *rest = field ? behind(field, detail) : NULL;
    bool time = false;
    for (size_t i = 0; field && i < G_N_ELEMENTS(renamed); i++)
        if (strcmp(renamed[i].command, command) == 0 && strcmp(renamed[i].field, field) == 0) {
            name = renamed[i].option;
            time = renamed[i].time && result == STORE_INVALID;
        }
    if (rest)
        fprintf(stderr, "webquota %s: %s%s\n", command, name, rest);
    else if (field && strcmp(field, command) != 0)
        fprintf(stderr, "webquota %s: %s: %s\n", command, name, detail);
    else
        fprintf(stderr, "webquota %s: %s\n", command, detail);
    if (result == STORE_DOWN && error->made >= STORE_MAYBE_MADE)
        fprintf(stderr, "webquota %s: it %s done all the same; look before you try again\n", command,
                error->made == STORE_MADE ? "was" : "may have been");
    return result == STORE_DOWN ? CMD_DOWN : time ? CMD_USAGE : CMD_NO;
}

bool cli_no_policy(const StoreError *error)
{
    return error->detail && g_str_has_prefix(error->detail, "no policy");
}

bool cli_met(Store *store, const char *subject)
{
    g_auto(StoreError) error = { 0 };
    json_t *known = NULL;
    StoreResult result = subject ? admin_subject_get(store, subject, &known, &error) : STORE_OK;
    json_decref(known);
    return result != STORE_NONE;
}

void cli_note_unmet(const char *command, const char *subject)
{
    fprintf(stderr, "webquota %s: note: %s was never met before; a first request will find this\n", command, subject);
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
            g_autofree char *help = g_strchomp(g_option_context_get_help(context, TRUE, NULL));
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

int cli_written(int code)
{
    errno = 0; /* what was lost earlier has had its own by now */
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "webquota: standard output: %s\n", errno ? g_strerror(errno) : "not all of it could be written");
    return code == CMD_OK ? CMD_NO : code;
}

void cli_print_json(json_t *value)
{
    char *text = json_write(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    puts(text);
    free(text);
    json_decref(value);
}
