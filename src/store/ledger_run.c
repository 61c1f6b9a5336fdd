/* The ledger's thread: what waits is decided, first by memory (ledger_guarded.c), and what could not be, under locks
 * (ledger_batch.c). A try that fails for a reason that passes is made again, as long as the callers have patience; a commit
 * whose outcome is not known is looked up by the record's id after the locks are held again, never decided twice. */
#include "store/ledger_own.h"

#include "base/log.h"
#include "say/say.h"

static void fail_jobs(const GPtrArray *jobs, const char *what, bool only_these)
{
    g_autofree char *why = only_these ? g_strdup_printf(SAY_REFUSED, what) : g_strdup_printf(SAY_DATABASE, what);
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        g_clear_pointer(&job->answer, answer_unref);
        job_down(job, why);
        if (job->error)
            job->error->only_this = only_these;
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
    int64_t memory_us = ledger->store->listening ? 0 : MEMORY_UNHEARD_US;
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job->kind != JOB_ASK || !job->answer || !job->record)
            continue;
        if (job->certain_until > batch->now && !batch->notify)
            refusals_remember(ledger->refusals, job, job->record, generation, memory_us);
    }
}

/* The oldest of the jobs has waited for so long; beyond its patience nothing is waited for. */
static void set_deadline(Ledger *ledger, const GPtrArray *jobs)
{
    int64_t now = g_get_monotonic_time(), oldest = now;
    for (guint i = 0; i < jobs->len; i++)
        oldest = MIN(oldest, ((const Job *)jobs->pdata[i])->handed_in_us);
    ledger->db.deadline_us = MAX(oldest + store_patience_us(ledger->store), now + LAST_TRY_US);
}

bool ledger_connect(Ledger *ledger)
{
    bool connected = db_connect(&ledger->db) == DB_OK;
    if (connected && ledger->memory_of != ledger->db.made) {
        ledger->memory_of = ledger->db.made;
        memory_forget(ledger->memory);
        refusals_forget(ledger->refusals);
    }
    return connected;
}

/* The policy for a try, on the ledger's own connection. NULL when there is none. */
static Policy *policy_for_try(Ledger *ledger)
{
    Store *store = ledger->store;
    pthread_mutex_lock(&store->policy_lock);
    bool look = !store->policy || store->policy_asked != store->policy_looked;
    pthread_mutex_unlock(&store->policy_lock);
    if (look && store_policy_refresh(store, &ledger->db) != DB_OK)
        return NULL;
    return store_policy_held(store);
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

/* Ends a transaction that was left open. False: the connection is lost. */
static bool roll_back(Ledger *ledger)
{
    return !ledger->db.connection || PQtransactionStatus(ledger->db.connection) == PQTRANS_IDLE ||
           db_run(&ledger->db, QUERY_ROLLBACK, NULL, NULL) != DB_LOST;
}

static void jobs_begin(GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        job->record = NULL; /* it went with the batch of the last try */
        job->certain_until = INSTANT_MIN;
        job->apart = false;
        job->settled = false; /* what a try found is not told before that try has committed */
        g_clear_pointer(&job->answer, answer_unref);
        ledger_done_clear(job->done);
    }
}

/* Asks as they came, decided by memory: ledger_guarded.c. Takes those that were answered out of `jobs`. */
static void run_guarded(Ledger *ledger, GPtrArray *jobs)
{
    if (!ledger_connect(ledger) || !ledger->db.prepare || ledger->due || !ledger_clock_is_fresh(ledger->store))
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
    Guarded guarded = { .memory = ledger->memory, .others = g_get_monotonic_time() < ledger->others_until_us };
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
        if (result == BATCH_DONE && job->apart)
            continue;
        if (result == BATCH_DONE)
            g_ptr_array_remove(jobs, job);
        else if (result != BATCH_LOST)
            job->key.at = 0; /* it is known not to have come through */
        else
            job->unknown = true;
    }
    batch_clear(&batch);
    if (result != BATCH_DONE)
        roll_back(ledger);
}

/* Whoever decides under locks knows what became of earlier tries under locks. */
static void note_unknown(const Batch *batch, BatchResult result, const GPtrArray *jobs)
{
    for (guint i = 0; batch->decided && i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        job->unknown = result == BATCH_LOST || (job->unknown && job->kind == JOB_ASK);
    }
}

