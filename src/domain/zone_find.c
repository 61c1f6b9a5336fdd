/* Zones by name, out of the system's tz database (TZDIR, else /usr/share/zoneinfo). The
 * database is taken for a value: a zone is read once and stays as it is while the process lives. */
#include "domain/window.h"
#include "domain/zone.h"
#include <pthread.h>

#define ZONE_NAME_MAX 64
#define ZONE_FILE_MAX (1024 * 1024)

typedef struct {
    GTimeZone *handle;
    Zone *zone;
} Entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *by_name;   /* name to Entry */
static GHashTable *by_handle; /* GTimeZone to Entry; keeps a reference, so that no other gets its address */

/* What this thread asked for last: most ask for one zone over and over. */
static _Thread_local const GTimeZone *recent_handle;
static _Thread_local const Zone *recent_zone;

/* Names are paths of words; leap second and POSIX copies of the database, and files beside the zones, are not names. */
static bool name_is_plausible(const char *name)
{
    static const char *const others[] = {"posix/", "right/", "posixrules", "localtime"};
    if (!name || strlen(name) > ZONE_NAME_MAX)
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_str_has_prefix(name, others[i]))
            return false;
    bool word_begins = true;
    for (const char *c = name; *c; c++) {
        if (word_begins ? !g_ascii_isalpha(*c) : !g_ascii_isalnum(*c) && !strchr("_+-/", *c))
            return false;
        word_begins = *c == '/';
    }
    return !word_begins;
}

static Zone *zone_load(const char *name)
{
    if (!name_is_plausible(name))
        return NULL;
    const char *folder = g_getenv("TZDIR");
    g_autofree char *path = g_build_filename(folder && *folder ? folder : "/usr/share/zoneinfo", name, NULL);
    g_autofree char *data = NULL;
    gsize len = 0;
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents(path, &data, &len, NULL) && len <= ZONE_FILE_MAX) {
        Zone *zone = zone_read((const uint8_t *)data, len);
        if (zone)
            return zone;
    }
    return strcmp(name, "UTC") == 0 ? zone_fixed(0) : NULL;
}

/* Both with the lock held. */
static void tables_prepare(void)
{
    if (by_name)
        return;
    by_name = g_hash_table_new(g_str_hash, g_str_equal);
    by_handle = g_hash_table_new(NULL, NULL);
}

static Entry *entry_add(GTimeZone *handle, Zone *zone)
{
    Entry *entry = g_new(Entry, 1);
    *entry = (Entry){g_time_zone_ref(handle), zone};
    g_hash_table_insert(by_handle, handle, entry);
    return entry;
}

static Entry *entry_for_name(const char *name)
{
    Entry *entry = g_hash_table_lookup(by_name, name);
    if (entry)
        return entry;
    Zone *zone = zone_load(name);
    if (!zone)
        return NULL;
    g_autoptr(GTimeZone) handle = g_time_zone_new_identifier(name);
    if (!handle) {
        zone_free(zone);
        return NULL;
    }
    entry = g_hash_table_lookup(by_handle, handle);
    if (entry)
        zone_free(zone);
    else
        entry = entry_add(handle, zone);
    g_hash_table_insert(by_name, g_strdup(name), entry);
    return entry;
}

static Entry *entry_for_handle(GTimeZone *handle)
{
    if (!handle)
        return entry_for_name("UTC");
    Entry *entry = g_hash_table_lookup(by_handle, handle);
    if (entry)
        return entry;
    Zone *zone = zone_load(g_time_zone_get_identifier(handle));
    return entry_add(handle, zone ? zone : zone_fixed(g_time_zone_get_offset(handle, 0)));
}

GTimeZone *zone_find(const char *name)
{
    static _Thread_local char recent_name[ZONE_NAME_MAX + 1];
    static _Thread_local GTimeZone *recent;
    if (recent && name && strcmp(name, recent_name) == 0)
        return recent;
    if (!name_is_plausible(name))
        return NULL;
    pthread_mutex_lock(&lock);
    tables_prepare();
    Entry *entry = entry_for_name(name);
    pthread_mutex_unlock(&lock);
    if (!entry)
        return NULL;
    g_strlcpy(recent_name, name, sizeof recent_name);
    recent = entry->handle;
    return recent;
}

const Zone *zone_of(GTimeZone *handle)
{
    if (recent_zone && handle == recent_handle)
        return recent_zone;
    pthread_mutex_lock(&lock);
    tables_prepare();
    Entry *entry = entry_for_handle(handle);
    pthread_mutex_unlock(&lock);
    recent_handle = handle;
    recent_zone = entry->zone;
    return recent_zone;
}
