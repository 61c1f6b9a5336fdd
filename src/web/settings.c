/* The environment, checked before anything is started. */
#include "web/settings.h"

#include "base/parse.h"
#include "store/store.h"
#include "web/assertion.h"

#ifndef WEBQUOTA_SHARE
#define WEBQUOTA_SHARE "/usr/local/share/webquota"
#endif

static const char *value_of(const char *name)
{
    const char *value = g_getenv(name);
    return value && *value ? value : NULL;
}

static bool secret_read(const char *variable, char **out, char **why)
{
    const char *path = value_of(variable);
    g_autoptr(GError) error = NULL;
    gsize len = 0;
    if (!path)
        return true;
    if (!g_file_get_contents(path, out, &len, &error)) {
        *why = g_strdup_printf("%s: %s", variable, error->message);
        return false;
    }
    while (len > 0 && ((*out)[len - 1] == '\n' || (*out)[len - 1] == '\r'))
        (*out)[--len] = '\0';
    if (len < ASSERTION_SECRET_MIN || strlen(*out) != len) {
        *why = g_strdup_printf("%s: %s must hold at least %d bytes, and no NUL", variable, path, ASSERTION_SECRET_MIN);
        return false;
    }
    return true;
}

/* A whole number; `number` where the variable is not set. */
static bool number_read(const char *variable, int64_t number, int64_t least, int64_t most, int *out, char **why)
{
    const char *text = value_of(variable);
    if (text && !parse_whole(text, least, most, &number)) {
        *why = g_strdup_printf("%s: \"%s\" is not a whole number from %" PRId64 " to %" PRId64, variable, text, least, most);
        return false;
    }
    *out = (int) number;
    return true;
}

static bool log_read(LogLevel *out, char **why)
{
    static const struct {
        const char *word;
        LogLevel level;
    } levels[] = {{"error", LOG_LEVEL_ERROR},
                  {"warning", LOG_LEVEL_WARNING},
                  {"notice", LOG_LEVEL_NOTICE},
                  {"info", LOG_LEVEL_INFO},
                  {"debug", LOG_LEVEL_DEBUG}};
    const char *text = value_of("WEBQUOTA_LOG");
    *out = LOG_LEVEL_NOTICE;
    for (size_t i = 0; text && i < G_N_ELEMENTS(levels); i++)
        if (strcmp(levels[i].word, text) == 0) {
            *out = levels[i].level;
            return true;
        }
    if (text)
        *why = g_strdup_printf("WEBQUOTA_LOG: \"%s\" is none of error, warning, notice, info, debug", text);
    return !text;
}

static bool prepare_read(bool *out, char **why)
{
    const char *text = value_of("WEBQUOTA_PREPARE");
    *out = !text || strcmp(text, "on") == 0;
    if (text && !*out && strcmp(text, "off") != 0) {
        *why = g_strdup_printf("WEBQUOTA_PREPARE: \"%s\" is neither on nor off", text);
        return false;
    }
    return true;
}

static bool folder_read(const char *variable, const char *name, char **out, char **why)
{
    const char *path = value_of(variable);
    g_autofree char *installed = g_build_filename(WEBQUOTA_SHARE, name, NULL);
    *out = g_strdup(path ? path : g_file_test(installed, G_FILE_TEST_IS_DIR) ? installed : name);
    if (g_file_test(*out, G_FILE_TEST_IS_DIR))
        return true;
    *why = g_strdup_printf("%s: there is no folder %s", variable, *out);
    return false;
}

static bool theme_read(char **out, char **why)
{
    const char *path = value_of("WEBQUOTA_THEME");
    *out = g_strdup(path);
    if (!path || g_file_test(path, G_FILE_TEST_IS_DIR))
        return true;
    *why = g_strdup_printf("WEBQUOTA_THEME: there is no folder %s", path);
    return false;
}

/* A file with a secret in each line; never quoted. */
static bool callback_settings_read(Callbacks *out, char **why)
{
    const char *allowed = value_of("WEBQUOTA_CALLBACKS"), *path = value_of("WEBQUOTA_CALLBACK_SECRETS_FILE");
    g_autofree char *secrets = NULL, *wrong = NULL;
    g_autoptr(GError) error = NULL;
    if (!allowed)
        return true;
    if (!path)
        *why = g_strdup("WEBQUOTA_CALLBACK_SECRETS_FILE is not set: WEBQUOTA_CALLBACKS needs it, as callbacks are signed");
    else if (!g_file_get_contents(path, &secrets, NULL, &error))
        *why = g_strdup_printf("WEBQUOTA_CALLBACK_SECRETS_FILE: %s", error->message);
    else if (!callbacks_read(allowed, secrets, out, &wrong))
        *why = g_strdup_printf("%s: %s", *wrong == '"' ? "WEBQUOTA_CALLBACKS" : "WEBQUOTA_CALLBACK_SECRETS_FILE", wrong);
    return !*why && number_read("WEBQUOTA_CALLBACK_TRIES", 10, 1, 20, &out->tries_max, why) &&
           number_read("WEBQUOTA_CALLBACK_TIMEOUT_S", 30, 1, 300, &out->timeout_s, why);
}

/* An address within the site: "/quota", or "" for its root. */
static bool mount_read(char **out, char **why)
{
    const char *text = g_getenv("WEBQUOTA_MOUNT");
    *out = g_strdup(text ? text : "/quota");
    g_autofree char *escaped = g_uri_escape_string(*out, "/", FALSE);
    size_t len = strlen(*out);
    if (len == 0 ||
        ((*out)[0] == '/' && len > 1 && (*out)[len - 1] != '/' && (*out)[1] != '/' && strcmp(escaped, *out) == 0))
        return true;
    *why = g_strdup_printf("WEBQUOTA_MOUNT: \"%s\" is not an address such as /quota, without a slash at its end", *out);
    return false;
}

bool settings_read(Settings *out, char **why)
{
    *out = (Settings){.database = g_strdup(value_of("DATABASE_URL")), .report_database = g_strdup(value_of("WEBQUOTA_REPORT_DATABASE_URL")),
                      .socket = g_strdup(value_of("WEBQUOTA_SOCKET"))};
    *why = NULL;
    if (!out->database) {
        *why = g_strdup("DATABASE_URL is not set: the address of the database, such as postgresql:///webquota");
        return false;
    }
    return log_read(&out->log, why) && mount_read(&out->mount, why) && number_read("WEBQUOTA_THREADS", 64, 1, 256, &out->threads, why) &&
           number_read("WEBQUOTA_PATIENCE_MS", STORE_PATIENCE_MS, STORE_PATIENCE_LEAST_MS, STORE_PATIENCE_MOST_MS,
                       &out->patience_ms, why) &&
           prepare_read(&out->prepared, why) && secret_read("WEBQUOTA_SECRET_FILE", &out->secret, why) &&
           secret_read("WEBQUOTA_SHARED_SECRET_FILE", &out->shared_secret, why) &&
           callback_settings_read(&out->callbacks, why) &&
           folder_read("WEBQUOTA_TEMPLATES", "templates", &out->templates, why) &&
           folder_read("WEBQUOTA_STATIC", "static", &out->statics, why) && theme_read(&out->theme, why);
}

void settings_clear(Settings *settings)
{
    g_free(settings->database);
    g_free(settings->report_database);
    g_free(settings->secret);
    g_free(settings->shared_secret);
    g_free(settings->socket);
    g_free(settings->mount);
    g_free(settings->templates);
    g_free(settings->statics);
    g_free(settings->theme);
    callbacks_clear(&settings->callbacks);
    *settings = (Settings){0};
}
