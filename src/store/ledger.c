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
#include "store/fail_open.h"
#include "store/refusals.h"

#define BATCH_MAX 256
#define TRIES_MAX 60
#define LOST_PATIENCE_US 1500000
#define NOTES_MAX 20000            /* refusals waiting to be recorded; more go the ordinary way */
#define NOTES_WAIT_US 50000        /* how long they may wait for company */
#define CLOCK_FRESH_US 100000      /* a refusal from memory needs the database's clock no older than this */
#define OTHERS_US 10000000         /* for so long memory is not trusted after another process was seen to write */
#define MEMORY_UNHEARD_US 1000000  /* where no notices are heard */

struct Ledger {
    Store *store;
    Db db;
    pthread_t thread;
    bool running, stop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    GQueue *waiting;              /* of Job * */
    GHashTable *keys_running;     /* idempotency keys under way: "caller\nkey" */
    Memory *memory;
    int64_t others_until_us;      /* monotonic: till then others are held to write the same rows; the ledger thread's own */
    bool due;                     /* something expired is still held; the ledger thread's own */
    Refusals *refusals;
    GPtrArray *notes;             /* of Record *: refusals from memory, to be recorded in bulk */
    bool deciding;                /* a batch is under way */
    bool unreachable;             /* the database, for as long as the last batch was patient; the ledger thread's own */
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

static void wait_for_work(Ledger *ledger)
{
    int64_t since = 0;
    while (g_queue_is_empty(ledger->waiting) && !ledger->stop && ledger->notes->len < BATCH_MAX) {
        if (!ledger->notes->len) {
            pthread_cond_wait(&ledger->work, &ledger->lock);
            continue;
        }
        since = since ? since : g_get_monotonic_time();
        int64_t left = since + NOTES_WAIT_US - g_get_monotonic_time();
        if (left <= 0)
            return;
        int64_t until = g_get_real_time() + left;
        struct timespec deadline = { .tv_sec = until / US_PER_S, .tv_nsec = until % US_PER_S * 1000 };
        pthread_cond_timedwait(&ledger->work, &ledger->lock, &deadline);
    }
}

/* Waits for work. False when there is none and the ledger is to stop. */
static bool take_jobs(Ledger *ledger, GPtrArray *jobs, GPtrArray **notes)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->deciding = false;
    wait_for_work(ledger);
    for (GList *link = ledger->waiting->head, *next; link && jobs->len < BATCH_MAX; link = next) {
        next = link->next;
        if (clashes(jobs, link->data))
            continue;
        g_ptr_array_add(jobs, link->data);
        g_queue_delete_link(ledger->waiting, link);
    }
    *notes = ledger->notes;
    ledger->notes = g_ptr_array_new_with_free_func((GDestroyNotify)record_free);
    bool any = jobs->len || (*notes)->len;
    ledger->deciding = any;
    pthread_mutex_unlock(&ledger->lock);
    return any;
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

/* Keeps certain refusals, which can be given again from memory. */
static void remember(Ledger *ledger, Batch *batch, uint64_t generation)
{
    if (batch->notify)
        refusals_forget(ledger->refusals);
    const StoreConfig *config = &ledger->store->config;
    int64_t memory_us = config->listen && config->prepared ? 0 : MEMORY_UNHEARD_US;
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job->kind != JOB_ASK || !job->answer || !job->record)
            continue;
        if (job->certain_until > batch->now && !batch->notify)
            refusals_remember(ledger->refusals, job, job->record, generation, memory_us);
    }
}