/* *leaves_due: what is over stays as it is; and afterwards: nothing of that was tried. */
static BatchResult try_once(Ledger *ledger, Policy *policy, GPtrArray *jobs, int tries, bool *leaves_due)
{
    jobs_begin(jobs);
    uint64_t generation = refusals_generation(ledger->refusals);
    Batch batch;
    batch_init(&batch, ledger->store, &ledger->db, policy, jobs);
    batch.tries = tries;
    batch.leaves_due = *leaves_due;
    BatchResult result = batch_run(&batch, ledger->memory);
    *leaves_due = !batch.own_jobs->len;
    note_unknown(&batch, result, jobs);
    if (result == BATCH_DONE) {
        remember(ledger, &batch, generation);
        batch_remember(&batch, ledger->memory);
        batch_touch_tickets(&batch);
        batch_tell_expiry(&batch);
        ledger->due = false;
    }
    /* What is given back of others meanwhile may have been refused instead. */
    ledger->refused = result == BATCH_REFUSED && ledger->db.refused && !batch.own_jobs->len;
    batch_clear(&batch);
    if (result != BATCH_DONE && !roll_back(ledger))
        result = BATCH_LOST;
    return result;
}

/* Of what is over, each by itself: one that the database refuses must not take the others with it, nor anybody's request. What callers
 * need at least is left to them of the time; one is tried however late it is. */
static void expire_one_by_one(Ledger *ledger, Policy *policy)
{
    g_autoptr(PGresult) due = NULL;
    if (db_run(&ledger->db, QUERY_RESERVATIONS_DUE, NULL, &due) != DB_OK)
        return;
    for (int row = 0; row < PQntuples(due); row++) {
        if (row && g_get_monotonic_time() >= ledger->db.deadline_us - LAST_TRY_US)
            return;
        Job job;
        job_expire_init(&job, due, row);
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, &job);
        bool leaves_due = true;
        BatchResult result = try_once(ledger, policy, one, 0, &leaves_due);
        if (result == BATCH_LOST || (result == BATCH_REFUSED && reservation_put_off(&ledger->db, &job) != DB_OK))
            return;
    }
}

static void run_jobs(Ledger *ledger, GPtrArray *jobs, bool leaves_due);

/* One job that the database refuses must not take the others with it. */
static void run_one_by_one(Ledger *ledger, GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, jobs->pdata[i]);
        run_jobs(ledger, one, true);
    }
}

static void run_jobs(Ledger *ledger, GPtrArray *jobs, bool leaves_due)
{
    bool told = ledger->unreachable, refused = false;
    const char *why = SAY_NOT_CONNECTED;
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        bool connected = ledger_connect(ledger);
        g_autoptr(Policy) policy = connected ? policy_for_try(ledger) : NULL;
        bool without_due = leaves_due;
        BatchResult result = policy ? try_once(ledger, policy, jobs, tries, &without_due) : BATCH_LOST;
        if (connected && ledger->unreachable) {
            ledger->unreachable = false;
            log_line(LOG_LEVEL_NOTICE, "ledger: the database is back");
        }
        if (result == BATCH_DONE)
            return;
        why = ledger->db.error ? ledger->db.error : policy ? SAY_NO_DECISION : SAY_NO_POLICY;
        if (result == BATCH_REFUSED && !without_due) {
            expire_one_by_one(ledger, policy);
            leaves_due = true;
            continue;
        }
        if (result == BATCH_REFUSED) {
            if (jobs->len > 1) {
                run_one_by_one(ledger, jobs);
                return;
            }
            refused = ledger->refused;
            break;
        }
        /* Whoever comes in the middle of an outage need not wait for its end as those did who were there when it began. */
        if (!connected && ledger->unreachable)
            break;
        if (g_get_monotonic_time() >= ledger->db.deadline_us) {
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
    fail_jobs(jobs, why, refused);
}

void *ledger_main(void *data)
{
    Ledger *ledger = data;
    for (;;) {
        g_autoptr(GPtrArray) jobs = g_ptr_array_new();
        GPtrArray *notes = NULL;
        if (!ledger_take(ledger, jobs, &notes)) {
            g_ptr_array_unref(notes);
            return NULL;
        }
        set_deadline(ledger, jobs);
        g_autoptr(GPtrArray) open = g_ptr_array_copy(jobs, NULL, NULL);
        run_guarded(ledger, open);
        if (open->len)
            run_jobs(ledger, open, false);
        count_batch(ledger->store, jobs);
        ledger_finish(ledger, jobs);
        ledger_write_notes(ledger, notes);
    }
}
