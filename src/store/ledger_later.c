/* Callers who do not wait: web threads hand an ask in and take the next request, and when it has been decided, one thread
 * answers all who were decided together. So a batch wakes one thread, not one for each of its callers.
 *
 * Whoever answers also looks after those whose patience ends while they are still in the queue. For that it looks up now and
 * then, for as long as something happens; after a while in which nothing did, it sleeps until it is called.
 */
#include "store/ledger_own.h"

#define LOOK_UP_US 100000

typedef struct {
    Job job; /* first: the ledger knows a Later by it */
    StoreError error;
    Ledger *ledger;
    char *running;
    LedgerThen then;
    void *data;
} Later;

static void later_answer(Later *later)
{
    Answer *answer = NULL;
    ledger_key_end(later->ledger, later->running);
    StoreResult result = ledger_outcome(later->ledger, &later->job, &answer);
    later->then(later->data, result, answer, &later->error);
    store_error_clear(&later->error);
    g_free(later);
}

void ledger_later_decided(Ledger *ledger, Job *job)
{
    g_ptr_array_add(ledger->decided, job);
    if (ledger->decided->len == 1)
        pthread_cond_signal(&ledger->answer);
}

/* Takes back those who have waited too long. They stand in the order in which they came. */
static void withdraw_late(Ledger *ledger)
{
    for (GList *link = ledger->waiting->head, *next; link; link = next) {
        Job *job = link->data;
        next = link->next;
        if (!job->later)
            continue;
        if (!ledger_withdraw(ledger, job))
            return;
        g_ptr_array_add(ledger->decided, job);
    }
}

/* With the lock held. False: there is nothing, and there will be nothing. */
static bool wait_for_decided(Ledger *ledger)
{
    bool quiet = false;
    while (!ledger->decided->len && !ledger->stop_answering) {
        if (quiet && g_queue_is_empty(ledger->waiting)) {
            ledger->answerers_asleep++;
            pthread_cond_wait(&ledger->answer, &ledger->lock);
            ledger->answerers_asleep--;
            quiet = false;
        } else {
            struct timespec until = ledger_in_us(LOOK_UP_US);
            quiet = pthread_cond_timedwait(&ledger->answer, &ledger->lock, &until) == ETIMEDOUT;
            withdraw_late(ledger);
        }
    }
    return ledger->decided->len > 0;
}

/* Takes all but what others may answer at the same time. */
static GPtrArray *take_decided(Ledger *ledger)
{
    guint share = (ledger->decided->len + (guint)ledger->answerer_count - 1) / (guint)ledger->answerer_count;
    GPtrArray *taken = g_ptr_array_sized_new(share);
    for (guint i = 0; i < share; i++)
        g_ptr_array_add(taken, ledger->decided->pdata[i]);
    g_ptr_array_remove_range(ledger->decided, 0, share);
    if (ledger->decided->len)
        pthread_cond_signal(&ledger->answer);
    return taken;
}

static void *answerer_main(void *data)
{
    Ledger *ledger = data;
    pthread_mutex_lock(&ledger->lock);
    while (wait_for_decided(ledger)) {
        g_autoptr(GPtrArray) taken = take_decided(ledger);
        pthread_mutex_unlock(&ledger->lock);
        for (guint i = 0; i < taken->len; i++)
            later_answer(taken->pdata[i]);
        pthread_mutex_lock(&ledger->lock);
    }
    pthread_mutex_unlock(&ledger->lock);
    return NULL;
}

void ledger_answerers_start(Ledger *ledger)
{
    int wanted = CLAMP((int)g_get_num_processors(), 1, ANSWERERS_MAX);
    pthread_mutex_lock(&ledger->lock);
    while (ledger->answerer_count < wanted &&
           pthread_create(&ledger->answerers[ledger->answerer_count], NULL, answerer_main, ledger) == 0)
        ledger->answerer_count++;
    pthread_mutex_unlock(&ledger->lock);
}

void ledger_answerers_stop(Ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->stop_answering = true;
    pthread_cond_broadcast(&ledger->answer);
    pthread_mutex_unlock(&ledger->lock);
    for (int i = 0; i < ledger->answerer_count; i++)
        pthread_join(ledger->answerers[i], NULL);
}

/* Where there is no thread to answer, the caller waits after all. */
static void decide_now(Store *store, const LedgerAsk *ask, LedgerThen then, void *data)
{
    g_auto(StoreError) error = { 0 };
    Answer *answer = NULL;
    StoreResult result = ledger_decide(store, ask, &answer, &error);
    then(data, result, answer, &error);
}

void ledger_decide_later(Store *store, const LedgerAsk *ask, LedgerThen then, void *data)
{
    Ledger *ledger = ledger_of(store);
    if (!ledger->answerer_count) {
        decide_now(store, ask, then, data);
        return;
    }
    g_auto(StoreError) error = { 0 };
    char *running;
    if (!ledger_key_begin(ledger, ask, &running, &error)) {
        then(data, STORE_CONFLICT, NULL, &error);
        return;
    }
    Answer *known = running ? NULL : ledger_refuse_from_memory(ledger, ask);
    if (known) {
        then(data, STORE_OK, known, &error);
        return;
    }
    Later *later = g_new(Later, 1);
    *later = (Later){ .job = { .kind = JOB_ASK, .ask = ask, .later = true, .error = &later->error }, .ledger = ledger,
                      .running = running, .then = then, .data = data };
    ledger_hand_in(ledger, &later->job);
}