/* Records refusals that were given from memory: nothing is charged, so nothing is locked, and the flush is not waited for. */
static DbResult write_notes(Ledger *ledger, Policy *policy, GPtrArray *notes)
{
    g_autoptr(GPtrArray) no_jobs = g_ptr_array_new();
    g_autoptr(PGresult) clock = NULL;
    Batch batch;
    batch_init(&batch, ledger->store, &ledger->db, policy, no_jobs);
    g_ptr_array_unref(batch.records);
    batch.records = g_ptr_array_ref(notes);
    db_queue(&ledger->db, QUERY_BEGIN, NULL, NULL);
    batch_queue_writes(&batch);
    db_queue(&ledger->db, QUERY_CLOCK, NULL, &clock);
    db_queue(&ledger->db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(&ledger->db);
    if (result == DB_OK)
        store_clock_heard(ledger->store, result_number(clock, 0, 0));
    else if (result != DB_LOST && db_run(&ledger->db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        db_close_connection(&ledger->db);
    batch_clear(&batch);
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

/* A guard failed. When it was a row's, another process writes the same rows, and what is remembered of them is old. */
static void note_conflict(Ledger *ledger)
{
    int failed = ledger->db.failed;
    if (failed == QUERY_COUNTERS_WRITE || failed == QUERY_COUNTERS_CHECK || failed == QUERY_SHARED_WRITE ||
        failed == QUERY_SHARED_CHECK)
        ledger->others_until_us = g_get_monotonic_time() + OTHERS_US;
    pthread_mutex_lock(&ledger->store->metrics_lock);
    ledger->store->metrics.retries++;
    pthread_mutex_unlock(&ledger->store->metrics_lock);
}

static bool clock_is_fresh(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    bool fresh = store->clock_heard_us && g_get_monotonic_time() - store->clock_heard_us < CLOCK_FRESH_US;
    pthread_mutex_unlock(&store->clock_lock);
    return fresh;
}

static void jobs_begin(GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        job->record = NULL; /* it went with the batch of the last try */
        job->certain_until = INSTANT_MIN;
        if (!job->settled)
            g_clear_pointer(&job->answer, answer_unref);
    }
}

/* Asks as they came, decided by memory: ledger_guarded.c. Takes those that were answered out of `jobs`. */
static void run_guarded(Ledger *ledger, GPtrArray *jobs)
{
    if (!ledger->db.connection || !ledger->db.prepare || ledger->due || !clock_is_fresh(ledger->store))
        return;
    g_autoptr(Policy) policy = policy_for_try(ledger);
    g_autoptr(GPtrArray) asks = g_ptr_array_new();
    for (guint i = 0; i < jobs->len; i++)
        if (((Job *)jobs->pdata[i])->kind == JOB_ASK)
            g_ptr_array_add(asks, jobs->pdata[i]);
    if (!policy || !asks->len)
        return;
    jobs_begin(asks);
    uint64_t generation = refusals_generation(ledger->refusals);
    Guarded guarded = { .memory = ledger->memory, .distrust = g_get_monotonic_time() < ledger->others_until_us };
    Batch batch;
    batch_init(&batch, ledger->store, &ledger->db, policy, asks);
    BatchResult result = batch_run_guarded(&batch, &guarded);
    ledger->due = guarded.due;
    if (result == BATCH_DONE)
        remember(ledger, &batch, generation);
    else if (result != BATCH_LOST)
        note_conflict(ledger);
    for (guint i = 0; i < asks->len; i++) {
        Job *job = asks->pdata[i];
        if (result == BATCH_DONE)
            g_ptr_array_remove(jobs, job);
        else if (result != BATCH_LOST)
            job->key.at = 0; /* it is known not to have come through */
    }
    batch_clear(&batch);
}

static BatchResult try_once(Ledger *ledger, Policy *policy, GPtrArray *jobs)
{
    jobs_begin(jobs);
    uint64_t generation = refusals_generation(ledger->refusals);
    Batch batch;
    batch_init(&batch, ledger->store, &ledger->db, policy, jobs);
    BatchResult result = batch_run(&batch, ledger->memory);
    if (result == BATCH_DONE) {
        remember(ledger, &batch, generation);
        batch_remember(&batch, ledger->memory);
        ledger->due = false;
    }
    batch_clear(&batch);
    if (result != BATCH_DONE && result != BATCH_LOST && ledger->db.connection &&
        PQtransactionStatus(ledger->db.connection) != PQTRANS_IDLE && db_run(&ledger->db, QUERY_ROLLBACK, NULL, NULL) == DB_LOST)
        result = BATCH_LOST;
    return result;
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
    bool told = ledger->unreachable;
    const char *why = "not connected";
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        bool connected = db_connect(&ledger->db) == DB_OK;
        g_autoptr(Policy) policy = connected ? policy_for_try(ledger) : NULL;
        BatchResult result = policy ? try_once(ledger, policy, jobs) : BATCH_LOST;
        if (connected && ledger->unreachable) {
            ledger->unreachable = false;
            log_line(LOG_LEVEL_NOTICE, "ledger: the database is back");
        }
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
        /* Whoever comes in the middle of an outage need not wait for its end as those did who were there when it began. */
        if (!connected && ledger->unreachable)
            break;
        if (g_get_monotonic_time() - began > LOST_PATIENCE_US) {
            ledger->unreachable = !connected;
            break;
        }
        if (result == BATCH_LOST)
            g_usleep(50000);
        pthread_mutex_lock(&ledger->store->metrics_lock);
        ledger->store->metrics.retries++;
        pthread_mutex_unlock(&ledger->store->metrics_lock);
    }
    LogLevel level = told && ledger->unreachable ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR;
    log_line(level, "ledger: %u requests could not be decided: %s", jobs->len, why);
    fail_jobs(jobs, why);
}

/* Takes over `notes`. Those that cannot be written now wait for the next time; a database that refuses them loses them. */
static void run_notes(Ledger *ledger, GPtrArray *notes)
{
    g_autoptr(GPtrArray) mine = notes;
    if (!mine->len)
        return;
    g_autoptr(Policy) policy = db_connect(&ledger->db) == DB_OK ? policy_for_try(ledger) : NULL;
    DbResult result = policy ? write_notes(ledger, policy, mine) : DB_LOST;
    pthread_mutex_lock(&ledger->lock);
    bool stop = ledger->stop;
    pthread_mutex_unlock(&ledger->lock);
    if (result == DB_LOST && !stop) {
        pthread_mutex_lock(&ledger->lock);
        g_ptr_array_extend_and_steal(ledger->notes, g_steal_pointer(&mine));
        pthread_mutex_unlock(&ledger->lock);
        g_usleep(20000);
    } else if (result != DB_OK) {
        log_line(LOG_LEVEL_ERROR, "ledger: %u refusals were not recorded: %s", mine->len, ledger->db.error);
    }
}

static void *ledger_main(void *data)
{
    Ledger *ledger = data;
    for (;;) {
        g_autoptr(GPtrArray) jobs = g_ptr_array_new();
        GPtrArray *notes = NULL;
        if (!take_jobs(ledger, jobs, &notes)) {
            g_ptr_array_unref(notes);
            return NULL;
        }
        run_notes(ledger, notes);
        if (!jobs->len)
            continue;
        g_autoptr(GPtrArray) open = g_ptr_array_copy(jobs, NULL, NULL);
        run_guarded(ledger, open);
        if (open->len)
            run_jobs(ledger, open);
        count_batch(ledger->store, jobs);
        for (guint i = 0; i < jobs->len; i++)
            finish(ledger, jobs->pdata[i]);
    }
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
        ledger->memory = memory_new();
        ledger->refusals = refusals_new();
        ledger->notes = g_ptr_array_new_with_free_func((GDestroyNotify)record_free);
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
    memory_free(ledger->memory);
    g_ptr_array_unref(ledger->notes);
    refusals_free(ledger->refusals);
    pthread_mutex_destroy(&ledger->lock);
    pthread_cond_destroy(&ledger->work);
    g_free(ledger);
}

void ledger_metrics(Ledger *ledger, StoreMetrics *out)
{
    pthread_mutex_lock(&ledger->lock);
    out->queue_depth = (int)g_queue_get_length(ledger->waiting);
    pthread_mutex_unlock(&ledger->lock);
    out->ledger_connected = g_atomic_int_get(&ledger->db.connected);
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

/* A certain refusal, while the ledger is busy: it costs no transaction and does not wait for one. An idle ledger is
 * asked instead; that is as fast, and true to the last microsecond. */
static Answer *refuse_from_memory(Ledger *ledger, const LedgerAsk *ask)
{
    Store *store = ledger->store;
    pthread_mutex_lock(&ledger->lock);
    bool busy = (ledger->deciding || ledger->notes->len) && ledger->notes->len < NOTES_MAX;
    pthread_mutex_unlock(&ledger->lock);
    Record *record = NULL;
    Answer *answer = busy && clock_is_fresh(store) ? refusals_recall(ledger->refusals, ask, store_now(store), &record) : NULL;
    if (!answer)
        return NULL;
    pthread_mutex_lock(&ledger->lock);
    g_ptr_array_add(ledger->notes, record);
    pthread_cond_signal(&ledger->work);
    pthread_mutex_unlock(&ledger->lock);
    pthread_mutex_lock(&store->metrics_lock);
    store->metrics.remembered++;
    store->metrics.decisions[answer->outcome]++;
    pthread_mutex_unlock(&store->metrics_lock);
    return answer;
}

/* The store is down: an answer if the policy says so for all that is asked. */
static Answer *allow_unrecorded(Ledger *ledger, const LedgerAsk *ask)
{
    Store *store = ledger->store;
    pthread_mutex_lock(&store->policy_lock);
    g_autoptr(Policy) policy = store->policy ? policy_ref(store->policy) : NULL;
    pthread_mutex_unlock(&store->policy_lock);
    if (!policy)
        return NULL;
    const char *plan = memory_plan(ledger->memory, ask->subject);
    Answer *answer = fail_open_answer(policy, ask, plan ? policy_plan(policy, plan) : NULL, store_now(store));
    if (answer) {
        pthread_mutex_lock(&store->metrics_lock);
        store->metrics.fail_open++;
        pthread_mutex_unlock(&store->metrics_lock);
    }
    return answer;
}

StoreResult ledger_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error)
{
    Ledger *ledger = ledger_of(store);
    g_autofree char *running = ask->idempotency_key ? g_strdup_printf("%s\n%s", ask->caller, ask->idempotency_key) : NULL;
    if (running && !key_begin(ledger, running))
        return store_fail(error, STORE_CONFLICT, "Idempotency-Key", "a request with this key is still running");
    if ((*answer = refuse_from_memory(ledger, ask)))
        return STORE_OK;
    Job job = { .kind = JOB_ASK, .ask = ask, .error = error };
    submit(ledger, &job);
    if (running)
        key_end(ledger, running);
    *answer = job.answer;
    if (job.result == STORE_DOWN && ask->kind == ASK_CONSUME && (*answer = allow_unrecorded(ledger, ask))) {
        store_error_clear(error);
        return STORE_OK;
    }
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
    pthread_mutex_lock(&store->ledger_lock);
    Ledger *ledger = store->ledger;
    pthread_mutex_unlock(&store->ledger_lock);
    if (ledger)
        refusals_forget(ledger->refusals);
}

void ledger_done_clear(LedgerDone *done)
{
    if (!done)
        return;
    g_clear_pointer(&done->id, g_free);
    g_clear_pointer(&done->subject, g_free);
    g_clear_pointer(&done->feature, g_free);
}
