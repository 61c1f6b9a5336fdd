/* One thread, asleep unless somebody is sent for.
 *
 * What it read may be older than what a batch has left in the memory meanwhile. So it only tells of those of whom the memory
 * has no word at all: a batch that is under way writes its own over it when it is done.
 */
#include "store/scout.h"

#include "store/store_internal.h"

/* Of all patience: nothing depends on it, but the next batch waits for it. */
#define READ_SHARE 3

struct Scout {
    const Store *store;
    Memory *memory;
    Db db;
    unsigned generation; /* of the memory, when the connection was made */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake, done;
    GPtrArray *wanted;   /* of char *: the keys of those to be read */
    bool reading, stop;
};

/* The counters that are shared within the organizations of these rows of subjects_fetch. */
static DbResult read_shared(Scout *scout, const GArray *accounts)
{
    g_auto(Params) params = params_new();
    params_numbers(&params, accounts);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(&scout->db, QUERY_SHARED_OF, &params, &rows);
    if (result != DB_OK)
        return result;
    g_autoptr(SharedSet) set = shared_set_new();
    for (int row = 0; row < PQntuples(rows); row++)
        shared_set_want(set, result_number(rows, row, 0), result_number(rows, row, 1), result_text(rows, row, 2));
    shared_set_read(set, rows);
    GHashTableIter iter;
    gpointer counter;
    g_hash_table_iter_init(&iter, set->by_key);
    while (g_hash_table_iter_next(&iter, &counter, NULL))
        if (((SharedCounter *)counter)->found)
            memory_hear_shared(scout->memory, scout->generation, counter);
    return DB_OK;
}

/* When the ledger has found another server, which may know other things, this must not go on with the old one. */
static void follow(Scout *scout)
{
    unsigned generation = memory_generation(scout->memory);
    if (generation != scout->generation)
        db_close_connection(&scout->db);
    scout->generation = generation;
}

static void read_ahead(Scout *scout, const GPtrArray *keys)
{
    follow(scout);
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    scout->db.deadline_us = g_get_monotonic_time() + store_patience_us(scout->store) / READ_SHARE;
    if (db_run(&scout->db, QUERY_SUBJECTS_FETCH, &params, &rows) != DB_OK)
        return;
    for (int row = 0; row < PQntuples(rows); row++) {
        /* Those with overrides and grants are not remembered. */
        SubjectState *state = result_bool(rows, row, 16) ? NULL : subject_state_new(rows, row);
        if (!state)
            continue;
        memory_hear_subject(scout->memory, scout->generation, state);
        if (state->organization)
            g_array_append_val(accounts, state->account_id);
        subject_state_free(state);
    }
    DbResult result = accounts->len ? read_shared(scout, accounts) : DB_OK;
    (void)result;
}

static void *scout_main(void *data)
{
    Scout *scout = data;
    pthread_mutex_lock(&scout->lock);
    for (;;) {
        while (!scout->wanted->len && !scout->stop)
            pthread_cond_wait(&scout->wake, &scout->lock);
        if (scout->stop)
            break;
        g_autoptr(GPtrArray) keys = g_steal_pointer(&scout->wanted);
        scout->wanted = g_ptr_array_new_with_free_func(g_free);
        scout->reading = true;
        pthread_mutex_unlock(&scout->lock);
        read_ahead(scout, keys);
        pthread_mutex_lock(&scout->lock);
        scout->reading = false;
        pthread_cond_signal(&scout->done);
    }
    pthread_mutex_unlock(&scout->lock);
    return NULL;
}

Scout *scout_new(Store *store, Memory *memory)
{
    if (!store->config.prepared || !store->config.listen)
        return NULL;
    Scout *scout = g_new0(Scout, 1);
    scout->store = store;
    scout->memory = memory;
    /* It only reads, but the same rows by the same statement as the ledger, so with the ledger's settings. */
    db_init(&scout->db, store->database, true, true);
    pthread_mutex_init(&scout->lock, NULL);
    pthread_cond_init(&scout->wake, NULL);
    pthread_cond_init(&scout->done, NULL);
    scout->wanted = g_ptr_array_new_with_free_func(g_free);
    if (pthread_create(&scout->thread, NULL, scout_main, scout) == 0)
        return scout;
    scout->thread = 0;
    scout_free(scout);
    return NULL;
}

void scout_free(Scout *scout)
{
    if (!scout)
        return;
    pthread_mutex_lock(&scout->lock);
    scout->stop = true;
    pthread_cond_signal(&scout->wake);
    pthread_mutex_unlock(&scout->lock);
    if (scout->thread)
        pthread_join(scout->thread, NULL);
    db_close(&scout->db);
    g_ptr_array_unref(scout->wanted);
    pthread_mutex_destroy(&scout->lock);
    pthread_cond_destroy(&scout->wake);
    pthread_cond_destroy(&scout->done);
    g_free(scout);
}

void scout_send(Scout *scout, const char *subject)
{
    if (!scout || memory_has(scout->memory, subject))
        return;
    pthread_mutex_lock(&scout->lock);
    g_ptr_array_add(scout->wanted, g_strdup(subject));
    if (!scout->reading)
        pthread_cond_signal(&scout->wake);
    pthread_mutex_unlock(&scout->lock);
}

void scout_await(Scout *scout)
{
    if (!scout)
        return;
    pthread_mutex_lock(&scout->lock);
    g_ptr_array_set_size(scout->wanted, 0);
    while (scout->reading)
        pthread_cond_wait(&scout->done, &scout->lock);
    pthread_mutex_unlock(&scout->lock);
}
