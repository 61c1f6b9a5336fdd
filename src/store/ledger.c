/* The ledger: many callers, one transaction.
 *
 * Callers put a job into a queue and wait, each on its own condition. One thread with one connection takes all
 * that is waiting, up to a bound, and has it decided in one transaction (ledger_batch.c). So an idle system adds no
 * delay, and a busy one shares round trips and the flush to disk. Nobody is answered before the commit has
 * returned. A try that fails for a reason that passes is made again; a commit whose outcome is not known is looked up
 * by the record's id, after the locks are held again, never decided twice.
 */
#include "store/ledger_own.h"

#include <errno.h>
#include <sched.h>
#include <sodium.h>
#include "say/say.h"
#include "store/audit.h"
#include "store/fail_open.h"
#include "store/once_internal.h"

#define IDS_AT_ONCE 64

int64_t record_id_new(void)
{
    static _Thread_local int64_t ids[IDS_AT_ONCE]; /* drawn many at a time: each draw is a system call */
    static _Thread_local int left;
    if (!left) {
        randombytes_buf(ids, sizeof ids);
        left = IDS_AT_ONCE;
    }
    return ids[--left] & INT64_MAX;
}

void ledger_finish(Ledger *ledger, const GPtrArray *jobs)
{
    pthread_mutex_lock(&ledger->lock);
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        job->finished = true;
        if (job->later)
            ledger_later_decided(ledger, job);
        else
            pthread_cond_signal(&job->wake);
    }
    pthread_mutex_unlock(&ledger->lock);
}

