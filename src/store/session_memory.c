/* Sessions that were found good, remembered for a second, so that no request asks the database about its reader. Who ends one
 * in this process ends it at once, also for those who are looking it up meanwhile; a notice empties the memory, and the second bounds it in
 * any case. While the database cannot
 * be asked, the last word about a session holds until it would end by itself. */
#include "store/session_internal.h"

#define REMEMBER_US 1000000
#define KEPT_MOST 4096

typedef struct {
    Session session;
    SessionTimes times;
    int64_t seen_us;
} Known;

static guint hash_of(gconstpointer key)
{
    guint hash = 0;
    for (const char *at = key; at < (const char *) key + 8; at++)
        hash = hash << 4 ^ (guint) g_ascii_xdigit_value(*at);
    return hash;
}

static void known_free(gpointer data)
{
    Known *known = data;
    session_clear(&known->session);
    g_free(known);
}

void session_copy(Session *to, const Session *from)
{
    *to = *from;
    to->account = g_strdup(from->account);
    to->subject = g_strdup(from->subject);
}

static bool recall(Store *store, const char *hash, Session *session, int64_t for_us)
{
    Instant now = store_now(store);
    pthread_mutex_lock(&store->sessions_lock);
    const Known *known = store->sessions ? g_hash_table_lookup(store->sessions, hash) : NULL;
    bool good = known && g_get_monotonic_time() - known->seen_us < for_us && session_is_alive(&known->times, now);
    if (good)
        session_copy(session, &known->session);
    pthread_mutex_unlock(&store->sessions_lock);
    return good;
}

bool sessions_recall(Store *store, const char *hash, Session *session)
{
    return recall(store, hash, session, REMEMBER_US);
}

bool sessions_recall_last(Store *store, const char *hash, Session *session)
{
    return recall(store, hash, session, SESSION_IDLE_US);
}

static gboolean is_stale(gpointer hash, gpointer value, gpointer before_us)
{
    (void) hash;
    return ((const Known *) value)->seen_us < *(const int64_t *) before_us;
}

unsigned sessions_ended(Store *store)
{
    pthread_mutex_lock(&store->sessions_lock);
    unsigned ended = store->sessions_ended;
    pthread_mutex_unlock(&store->sessions_lock);
    return ended;
}

void sessions_remember(Store *store, const Session *session, const SessionTimes *times, unsigned ended)
{
    Known *known = g_new0(Known, 1);
    session_copy(&known->session, session);
    known->times = *times;
    known->seen_us = g_get_monotonic_time();
    int64_t before_us = known->seen_us - REMEMBER_US;
    pthread_mutex_lock(&store->sessions_lock);
    if (!store->sessions)
        store->sessions = g_hash_table_new_full(hash_of, g_str_equal, NULL, known_free);
    if (g_hash_table_size(store->sessions) >= KEPT_MOST)
        g_hash_table_foreach_remove(store->sessions, is_stale, &before_us);
    if (g_hash_table_size(store->sessions) >= KEPT_MOST)
        g_hash_table_remove_all(store->sessions);
    if (ended == store->sessions_ended)
        g_hash_table_replace(store->sessions, known->session.hash, known);
    else
        known_free(known);
    pthread_mutex_unlock(&store->sessions_lock);
}

void sessions_forget_one(Store *store, const char *hash, bool known)
{
    pthread_mutex_lock(&store->sessions_lock);
    bool was = store->sessions && g_hash_table_remove(store->sessions, hash);
    store->sessions_ended += was || !known;
    pthread_mutex_unlock(&store->sessions_lock);
}

void sessions_forget(Store *store)
{
    pthread_mutex_lock(&store->sessions_lock);
    store->sessions_ended++;
    if (store->sessions)
        g_hash_table_remove_all(store->sessions);
    pthread_mutex_unlock(&store->sessions_lock);
}
