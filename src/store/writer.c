/* The one connection by which administration writes: whose turn it is, and single changes. */
#include "store/store_internal.h"
#include "say/say.h"
#include "store/ledger_own.h"

#define WRITER_WAIT_US (3600 * INT64_C(1000000)) /* at once */

/* The last answer from the database, by this connection or one of those that tell its time. */
static int64_t heard_us(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    int64_t clock_us = store->clock_heard_us;
    pthread_mutex_unlock(&store->clock_lock);
    return MAX(clock_us, store->writer_heard_us);
}

bool store_writer_take(Store *store)
{
    int64_t since = g_get_monotonic_time(), patience_us = store->config.listen ? store_patience_us(store) : INT64_MAX / 2;
    pthread_mutex_lock(&store->writer_lock);
    while (store->writer_taken) {
        int64_t left_us = MAX(since, heard_us(store)) + patience_us - g_get_monotonic_time();
        struct timespec until = ledger_in_us(CLAMP(left_us, 0, WRITER_WAIT_US));
        if (left_us <= 0)
            break;
        pthread_cond_timedwait(&store->writer_free, &store->writer_lock, &until);
    }
    bool got = !store->writer_taken;
    store->writer_taken = true;
    pthread_mutex_unlock(&store->writer_lock);
    return got;
}

int64_t store_writer_until(const Store *store, int64_t came_us, int64_t us)
{
    return MAX(came_us + us, g_get_monotonic_time() + store_patience_us(store) / 2);
}

bool store_writer_try(Store *store)
{
    pthread_mutex_lock(&store->writer_lock);
    bool got = !store->writer_taken;
    store->writer_taken = true;
    pthread_mutex_unlock(&store->writer_lock);
    return got;
}

void store_writer_give(Store *store)
{
    store->writer.deadline_us = 0;
    pthread_mutex_lock(&store->writer_lock);
    store->writer_taken = false;
    pthread_cond_signal(&store->writer_free);
    pthread_mutex_unlock(&store->writer_lock);
}

void store_writer_heard(Store *store)
{
    pthread_mutex_lock(&store->writer_lock);
    store->writer_heard_us = g_get_monotonic_time();
    pthread_mutex_unlock(&store->writer_lock);
}

/* --- single changes --- */

#define WRITE_TRIES 3

/* *made: what became of it where it comes to nothing. */
static DbResult write_once(Store *store, Query query, const Params *params, PGresult **rows, StoreMade *made)
{
    *made = STORE_NOT_MADE;
    DbResult result = db_run(&store->writer, QUERY_BEGIN, NULL, NULL);
    if (result == DB_LOST) /* the connection may have been lost long ago */
        result = db_run(&store->writer, QUERY_BEGIN, NULL, NULL);
    if (result == DB_OK)
        result = db_run(&store->writer, query, params, rows);
    if (result == DB_OK) {
        result = db_run(&store->writer, QUERY_COMMIT, NULL, NULL);
        *made = result == DB_LOST ? STORE_MAYBE_MADE : STORE_NOT_MADE;
    }
    if (result == DB_OK) {
        store_writer_heard(store);
        return result;
    }
    if (rows)
        g_clear_pointer(rows, PQclear);
    if (store->writer.connection && db_run(&store->writer, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        db_close_connection(&store->writer);
    return result;
}

/* The connection is administration's, whose turn may take a moment; who waits for a page does not wait for long. */
StoreResult store_write(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    DbResult result = DB_RETRY;
    StoreMade made = STORE_NOT_MADE;
    int64_t came_us = g_get_monotonic_time();
    if (!store_writer_take(store))
        return store_made(store_fail(error, STORE_DOWN, NULL, SAY_DATABASE, SAY_NO_ANSWER), made, error);
    store->writer.deadline_us = store->config.listen ? store_writer_until(store, came_us, store_read_us(store)) : 0;
    for (int i = 0; i < WRITE_TRIES && result == DB_RETRY; i++)
        result = write_once(store, query, params, rows, &made);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_made(store_down(error, &store->writer), made, error);
    store_writer_give(store);
    return outcome;
}

StoreResult store_write_alone(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    if (!store_writer_take(store))
        return store_fail(error, STORE_DOWN, NULL, SAY_DATABASE, SAY_NO_ANSWER);
    int patience_ms = store->writer.patience_ms;
    store->writer.patience_ms = MAX(DB_PATIENCE_MS, patience_ms);
    DbResult result = db_run(&store->writer, query, params, rows);
    if (result == DB_LOST)
        result = db_run(&store->writer, query, params, rows);
    store->writer.patience_ms = patience_ms;
    if (result == DB_OK)
        store_writer_heard(store);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, &store->writer);
    store_writer_give(store);
    return outcome;
}

#define NOTE_US 200000

void store_note(Store *store, Query query, const Params *params)
{
    if (!store_writer_try(store))
        return;
    Db *db = &store->writer;
    db->deadline_us = g_get_monotonic_time() + NOTE_US;
    db_queue(db, QUERY_COMMIT_RELAXED, NULL, NULL);
    db_queue(db, query, params, NULL);
    if (db_sync(db) == DB_LOST)
        db->failed_at_us = 0; /* or whoever has something to change next would be turned away for a note's sake */
    store_writer_give(store);
}
