/* Who asks while nobody is at it leads: takes all who wait by then, reads for them, and has the first of those who came meanwhile
 * lead next. So one statement after the other runs on one connection, each for all who came during the last, and nobody waits for
 * company.
 *
 * Whoever waits has a semaphore of its own, posted once: when its rows are there, or when it is to lead. Patience ends while it
 * waits in the queue, or while others read for it: then it takes itself out of there. */
#include "store/usage_batch.h"

#include <errno.h>
#include <semaphore.h>

#define BATCH_MAX 64

typedef enum { STAGE_WAITS, STAGE_LEADS, STAGE_TAKEN, STAGE_DONE } Stage;

typedef struct Batch Batch;

typedef struct {
    const char *key;
    const Policy *policy;
    Stage stage;      /* under the queue's lock */
    sem_t posted;     /* once */
    GList link;       /* in the queue */
    Batch *batch;     /* from STAGE_TAKEN on */
    int place;        /* in it */
    DbResult result;
    UsageRows *rows;
    StoreError *error;
} Ask;

struct UsageQueue {
    pthread_mutex_t lock;
    GQueue waiting;   /* of Ask */
    bool led;         /* somebody leads */
};

struct Batch {
    Ask *asks[BATCH_MAX]; /* NULL: it could not wait; under the lock */
    int count;
    Params params;
    PGresult **held;      /* the result, counted */
    StoreError error;
};

UsageQueue *usage_queue_new(void)
{
    UsageQueue *queue = g_new0(UsageQueue, 1);
    pthread_mutex_init(&queue->lock, NULL);
    g_queue_init(&queue->waiting);
    return queue;
}

void usage_queue_free(UsageQueue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    g_free(queue);
}

/* --- results that several look at --- */

static void held_clear(gpointer held)
{
    PQclear(*(PGresult **)held);
}

void usage_rows_clear(UsageRows *rows)
{
    if (rows->held)
        g_atomic_rc_box_release_full(rows->held, held_clear);
    *rows = (UsageRows){ 0 };
}

/* --- one batch --- */

/* Slots of counters that subjects share; whether there are any outside of organizations. */
static bool slots_find(const Policy *policy, GArray *slots)
{
    bool beyond = false;
    for (int i = 0; i < policy->plan_count; i++) {
        for (int j = 0; j < policy->plans[i].limit_count; j++) {
            const Limit *limit = &policy->plans[i].limits[j];
            int64_t slot = limit->slot;
            if (limit->scope == SCOPE_SUBJECT)
                continue;
            g_array_append_val(slots, slot);
            beyond |= limit->scope != SCOPE_ORGANIZATION;
        }
    }
    return beyond;
}

/* Copies what the statement needs: those who asked may leave. */
static void batch_params(Batch *batch, const Policy *policy)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_sized_new((guint)batch->count);
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < batch->count; i++)
        g_ptr_array_add(keys, (char *)batch->asks[i]->key);
    bool beyond = slots_find(policy, slots);
    batch->params = params_new();
    params_texts(&batch->params, keys);
    params_numbers(&batch->params, slots);
    params_text(&batch->params, beyond ? "0" : NULL);
}

/* With the lock held: its own, and all those who go by the same policy, up to a bound. */
static void batch_take(Batch *batch, UsageQueue *queue, Ask *own)
{
    batch->asks[batch->count++] = own;
    for (GList *link = queue->waiting.head, *next; link && batch->count < BATCH_MAX; link = next) {
        Ask *ask = link->data;
        next = link->next;
        if (ask->policy != own->policy)
            continue;
        g_queue_unlink(&queue->waiting, link);
        ask->stage = STAGE_TAKEN;
        ask->batch = batch;
        ask->place = batch->count;
        batch->asks[batch->count++] = ask;
    }
    batch_params(batch, own->policy);
}

/* A connection that was closed while it was idle is found out here: a second attempt is made on a new one. */
static DbResult batch_read(Batch *batch, Store *store, int64_t us)
{
    PGresult *rows = NULL;
    Db *db = store_reader_take_for(store, us);
    DbResult result = DB_LOST;
    for (int attempt = 0; attempt < 2 && result == DB_LOST; attempt++)
        result = db_run(db, QUERY_USAGE_READ, &batch->params, &rows);
    if (result != DB_OK)
        store_down(&batch->error, db);
    store_reader_give(store, db);
    if (result == DB_OK && PQntuples(rows) > 0)
        store_clock_heard(store, result_number(rows, 0, USAGE_NOW));
    if (result == DB_OK) {
        batch->held = g_atomic_rc_box_new(PGresult *);
        *batch->held = rows;
    }
    return result;
}

/* Where each one's rows are: they come in the order of the keys. */
static void batch_places(const Batch *batch, int *first)
{
    const PGresult *rows = *batch->held;
    int count = PQntuples(rows), place = 0;
    for (int row = 0; row < count; row++)
        for (int64_t at = result_number(rows, row, USAGE_PLACE) - 1; place <= at && place < batch->count;)
            first[place++] = row;
    while (place <= batch->count)
        first[place++] = count;
}

