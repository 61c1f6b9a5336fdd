/* The ledger: many callers, one transaction.
 *
 * Callers put a job into a queue and wait, each on its own condition. One thread with one connection takes all
 * that is waiting, up to a bound, and has it decided in one transaction (ledger_batch.c). So an idle system adds no
 * delay, and a busy one shares round trips and the flush to disk. Nobody is answered before the commit has
 * returned. A try that fails for a reason that passes is made again; a commit whose outcome is not known is looked up
 * by the record's id, after the locks are held again, never decided twice.
 */
#include "store/ledger_job.h"

#include <sodium.h>
#include "base/log.h"

#define BATCH_MAX 256
#define TRIES_MAX 20
#define LOST_PATIENCE_US 1500000
#define SUBJECTS_REMEMBERED 200000

struct Ledger {
    Store *store;
    Db db;
    pthread_t thread;
    bool running, stop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    GQueue *waiting;              /* of Job * */
    GHashTable *keys_running;     /* idempotency keys under way: "caller\nkey" */
    GHashTable *subjects;         /* key → address; the ledger thread's own */
};

int64_t record_id_new(void)
{
    int64_t id;
    randombytes_buf(&id, sizeof id);
    return id & INT64_MAX;
}

static void finish(Ledger *ledger, Job *job)
{
    pthread_mutex_lock(&ledger->lock);
    job->finished = true;
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&ledger->lock);
}

static bool job_is_about(const Job *job)
{
    return job->kind != JOB_ASK && job->kind != JOB_RESET && job->kind != JOB_SWEEP;
}

/* Two jobs about one record wait for each other: the second must read what the first wrote. */
static bool clashes(const GPtrArray *jobs, const Job *job)
{
    for (guint i = 0; job_is_about(job) && i < jobs->len; i++) {
        const Job *other = jobs->pdata[i];
        if (job_is_about(other) && decision_key_equal(&other->about, &job->about))
            return true;
    }
    return false;
}

/* Waits for work; NULL when the ledger is to stop. */
static GPtrArray *take_jobs(Ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    while (g_queue_is_empty(ledger->waiting) && !ledger->stop)
        pthread_cond_wait(&ledger->work, &ledger->lock);
    GPtrArray *jobs = g_ptr_array_new();
    for (GList *link = ledger->waiting->head, *next; link && jobs->len < BATCH_MAX; link = next) {
        next = link->next;
        if (clashes(jobs, link->data))
            continue;
        g_ptr_array_add(jobs, link->data);
        g_queue_delete_link(ledger->waiting, link);
    }
    pthread_mutex_unlock(&ledger->lock);
    if (!jobs->len)
        g_clear_pointer(&jobs, g_ptr_array_unref);
    return jobs;
}

static void fail_jobs(const GPtrArray *jobs, const char *why)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        if (job->settled)
            continue;
        g_clear_pointer(&job->answer, answer_unref);
        job->result = store_fail(job->error, STORE_DOWN, NULL, "the database cannot be used: %s", why);
    }
}

static void count_batch(Store *store, const GPtrArray *jobs)
{
    pthread_mutex_lock(&store->metrics_lock);
    store->metrics.batches++;
    store->metrics.batch_size_sum += jobs->len;
    store->metrics.batch_size_max = MAX(store->metrics.batch_size_max, jobs->len);
    for (guint i = 0; i < jobs->len; i++) {
        const Job *job = jobs->pdata[i];
        if (job->kind == JOB_ASK && job->answer)
            store->metrics.decisions[job->answer->outcome]++;
    }
    pthread_mutex_unlock(&store->metrics_lock);
}

static BatchResult try_once(Ledger *ledger, Policy *policy, GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        if (!job->settled)
            g_clear_pointer(&job->answer, answer_unref);
    }
    Batch batch;
    batch_init(&batch, ledger->store, &ledger->db, policy, jobs);
    BatchResult result = batch_run(&batch, ledger->subjects);
    batch_clear(&batch);
    if (result != BATCH_DONE && result != BATCH_LOST && ledger->db.connection &&
        PQtransactionStatus(ledger->db.connection) != PQTRANS_IDLE && db_run(&ledger->db, QUERY_ROLLBACK, NULL, NULL) == DB_LOST)
        result = BATCH_LOST;
    return result;
}

