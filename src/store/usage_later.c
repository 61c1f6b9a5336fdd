/* Callers who do not wait: web threads hand in whom they ask about and take the next request. A few threads read for all who are
 * there by then, by one statement, and have them answered one after the other: so a batch wakes one thread, not one for each.
 *
 * Who needs more than that statement says (overrides, grants, a new policy, reservations that are due) is read alone, by threads
 * that others need not wait for. */
#include "store/usage_rows.h"

#define TELLERS_MAX 4
#define BATCH_MAX 64

typedef struct {
    UsageAsk ask;   /* its texts are owned */
    UsageThen then;
    void *data;
} Later;

struct UsageTellers {
    Store *store;
    pthread_mutex_t lock;
    pthread_cond_t handed_in;
    GPtrArray *waiting;          /* of Later *, in the order in which they came */
    int idle;
    bool stop;
    pthread_t threads[TELLERS_MAX];
    int count;
    GThreadPool *alone;          /* of Later *: those who are read by themselves */
};

static void later_free(Later *later)
{
    g_free((char *)later->ask.subject);
    g_free((char *)later->ask.feature);
    g_free(later);
}

static void later_end(Later *later, StoreResult result, UsageRead *read, const StoreError *error)
{
    later->then(later->data, result, read, error);
    later_free(later);
}

static void read_alone(gpointer data, gpointer store)
{
    Later *later = data;
    g_auto(StoreError) error = { 0 };
    UsageRead *read = NULL;
    StoreResult result = usage_read_alone(store, &later->ask, &read, &error);
    later_end(later, result, read, &error);
}

/* Answers one from the rows that are its own. */
static void tell_one(UsageTellers *tellers, Policy *policy, Later *later, const PGresult *rows, const int *first)
{
    g_auto(StoreError) error = { 0 };
    UsageRead *read = NULL;
    StoreResult result = STORE_OK;
    if (usage_from_rows(tellers->store, policy, &later->ask, rows, first[0], first[1] - first[0], &read, &result, &error))
        later_end(later, result, read, &error);
    else
        g_thread_pool_push(tellers->alone, later, NULL);
}

static void tell(UsageTellers *tellers, const GPtrArray *batch)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(GPtrArray) keys = g_ptr_array_sized_new(batch->len);
    int first[BATCH_MAX + 1];
    int64_t until_us = ((const Later *)batch->pdata[batch->len - 1])->ask.until_us;
    for (guint i = 0; i < batch->len; i++) {
        const Later *later = batch->pdata[i];
        until_us = MIN(until_us, later->ask.until_us);
        g_ptr_array_add(keys, (char *)later->ask.subject);
    }
    bool read = store_policy(tellers->store, &policy, &error) == STORE_OK &&
                usage_rows_read(tellers->store, policy, keys, until_us, &rows, first, &error) == DB_OK;
    for (guint i = 0; i < batch->len; i++) {
        if (read)
            tell_one(tellers, policy, batch->pdata[i], rows, first + i);
        else
            later_end(batch->pdata[i], STORE_DOWN, NULL, &error);
    }
}

/* With the lock held: what others may do at the same time is left to them. NULL: it is time to stop. */
static GPtrArray *take_waiting(UsageTellers *tellers)
{
    while (!tellers->waiting->len && !tellers->stop) {
        tellers->idle++;
        pthread_cond_wait(&tellers->handed_in, &tellers->lock);
        tellers->idle--;
    }
    if (!tellers->waiting->len)
        return NULL;
    guint count = MIN(tellers->waiting->len, BATCH_MAX);
    GPtrArray *taken = g_ptr_array_sized_new(count);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(taken, tellers->waiting->pdata[i]);
    g_ptr_array_remove_range(tellers->waiting, 0, count);
    return taken;
}

static void *teller_main(void *data)
{
    UsageTellers *tellers = data;
    for (;;) {
        pthread_mutex_lock(&tellers->lock);
        g_autoptr(GPtrArray) batch = take_waiting(tellers);
        pthread_mutex_unlock(&tellers->lock);
        if (!batch)
            return NULL;
        tell(tellers, batch);
    }
}

static UsageTellers *tellers_start(Store *store)
{
    UsageTellers *tellers = g_new0(UsageTellers, 1);
    int wanted = CLAMP((int)g_get_num_processors(), 1, TELLERS_MAX);
    tellers->store = store;
    pthread_mutex_init(&tellers->lock, NULL);
    pthread_cond_init(&tellers->handed_in, NULL);
    tellers->waiting = g_ptr_array_new();
    tellers->alone = g_thread_pool_new(read_alone, store, store->config.readers, FALSE, NULL);
    while (tellers->count < wanted && pthread_create(&tellers->threads[tellers->count], NULL, teller_main, tellers) == 0)
        tellers->count++;
    return tellers;
}

void usage_tellers_stop(UsageTellers *tellers)
{
    if (!tellers)
        return;
    pthread_mutex_lock(&tellers->lock);
    tellers->stop = true;
    pthread_cond_broadcast(&tellers->handed_in);
    pthread_mutex_unlock(&tellers->lock);
    for (int i = 0; i < tellers->count; i++)
        pthread_join(tellers->threads[i], NULL);
    g_thread_pool_free(tellers->alone, FALSE, TRUE);
    g_ptr_array_unref(tellers->waiting);
    pthread_cond_destroy(&tellers->handed_in);
    pthread_mutex_destroy(&tellers->lock);
    g_free(tellers);
}

static UsageTellers *tellers_of(Store *store)
{
    pthread_mutex_lock(&store->tellers_lock);
    if (!store->tellers)
        store->tellers = tellers_start(store);
    UsageTellers *tellers = store->tellers;
    pthread_mutex_unlock(&store->tellers_lock);
    return tellers;
}

void store_usage_later(Store *store, const char *subject, const char *feature, bool with_unlisted, UsageThen then, void *data)
{
    UsageTellers *tellers = tellers_of(store);
    Later *later = g_new(Later, 1);
    *later = (Later){ .ask = { g_strdup(subject), g_strdup(feature), with_unlisted, usage_until(store) }, .then = then, .data = data };
    if (!tellers->count) {
        read_alone(later, store);
        return;
    }
    pthread_mutex_lock(&tellers->lock);
    g_ptr_array_add(tellers->waiting, later);
    bool wake = tellers->idle > 0;
    pthread_mutex_unlock(&tellers->lock);
    if (wake)
        pthread_cond_signal(&tellers->handed_in);
}