void job_down(Job *job, const char *why)
{
    bool changes = job->kind == JOB_ASK ? job->ask->admission != NULL : job->kind != JOB_SWEEP;
    StoreMade made = !changes ? STORE_NO_CHANGE : job->unknown ? STORE_MAYBE_MADE : STORE_NOT_MADE;
    job->result = store_made(store_fail(job->error, STORE_DOWN, NULL, "%s", why), made, job->error);
    if (job->error)
        job->error->unsure = job->unknown;
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

void ledger_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec ledger_in_us(int64_t us)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + us % US_PER_S * 1000;
    return (struct timespec){ .tv_sec = at.tv_sec + us / US_PER_S + ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static void wait_for_work(Ledger *ledger)
{
    int64_t since = 0;
    while (g_queue_is_empty(ledger->waiting) && !ledger->stop && ledger->notes->len < NOTES_AT_ONCE) {
        if (!ledger->notes->len) {
            pthread_cond_wait(&ledger->work, &ledger->lock);
            continue;
        }
        since = since ? since : g_get_monotonic_time();
        int64_t left = since + NOTES_WAIT_US - g_get_monotonic_time();
        if (left <= 0)
            return;
        struct timespec until = ledger_in_us(left);
        pthread_cond_timedwait(&ledger->work, &ledger->lock, &until);
    }
}

/* Notes to be written after the jobs at hand: while there are jobs, a good handful at a time, so that nobody who waits for
 * an answer waits long for refusals to be written down. */
static GPtrArray *take_notes(Ledger *ledger, bool busy)
{
    GPtrArray *taken = g_ptr_array_new_with_free_func((GDestroyNotify)note_free);
    guint count = ledger->notes->len;
    if (busy && count < NOTES_AT_ONCE && g_get_monotonic_time() - ledger->notes_taken_us < NOTES_WAIT_US)
        return taken;
    ledger->notes_taken_us = g_get_monotonic_time();
    count = MIN(count, busy ? NOTES_AT_ONCE : NOTES_AT_ONCE * 8);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(taken, g_steal_pointer(&ledger->notes->pdata[i]));
    g_ptr_array_remove_range(ledger->notes, 0, count);
    return taken;
}

/* Waits for `us`, or until `enough` are waiting. With the lock held. */
static void await(Ledger *ledger, guint enough, int64_t us)
{
    struct timespec until = ledger_in_us(us);
    ledger->awaited = enough;
    while (ledger->waiting->length < enough && !ledger->stop &&
           pthread_cond_timedwait(&ledger->work, &ledger->lock, &until) != ETIMEDOUT)
        ;
    ledger->awaited = 0;
}

/* Waits for `us`, in parts, for as many as make a batch cheap: when nobody came in one of them, it is enough. */
static void await_while_they_come(Ledger *ledger, int64_t us)
{
    guint before = 0;
    for (int i = 0; i < WAIT_PARTS && ledger->waiting->length > before && ledger->waiting->length < WORTH_WAITING_FOR; i++) {
        before = ledger->waiting->length;
        await(ledger, WORTH_WAITING_FOR, us / WAIT_PARTS);
    }
}

/* Waits a little for more: where others write the same rows, for as many as the last batch had and half as many again, since
 * batches wait for each other anyway and few large ones cost less than many small ones; else for as long as the processors have
 * other work (tempo.h). One caller alone is not kept waiting. */
static void await_more(Ledger *ledger)
{
    int64_t now_us = g_get_monotonic_time(), tempo_us = tempo_wait_us(&ledger->tempo, now_us);
    if (now_us < ledger->others_until_us)
        await(ledger, MIN(ledger->last_batch + ledger->last_batch / 2, BATCH_MAX), SHARE_WAIT_US);
    else if (ledger->last_batch > 1 && tempo_us > 0)
        await_while_they_come(ledger, tempo_us);
}

/* Lets those go first who are about to hand something in, for as long as that makes a difference: where the processors are
 * busy, batches get larger and cheaper; where they are not, it costs nothing. With the lock held. */
static void gather(Ledger *ledger)
{
    await_more(ledger);
    guint waiting = 0;
    for (int i = 0; i < GATHER_MAX && ledger->waiting->length > waiting && ledger->waiting->length < BATCH_MAX; i++) {
        waiting = ledger->waiting->length;
        pthread_mutex_unlock(&ledger->lock);
        sched_yield();
        pthread_mutex_lock(&ledger->lock);
    }
}

static void take_jobs(Ledger *ledger, GPtrArray *jobs)
{
    for (GList *link = ledger->waiting->head, *next; link && jobs->len < BATCH_MAX; link = next) {
        next = link->next;
        Job *job = link->data;
        if (clashes(jobs, job))
            continue;
        job->taken = true;
        g_ptr_array_add(jobs, job);
        g_queue_delete_link(ledger->waiting, link);
    }
}

/* Waits for work. False when there is none and the ledger is to stop. */
bool ledger_take(Ledger *ledger, GPtrArray *jobs, GPtrArray **notes)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->deciding = false;
    do { /* once more where all who waited lost their patience meanwhile, and took back what they had handed in */
        wait_for_work(ledger);
        gather(ledger);
        take_jobs(ledger, jobs);
    } while (!jobs->len && !ledger->notes->len && !ledger->stop);
    ledger->last_batch = jobs->len;
    *notes = take_notes(ledger, jobs->len > 0);
    bool any = jobs->len || (*notes)->len || ledger->notes->len;
    ledger->deciding = any;
    pthread_mutex_unlock(&ledger->lock);
    return any;
}

bool ledger_clock_is_fresh(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    bool fresh = store->clock_heard_us && g_get_monotonic_time() - store->clock_heard_us < CLOCK_FRESH_US;
    pthread_mutex_unlock(&store->clock_lock);
    return fresh;
}

/* --- starting and stopping --- */

Ledger *ledger_of(Store *store)
{
    pthread_mutex_lock(&store->ledger_lock);
    if (!store->ledger) {
        Ledger *ledger = g_new0(Ledger, 1);
        ledger->store = store;
        db_init(&ledger->db, store->database, store->config.prepared, true);
        ledger->db.patience_ms = MAX(DB_PATIENCE_MS, store->config.patience_ms);
        pthread_mutex_init(&ledger->lock, NULL);
        ledger_cond_init(&ledger->work);
        ledger_cond_init(&ledger->answer);
        ledger->waiting = g_queue_new();
        ledger->keys_running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        ledger->memory = memory_new();
        ledger->refusals = refusals_new();
        ledger->notes = g_ptr_array_new_with_free_func((GDestroyNotify)note_free);
        ledger->decided = g_ptr_array_new();
        ledger->running = pthread_create(&ledger->thread, NULL, ledger_main, ledger) == 0;
        ledger_answerers_start(ledger);
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
    ledger_answerers_stop(ledger);
    db_close(&ledger->db);
    g_queue_free(ledger->waiting);
    g_hash_table_unref(ledger->keys_running);
    memory_free(ledger->memory);
    g_ptr_array_unref(ledger->notes);
    g_ptr_array_unref(ledger->decided);
    refusals_free(ledger->refusals);
    pthread_mutex_destroy(&ledger->lock);
    pthread_cond_destroy(&ledger->work);
    pthread_cond_destroy(&ledger->answer);
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

bool ledger_withdraw(Ledger *ledger, Job *job)
{
    if (job->taken || g_get_monotonic_time() < job->handed_in_us + store_patience_us(ledger->store))
        return false;
    g_autofree char *why = g_strdup_printf(SAY_DATABASE, SAY_NO_ANSWER);
    job_down(job, why);
    g_queue_remove(ledger->waiting, job);
    return true;
}

void ledger_hand_in(Ledger *ledger, Job *job)
{
    job->key.id = record_id_new();
    job->handed_in_us = g_get_monotonic_time();
    pthread_mutex_lock(&ledger->lock);
    g_queue_push_tail(ledger->waiting, job);
    if (ledger->waiting->length == 1 || ledger->waiting->length >= ledger->awaited)
        pthread_cond_signal(&ledger->work);
    if (job->later && ledger->answerers_asleep == ledger->answerer_count)
        pthread_cond_signal(&ledger->answer);
    pthread_mutex_unlock(&ledger->lock);
}

static void submit(Ledger *ledger, Job *job)
{
    ledger_cond_init(&job->wake);
    ledger_hand_in(ledger, job);
    pthread_mutex_lock(&ledger->lock);
    struct timespec until = ledger_in_us(store_patience_us(ledger->store));
    while (!job->finished && !ledger_withdraw(ledger, job)) {
        if (job->taken)
            pthread_cond_wait(&job->wake, &ledger->lock);
        else
            pthread_cond_timedwait(&job->wake, &ledger->lock, &until);
    }
    pthread_mutex_unlock(&ledger->lock);
    pthread_cond_destroy(&job->wake);
}

void ledger_submit(Store *store, Job *jobs, int count)
{
    Ledger *ledger = ledger_of(store);
    pthread_mutex_lock(&ledger->lock);
    for (int i = 0; i < count; i++) {
        ledger_cond_init(&jobs[i].wake);
        jobs[i].key.id = record_id_new();
        jobs[i].handed_in_us = g_get_monotonic_time();
        g_queue_push_tail(ledger->waiting, &jobs[i]);
    }
    pthread_cond_signal(&ledger->work);
    struct timespec until = ledger_in_us(store_patience_us(store));
    for (int i = 0; i < count; i++)
        while (!jobs[i].finished && !ledger_withdraw(ledger, &jobs[i])) {
            if (jobs[i].taken)
                pthread_cond_wait(&jobs[i].wake, &ledger->lock);
            else
                pthread_cond_timedwait(&jobs[i].wake, &ledger->lock, &until);
        }
    pthread_mutex_unlock(&ledger->lock);
    for (int i = 0; i < count; i++)
        pthread_cond_destroy(&jobs[i].wake);
}

bool ledger_key_begin(Ledger *ledger, const LedgerAsk *ask, char **running, StoreError *error)
{
    *running = NULL;
    if (!ask->idempotency_key)
        return true;
    char *key = g_strdup_printf("%s\n%s", ask->caller, ask->idempotency_key);
    pthread_mutex_lock(&ledger->lock);
    bool first = g_hash_table_add(ledger->keys_running, g_strdup(key));
    pthread_mutex_unlock(&ledger->lock);
    if (first) {
        *running = key;
        return true;
    }
    g_free(key);
    store_fail(error, STORE_CONFLICT, "Idempotency-Key", SAY_KEY_RUNNING);
    return false;
}

void ledger_key_end(Ledger *ledger, char *running)
{
    if (!running)
        return;
    pthread_mutex_lock(&ledger->lock);
    g_hash_table_remove(ledger->keys_running, running);
    pthread_mutex_unlock(&ledger->lock);
    g_free(running);
}

/* A certain refusal, while the ledger is busy: it costs no transaction and does not wait for one. An idle ledger is
 * asked instead; that is as fast, and true to the last microsecond. */
Answer *ledger_refuse_from_memory(Ledger *ledger, const LedgerAsk *ask)
{
    Store *store = ledger->store;
    pthread_mutex_lock(&ledger->lock);
    bool busy = (ledger->deciding || ledger->notes->len) && ledger->notes->len < NOTES_MAX;
    pthread_mutex_unlock(&ledger->lock);
    Note *note = NULL;
    Answer *answer = busy && ledger_clock_is_fresh(store) ? refusals_recall(ledger->refusals, ask, store_now(store), &note) : NULL;
    if (!answer)
        return NULL;
    pthread_mutex_lock(&ledger->lock);
    g_ptr_array_add(ledger->notes, note);
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
    g_autoptr(Policy) policy = store_policy_held(store);
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

StoreResult ledger_outcome(Ledger *ledger, Job *job, Answer **answer)
{
    *answer = job->answer;
    if (job->result != STORE_DOWN || job->ask->kind != ASK_CONSUME || !(*answer = allow_unrecorded(ledger, job->ask)))
        return job->result;
    store_error_clear(job->error);
    return STORE_OK;
}

StoreResult ledger_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error)
{
    Ledger *ledger = ledger_of(store);
    char *running;
    if (!ledger_key_begin(ledger, ask, &running, error))
        return STORE_CONFLICT;
    if (!running && (*answer = ledger_refuse_from_memory(ledger, ask)))
        return STORE_OK;
    Job job = { .kind = JOB_ASK, .ask = ask, .error = error };
    submit(ledger, &job);
    ledger_key_end(ledger, running);
    return ledger_outcome(ledger, &job, answer);
}

static StoreResult settle(Store *store, JobKind kind, const char *id, const char *prefix, int64_t units, const char *reason,
                          const char *actor, LedgerDone *done, StoreError *error)
{
    Job job = { .kind = kind, .units = units, .reason = reason, .actor = actor, .done = done, .error = error };
    if (!public_id_read(id, prefix, &job.about))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("%s"), kind == JOB_REFUND ? "decision" : "reservation");
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

StoreResult ledger_reset_of_bulk(Store *store, int64_t bulk, int64_t number, const char *subject, const char *feature, const char *reason,
                                 const char *actor, LedgerDone *done, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    if (feature && !policy_feature(policy, feature))
        return store_fail(error, STORE_NONE, "feature", SAY_NO_FEATURE, feature);
    Job job = { .kind = JOB_RESET, .subject = subject, .feature = feature, .reason = reason, .actor = actor,
                .origin = audit_origin(), .bulk = bulk, .bulk_number = number, .once = once_of_thread(), .done = done, .error = error };
    submit(ledger_of(store), &job);
    return job.result;
}

StoreResult ledger_reset(Store *store, const char *subject, const char *feature, const char *reason, const char *actor,
                         LedgerDone *done, StoreError *error)
{
    return ledger_reset_of_bulk(store, 0, 0, subject, feature, reason, actor, done, error);
}

StoreResult ledger_restore_of_bulk(Store *store, int64_t bulk, int64_t number, const char *reset, const char *reason, const char *actor,
                                   LedgerDone *done, StoreError *error)
{
    Job job = { .kind = JOB_RESTORE, .reason = reason, .actor = actor, .origin = audit_origin(), .once = once_of_thread(),
                .bulk = bulk, .bulk_number = number, .done = done, .error = error };
    if (!public_id_read(reset, DECISION_PREFIX, &job.about))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("reset"));
    submit(ledger_of(store), &job);
    return job.result;
}

StoreResult ledger_restore(Store *store, const char *reset, const char *reason, const char *actor, LedgerDone *done, StoreError *error)
{
    return ledger_restore_of_bulk(store, 0, 0, reset, reason, actor, done, error);
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
