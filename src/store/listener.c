/* Hears of changes made by other processes: an applied policy, an override, a revoked key. Where nothing can be heard
 * (a pooler, a lost connection), what is remembered is remembered for one second at most. */
#include "store/store_internal.h"

/* A connection that says nothing may be one that a wall in between has forgotten: so it is asked now and then. */
#define PROVE_US (2 * US_PER_S)
#define PROVE_PATIENCE_MS 2000

/* `keys`: also of keys, whose last word is kept for as long as there is no other. */
static void heard_change(Store *store, bool keys)
{
    store_policy_look_again(store);
    if (keys) {
        keys_forget(store);
        sessions_forget(store);
    }
    ledger_forget(store);
}

static bool stopping(Store *store)
{
    pthread_mutex_lock(&store->policy_lock);
    bool stop = store->listener_stop;
    pthread_mutex_unlock(&store->policy_lock);
    return stop;
}

static void *listener_main(void *data)
{
    Store *store = data;
    Db db;
    db_init(&db, store->database, true, false);
    db.patience_ms = PROVE_PATIENCE_MS;
    bool listening = false;
    int64_t proved_us = 0;
    while (!stopping(store)) {
        if (!db.connection)
            listening = false;
        if (!listening) {
            listening = db_run(&db, QUERY_LISTEN, NULL, NULL) == DB_OK;
            proved_us = g_get_monotonic_time();
            heard_change(store, listening); /* whatever was announced while nobody listened */
            if (!listening) {
                g_usleep(250000);
                continue;
            }
        }
        g_autoptr(GPtrArray) payloads = g_ptr_array_new_with_free_func(g_free);
        if (db_listen_wait(&db, 250, payloads)) {
            heard_change(store, true);
        } else if (db.connection && g_get_monotonic_time() - proved_us > PROVE_US) {
            listening = db_run(&db, QUERY_CLOCK, NULL, NULL) == DB_OK;
            proved_us = g_get_monotonic_time();
        }
    }
    db_close(&db);
    return NULL;
}

void listener_start(Store *store)
{
    if (store->config.listen && store->config.prepared)
        store->listening = pthread_create(&store->listener, NULL, listener_main, store) == 0;
}

void listener_stop(Store *store)
{
    if (!store->listening)
        return;
    pthread_mutex_lock(&store->policy_lock);
    store->listener_stop = true;
    pthread_mutex_unlock(&store->policy_lock);
    pthread_join(store->listener, NULL);
}
