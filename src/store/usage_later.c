/* Callers who do not wait: web threads hand in whom they ask about and take the next request. A few threads read for all who are
 * there by then, by one statement, and have them answered one after the other: so a batch wakes one thread, not one for each.
 *
 * Who needs more than that statement says (overrides, grants, a new policy, reservations that are due) is read alone, by threads
 * that others need not wait for. */
#include "store/usage_rows.h"

#define TELLERS_MAX 4
#define LONERS_MAX 4
#define BATCH_MAX 64

typedef struct {
    UsageAsk ask;   /* its texts are owned */
    UsageThen then;
    void *data;
} Later;

/* Those who wait for the same threads, and these. */
typedef struct {
    GPtrArray *waiting;          /* of Later *, in the order in which they came */
    pthread_cond_t handed_in;
    int idle;
    bool stop;
    pthread_t threads[MAX(TELLERS_MAX, LONERS_MAX)];
    int count;
} Desk;

struct UsageTellers {
    Store *store;
    pthread_mutex_t lock;
    Desk together;
    Desk alone;                  /* for those who are read by themselves */
};

/* --- desks --- */

static void desk_hand_in(UsageTellers *tellers, Desk *desk, Later *later)
{
    pthread_mutex_lock(&tellers->lock);
    g_ptr_array_add(desk->waiting, later);
    bool wake = desk->idle > 0;
    pthread_mutex_unlock(&tellers->lock);
    if (wake)
        pthread_cond_signal(&desk->handed_in);
}

/* Waits for some, and takes `most` of them. NULL: it is time to stop. */
static GPtrArray *desk_take(UsageTellers *tellers, Desk *desk, guint most)
{
    GPtrArray *taken = NULL;
    pthread_mutex_lock(&tellers->lock);
    while (!desk->waiting->len && !desk->stop) {
        desk->idle++;
        pthread_cond_wait(&desk->handed_in, &tellers->lock);
        desk->idle--;
    }
    guint count = MIN(desk->waiting->len, most);
    if (count > 0) {
        taken = g_ptr_array_sized_new(count);
        for (guint i = 0; i < count; i++)
            g_ptr_array_add(taken, desk->waiting->pdata[i]);
        g_ptr_array_remove_range(desk->waiting, 0, count);
    }
    pthread_mutex_unlock(&tellers->lock);
    return taken;
}

static void desk_open(UsageTellers *tellers, Desk *desk, int wanted, void *(*body)(void *))
{
    pthread_cond_init(&desk->handed_in, NULL);
    desk->waiting = g_ptr_array_new();
    while (desk->count < wanted && pthread_create(&desk->threads[desk->count], NULL, body, tellers) == 0)
        desk->count++;
}

static void desk_close(UsageTellers *tellers, Desk *desk)
{
    pthread_mutex_lock(&tellers->lock);
    desk->stop = true;
    pthread_cond_broadcast(&desk->handed_in);
    pthread_mutex_unlock(&tellers->lock);
    for (int i = 0; i < desk->count; i++)
        pthread_join(desk->threads[i], NULL);
    g_ptr_array_unref(desk->waiting);
    pthread_cond_destroy(&desk->handed_in);
}

/* --- answering --- */

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

static void read_alone(Store *store, Later *later)
{
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
        desk_hand_in(tellers, &tellers->alone, later);
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

static void *teller_main(void *data)
{
    UsageTellers *tellers = data;
    GPtrArray *batch;
    while ((batch = desk_take(tellers, &tellers->together, BATCH_MAX))) {
        tell(tellers, batch);
        g_ptr_array_unref(batch);
    }
    return NULL;
}

static void *loner_main(void *data)
{
    UsageTellers *tellers = data;
    GPtrArray *one;
    while ((one = desk_take(tellers, &tellers->alone, 1))) {
        read_alone(tellers->store, one->pdata[0]);
        g_ptr_array_unref(one);
    }
    return NULL;
}

/* Without a thread for each of the two, callers read for themselves. */
static UsageTellers *tellers_start(Store *store)
{
    UsageTellers *tellers = g_new0(UsageTellers, 1);
    tellers->store = store;
    pthread_mutex_init(&tellers->lock, NULL);
    desk_open(tellers, &tellers->alone, CLAMP(store->config.readers, 1, LONERS_MAX), loner_main);
    desk_open(tellers, &tellers->together, tellers->alone.count ? CLAMP((int)g_get_num_processors(), 1, TELLERS_MAX) : 0,
              teller_main);
    return tellers;
}

void usage_tellers_stop(UsageTellers *tellers)
{
    if (!tellers)
        return;
    desk_close(tellers, &tellers->together);
    desk_close(tellers, &tellers->alone);
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
    if (tellers->together.count)
        desk_hand_in(tellers, &tellers->together, later);
    else
        read_alone(store, later);
}
