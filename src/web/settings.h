/* What the FastCGI program is told by its environment. */
#ifndef WEBQUOTA_SETTINGS_H
#define WEBQUOTA_SETTINGS_H

#include "base/log.h"
#include "domain/callback.h"

typedef struct {
    char *database;       /* DATABASE_URL */
    char *report_database; /* WEBQUOTA_REPORT_DATABASE_URL: a read replica for reports; NULL: none */
    char *secret;         /* of signed assertions, from WEBQUOTA_SECRET_FILE; NULL: none are accepted */
    char *shared_secret;  /* from WEBQUOTA_SHARED_SECRET_FILE; NULL: requests need not carry it */
    char *socket;         /* WEBQUOTA_SOCKET: a path, or HOST:PORT; NULL: the inherited one */
    char *mount;          /* WEBQUOTA_MOUNT: where its pages are, for links from an authorizer's refusal; default "/quota" */
    int threads;          /* WEBQUOTA_THREADS, 1 to 256; default 64 */
    int patience_ms;      /* WEBQUOTA_PATIENCE_MS: how long a request waits for the database at most, 500 to 60000; default 1300 */
    char *templates;      /* WEBQUOTA_TEMPLATES: a folder */
    char *statics;        /* WEBQUOTA_STATIC: a folder */
    char *theme;          /* WEBQUOTA_THEME: a folder whose files come before those of the two; NULL: none */
    bool prepared;        /* unless WEBQUOTA_PREPARE=off: a pooler in transaction mode stands between */
    Callbacks callbacks;  /* WEBQUOTA_CALLBACKS, WEBQUOTA_CALLBACK_SECRETS_FILE, _TRIES (1 to 20; default 10), _TIMEOUT_S (1 to 300;
                           * default 30); no list: there are none */
    LogLevel log;         /* WEBQUOTA_LOG: error, warning, notice (the default), info, debug */
} Settings;

/* Reads the environment. False: *why (new string) says which variable is wrong, and how. */
bool settings_read(Settings *out, char **why) MUST_CHECK;
void settings_clear(Settings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Settings, settings_clear)

#endif
