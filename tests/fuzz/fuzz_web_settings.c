/* Fuzzes the settings: WEBQUOTA_MOUNT, _THREADS, _LOG, _PREPARE, DATABASE_URL and WEBQUOTA_PATIENCE_MS, one a line. Settings
 * that are read can be used; of others it is said which is wrong. Files are named by none of them. */
#include "fuzz.h"

#include "store/store.h"
#include "web/settings.h"

static void check_good(const Settings *settings)
{
    HOLDS(settings->threads >= 1 && settings->threads <= 256);
    HOLDS(settings->patience_ms >= STORE_PATIENCE_LEAST_MS && settings->patience_ms <= STORE_PATIENCE_MOST_MS);
    HOLDS(settings->log >= LOG_LEVEL_ERROR && settings->log <= LOG_LEVEL_DEBUG);
    HOLDS(*settings->database && !settings->secret);
    /* It stands in addresses and in HTML as it is. */
    HOLDS(!*settings->mount || (settings->mount[0] == '/' && settings->mount[1] && settings->mount[1] != '/'));
    HOLDS(!strpbrk(settings->mount, "<>\"'&? \\#%") && !g_str_has_suffix(settings->mount, "/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const names[] = {"WEBQUOTA_MOUNT", "WEBQUOTA_THREADS", "WEBQUOTA_LOG", "WEBQUOTA_PREPARE", "DATABASE_URL",
                                        "WEBQUOTA_PATIENCE_MS"};
    Rest rest = {bytes, bytes + size};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = rest_line(&rest);
        g_setenv(names[i], value, TRUE);
    }
    g_auto(Settings) settings = {0};
    g_autofree char *why = NULL;
    if (settings_read(&settings, &why)) {
        HOLDS(!why);
        check_good(&settings);
    } else {
        HOLDS(g_str_has_prefix(why, "WEBQUOTA_") || g_str_has_prefix(why, "DATABASE_URL"));
    }
    return 0;
}