/* With the lock held: what came of it goes to those who are still there. */
static void batch_hand_out(Batch *batch, DbResult result, const int *first)
{
    for (int i = 0; i < batch->count; i++) {
        Ask *ask = batch->asks[i];
        if (!ask)
            continue;
        ask->stage = STAGE_DONE;
        ask->result = result;
        if (result == DB_OK)
            *ask->rows = (UsageRows){ g_atomic_rc_box_acquire(batch->held), *batch->held, first[i], first[i + 1] - first[i] };
        else
            store_fail(ask->error, STORE_DOWN, NULL, "%s", batch->error.detail);
    }
}

static Ask *next_leader(UsageQueue *queue)
{
    GList *link = g_queue_pop_head_link(&queue->waiting);
    queue->led = link != NULL;
    if (!link)
        return NULL;
    Ask *next = link->data;
    next->stage = STAGE_LEADS;
    return next;
}

/* Reads for itself and those who wait. */
static void lead(Store *store, Ask *own, int64_t us)
{
    UsageQueue *queue = store->usage;
    Batch batch = { .count = 0 };
    int first[BATCH_MAX + 1];
    pthread_mutex_lock(&queue->lock);
    batch_take(&batch, queue, own);
    pthread_mutex_unlock(&queue->lock);
    DbResult result = batch_read(&batch, store, us);
    if (result == DB_OK)
        batch_places(&batch, first);

    pthread_mutex_lock(&queue->lock);
    batch_hand_out(&batch, result, first);
    Ask *next = next_leader(queue);
    pthread_mutex_unlock(&queue->lock);
    if (next)
        sem_post(&next->posted);
    /* Nobody leaves who is done, before it was posted. */
    for (int i = 1; i < batch.count; i++)
        if (batch.asks[i])
            sem_post(&batch.asks[i]->posted);
    usage_rows_clear(&(UsageRows){ .held = batch.held });
    params_clear(&batch.params);
    store_error_clear(&batch.error);
}

/* --- waiting --- */

static void lead_on(UsageQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    Ask *next = next_leader(queue);
    pthread_mutex_unlock(&queue->lock);
    if (next)
        sem_post(&next->posted);
}

/* Patience has ended. False: it was posted, or will be in a moment. */
static bool give_up(UsageQueue *queue, Ask *ask)
{
    pthread_mutex_lock(&queue->lock);
    bool gone = ask->stage == STAGE_WAITS || ask->stage == STAGE_TAKEN;
    if (ask->stage == STAGE_WAITS)
        g_queue_unlink(&queue->waiting, &ask->link);
    else if (gone)
        ask->batch->asks[ask->place] = NULL;
    pthread_mutex_unlock(&queue->lock);
    return gone;
}

/* False: nothing came of it in time. */
static bool wait_for_post(UsageQueue *queue, Ask *ask, bool patient)
{
    int64_t until_us = g_get_real_time() + STORE_READ_US;
    struct timespec until = { .tv_sec = until_us / US_PER_S, .tv_nsec = until_us % US_PER_S * 1000 };
    while ((patient ? sem_wait(&ask->posted) : sem_timedwait(&ask->posted, &until)) != 0) {
        if (errno == EINTR)
            continue;
        if (give_up(queue, ask))
            return false;
        patient = true;
    }
    return true;
}

/* In the queue, until it has its rows or is to lead. */
static void wait_in_queue(Store *store, Ask *ask)
{
    UsageQueue *queue = store->usage;
    int64_t began_us = g_get_monotonic_time();
    bool posted = wait_for_post(queue, ask, !store->config.listen);
    int64_t left_us = began_us + STORE_READ_US - g_get_monotonic_time();
    if (posted && ask->stage == STAGE_DONE)
        return;
    if (posted && (left_us > 0 || !store->config.listen)) {
        lead(store, ask, MAX(left_us, STORE_LAST_TRY_US));
        return;
    }
    if (posted)
        lead_on(queue);
    ask->result = DB_LOST;
    store_fail(ask->error, STORE_DOWN, NULL, "the database cannot be used: no answer in time");
}

DbResult usage_rows_read(Store *store, const Policy *policy, const char *key, UsageRows *out, StoreError *error)
{
    UsageQueue *queue = store->usage;
    Ask ask = { .key = key, .policy = policy, .link = { .data = &ask }, .rows = out, .error = error };
    sem_init(&ask.posted, 0, 0);
    pthread_mutex_lock(&queue->lock);
    bool leads = !queue->led;
    queue->led = true;
    ask.stage = leads ? STAGE_LEADS : STAGE_WAITS;
    if (!leads)
        g_queue_push_tail_link(&queue->waiting, &ask.link);
    pthread_mutex_unlock(&queue->lock);
    if (leads)
        lead(store, &ask, STORE_READ_US);
    else
        wait_in_queue(store, &ask);
    sem_destroy(&ask.posted);
    return ask.result;
}