/* The policy for a try, on the ledger's own connection. NULL when there is none. */
static Policy *policy_for_try(Ledger *ledger)
{
    Store *store = ledger->store;
    pthread_mutex_lock(&store->policy_lock);
    bool look = !store->policy || store->policy_checked_us == 0;
    pthread_mutex_unlock(&store->policy_lock);
    if (look && store_policy_refresh(store, &ledger->db) != DB_OK)
        return NULL;
    pthread_mutex_lock(&store->policy_lock);
    Policy *policy = store->policy ? policy_ref(store->policy) : NULL;
    pthread_mutex_unlock(&store->policy_lock);
    return policy;
}

static void run_jobs(Ledger *ledger, GPtrArray *jobs);

/* One job that the database refuses must not take the others with it. */
static void run_one_by_one(Ledger *ledger, GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, jobs->pdata[i]);
        run_jobs(ledger, one);
    }
}

static void run_jobs(Ledger *ledger, GPtrArray *jobs)
{
    int64_t began = g_get_monotonic_time();
    const char *why = "not connected";
    for (int tries = 0; tries < TRIES_MAX;) {
        if (tries && g_get_monotonic_time() - began > LOST_PATIENCE_US)
            break;
        g_autoptr(Policy) policy = db_connect(&ledger->db) == DB_OK ? policy_for_try(ledger) : NULL;
        BatchResult result = policy ? try_once(ledger, policy, jobs) : BATCH_LOST;
        if (result == BATCH_DONE)
            return;
        why = ledger->db.error ? ledger->db.error : policy ? "the decision could not be made" : "no policy has been applied";
        if (result == BATCH_REFUSED) {
            if (jobs->len > 1) {
                run_one_by_one(ledger, jobs);
                return;
            }
            break;
        }
        if (result == BATCH_AGAIN)
            tries++;
        else if (!ledger->db.connection && g_get_monotonic_time() - began > LOST_PATIENCE_US)
            break;
        else
            g_usleep(20000);
        if (result == BATCH_LOST && g_get_monotonic_time() - began > LOST_PATIENCE_US)
            break;
        pthread_mutex_lock(&ledger->store->metrics_lock);
        ledger->store->metrics.retries++;
        pthread_mutex_unlock(&ledger->store->metrics_lock);
    }
    log_line(LOG_LEVEL_ERROR, "ledger: %u requests could not be decided: %s", jobs->len, why);
    fail_jobs(jobs, why);
}

static void *ledger_main(void *data)
{
    Ledger *ledger = data;
    GPtrArray *jobs;
    while ((jobs = take_jobs(ledger))) {
        if (g_hash_table_size(ledger->subjects) > SUBJECTS_REMEMBERED)
            g_hash_table_remove_all(ledger->subjects);
        run_jobs(ledger, jobs);
        count_batch(ledger->store, jobs);
        for (guint i = 0; i < jobs->len; i++)
            finish(ledger, jobs->pdata[i]);
        g_ptr_array_unref(jobs);
    }
    return NULL;
}

/* --- starting and stopping --- */

static Ledger *ledger_of(Store *store)
{
    pthread_mutex_lock(&store->ledger_lock);
    if (!store->ledger) {
        Ledger *ledger = g_new0(Ledger, 1);
        ledger->store = store;
        db_init(&ledger->db, store->database, store->config.prepared, true);
        pthread_mutex_init(&ledger->lock, NULL);
        pthread_cond_init(&ledger->work, NULL);
        ledger->waiting = g_queue_new();
        ledger->keys_running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        ledger->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        ledger->running = pthread_create(&ledger->thread, NULL, ledger_main, ledger) == 0;
        store->ledger = ledger;
    }
    Ledger *ledger = store->ledger;
    pthread_mutex_unlock(&store->ledger_lock);
    return ledger;
}

void ledger_close(Ledger *ledger)
{
    if (!ledger)
        return;
    pthread_mutex_lock(&ledger->lock);
    ledger->stop = true;
    pthread_cond_signal(&ledger->work);
    pthread_mutex_unlock(&ledger->lock);
    if (ledger->running)
        pthread_join(ledger->thread, NULL);
    db_close(&ledger->db);
    g_queue_free(ledger->waiting);
    g_hash_table_unref(ledger->keys_running);
    g_hash_table_unref(ledger->subjects);
    pthread_mutex_destroy(&ledger->lock);
    pthread_cond_destroy(&ledger->work);
    g_free(ledger);
}

void ledger_metrics(Ledger *ledger, StoreMetrics *out)
{
    pthread_mutex_lock(&ledger->lock);
    out->queue_depth = (int)g_queue_get_length(ledger->waiting);
    pthread_mutex_unlock(&ledger->lock);
    out->ledger_connected = ledger->db.connection != NULL;
}

/* --- handing in --- */

static void submit(Ledger *ledger, Job *job)
{
    job->key.id = record_id_new();
    pthread_cond_init(&job->wake, NULL);
    pthread_mutex_lock(&ledger->lock);
    g_queue_push_tail(ledger->waiting, job);
    pthread_cond_signal(&ledger->work);
    while (!job->finished)
        pthread_cond_wait(&job->wake, &ledger->lock);
    pthread_mutex_unlock(&ledger->lock);
    pthread_cond_destroy(&job->wake);
}

static bool key_begin(Ledger *ledger, const char *running)
{
    pthread_mutex_lock(&ledger->lock);
    bool first = g_hash_table_add(ledger->keys_running, g_strdup(running));
    pthread_mutex_unlock(&ledger->lock);
    return first;
}

static void key_end(Ledger *ledger, const char *running)
{
    pthread_mutex_lock(&ledger->lock);
    g_hash_table_remove(ledger->keys_running, running);
    pthread_mutex_unlock(&ledger->lock);
}

StoreResult ledger_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error)
{
    Ledger *ledger = ledger_of(store);
    g_autofree char *running = ask->idempotency_key ? g_strdup_printf("%s\n%s", ask->caller, ask->idempotency_key) : NULL;
    if (running && !key_begin(ledger, running))
        return store_fail(error, STORE_CONFLICT, "Idempotency-Key", "a request with this key is still running");
    Job job = { .kind = JOB_ASK, .ask = ask, .error = error };
    submit(ledger, &job);
    if (running)
        key_end(ledger, running);
    *answer = job.answer;
    return job.result;
}

static StoreResult settle(Store *store, JobKind kind, const char *id, const char *prefix, int64_t units, const char *reason,
                          const char *actor, LedgerDone *done, StoreError *error)
{
    Job job = { .kind = kind, .units = units, .reason = reason, .actor = actor, .done = done, .error = error };
    if (!public_id_read(id, prefix, &job.about))
        return store_fail(error, STORE_NONE, NULL, "there is no such %s", kind == JOB_REFUND ? "decision" : "reservation");
    submit(ledger_of(store), &job);
    return job.result;
}

StoreResult ledger_commit(Store *store, const char *reservation, int64_t units, LedgerDone *done, StoreError *error)
{
    return settle(store, JOB_COMMIT, reservation, RESERVATION_PREFIX, units, NULL, NULL, done, error);
}

StoreResult ledger_release(Store *store, const char *reservation, LedgerDone *done, StoreError *error)
{
    return settle(store, JOB_RELEASE, reservation, RESERVATION_PREFIX, 0, NULL, NULL, done, error);
}

StoreResult ledger_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor,
                          LedgerDone *done, StoreError *error)
{
    return settle(store, JOB_REFUND, decision, DECISION_PREFIX, units, reason, actor, done, error);
}

StoreResult ledger_reset(Store *store, const char *subject, const char *feature, const char *reason, const char *actor,
                         LedgerDone *done, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    if (feature && !policy_feature(policy, feature))
        return store_fail(error, STORE_NONE, "feature", "there is no feature %s", feature);
    Job job = { .kind = JOB_RESET, .subject = subject, .feature = feature, .reason = reason, .actor = actor, .done = done,
                .error = error };
    submit(ledger_of(store), &job);
    return job.result;
}

StoreResult ledger_sweep(Store *store, StoreError *error)
{
    Job job = { .kind = JOB_SWEEP, .error = error };
    submit(ledger_of(store), &job);
    return job.result;
}

void ledger_forget(Store *store)
{
    (void)store;
}

void ledger_done_clear(LedgerDone *done)
{
    if (!done)
        return;
    g_clear_pointer(&done->id, g_free);
    g_clear_pointer(&done->subject, g_free);
    g_clear_pointer(&done->feature, g_free);
}
