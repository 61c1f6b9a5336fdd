/* A batch of asks, decided by memory and written in one round trip that guards itself.
 *
 * What is written carries the versions that it was decided by, and under the same locks it is seen whether the policy and
 * the time are those of the decision; where one of these does not hold, nothing is written, and the batch is decided
 * again under locks (ledger_batch.c). One transaction without BEGIN and COMMIT: its end is the pipeline's. Rows are
 * locked in the same order as everywhere: subjects, then shared counters.
 */
#include "store/ledger_job.h"

/* How far the time of the decision, which is reckoned, may be from that of the database. */
#define CLOCK_SLACK_US 100000

typedef struct {
    Batch *batch;
    Guarded *guarded;
    GHashTable *by_key;    /* subject key → SubjectState *, nothing owned */
} Meeting;

static void meet_state(Meeting *meeting, SubjectState *state)
{
    g_hash_table_insert(meeting->batch->states, g_memdup2(&state->id, sizeof state->id), state);
    g_hash_table_insert(meeting->by_key, state->key, state);
}

/* The keys of those whom neither the batch nor the memory knows. */
static GPtrArray *strangers(Meeting *meeting)
{
    GPtrArray *unknown = g_ptr_array_new();
    for (guint i = 0; i < meeting->batch->jobs->len; i++) {
        const Job *job = meeting->batch->jobs->pdata[i];
        if (!job_open(job) || g_hash_table_contains(meeting->by_key, job->ask->subject))
            continue;
        SubjectState *state = memory_subject(meeting->guarded->memory, job->ask->subject);
        if (state)
            meet_state(meeting, state);
        else if (!g_ptr_array_find_with_equal_func(unknown, job->ask->subject, g_str_equal, NULL))
            g_ptr_array_add(unknown, (char *)job->ask->subject);
    }
    return unknown;
}

/* Overrides and grants of those who have any. */
static DbResult fetch_rows(Batch *batch, const GPtrArray *states)
{
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < states->len; i++) {
        const SubjectState *state = states->pdata[i];
        g_array_append_val(accounts, state->account_id);
        g_array_append_val(ids, state->id);
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, accounts);
    params_numbers(&params, ids);
    g_autoptr(PGresult) overrides = NULL;
    g_autoptr(PGresult) grants = NULL;
    db_queue(batch->db, QUERY_OVERRIDES_OF, &params, &overrides);
    db_queue(batch->db, QUERY_GRANTS_OF, &params, &grants);
    DbResult result = db_sync(batch->db);
    for (guint i = 0; result == DB_OK && i < states->len; i++)
        subject_state_rows(states->pdata[i], batch->policy, overrides, grants);
    return result;
}

static BatchResult fetch(Meeting *meeting, const GPtrArray *keys)
{
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(meeting->batch->db, QUERY_SUBJECTS_FETCH, &params, &rows);
    g_autoptr(GPtrArray) favoured = g_ptr_array_new();
    for (int row = 0; result == DB_OK && row < PQntuples(rows); row++) {
        SubjectState *state = subject_state_new(rows, row);
        if (!state)
            return BATCH_AGAIN;
        meet_state(meeting, state);
        if (result_bool(rows, row, 17))
            g_ptr_array_add(favoured, state);
    }
    if (result == DB_OK && favoured->len)
        result = fetch_rows(meeting->batch, favoured);
    return batch_result(result);
}

/* Everybody's state, from memory or read. */
static BatchResult meet_all(Meeting *meeting)
{
    Batch *batch = meeting->batch;
    for (int attempt = 0; attempt < 3; attempt++) {
        g_autoptr(GPtrArray) unknown = strangers(meeting);
        if (!unknown->len)
            return BATCH_DONE;
        if (attempt) {
            DbResult met = batch_meet(batch, unknown);
            if (met != DB_OK)
                return batch_result(met);
        }
        BatchResult result = fetch(meeting, unknown);
        if (result != BATCH_DONE)
            return result;
    }
    return BATCH_AGAIN;
}

static void settle_all(Meeting *meeting)
{
    Batch *batch = meeting->batch;
    GHashTableIter iter;
    gpointer state;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &state))
        subject_state_settle(state, batch->policy, batch->now);
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        const SubjectState *mine = job_open(job) ? g_hash_table_lookup(meeting->by_key, job->ask->subject) : NULL;
        if (mine) {
            job->account_id = mine->account_id;
            job->subject_id = mine->id;
        }
    }
}

/* --- shared counters --- */

static GPtrArray *shared_unknown(const Batch *batch)
{
    GPtrArray *unknown = shared_set_sorted(batch->shared);
    for (guint i = unknown->len; i-- > 0;)
        if (((SharedCounter *)unknown->pdata[i])->found)
            g_ptr_array_remove_index(unknown, i);
    return unknown;
}

static DbResult read_shared(Batch *batch, const GPtrArray *unknown, Query query)
{
    g_auto(Params) params = params_new();
    shared_params(&params, unknown, NULL);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(batch->db, query, &params, &rows);
    if (result == DB_OK && query == QUERY_SHARED_READ)
        shared_set_read(batch->shared, rows);
    return result;
}

static BatchResult load_shared(Batch *batch, Guarded *guarded)
{
    batch_want_shared(batch);
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    for (guint i = 0; i < all->len; i++)
        memory_shared(guarded->memory, all->pdata[i]);
    static const Query steps[] = { QUERY_SHARED_READ, QUERY_SHARED_MEET, QUERY_SHARED_READ };
    for (size_t step = 0; step < G_N_ELEMENTS(steps); step++) {
        g_autoptr(GPtrArray) unknown = shared_unknown(batch);
        if (!unknown->len)
            return BATCH_DONE;
        DbResult result = read_shared(batch, unknown, steps[step]);
        if (result != DB_OK)
            return batch_result(result);
    }
    return BATCH_AGAIN;
}

/* --- writing --- */

static bool is_refused(const Job *job)
{
    return job->record && job->outcome != OUTCOME_ALLOWED;
}

/* A refusal leaves no key behind that would tell that it had been allowed before. */
static bool refuses_with_key(const Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (is_refused(job) && job->ask->idempotency_key)
            return true;
    }
    return false;
}

static bool anything_refused(const Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++)
        if (is_refused(batch->jobs->pdata[i]))
            return true;
    return false;
}

/* When the decisions hold: from then (inclusive) until then (exclusive). */
static void validity(const Batch *batch, Instant *from, Instant *until)
{
    int64_t slack_us = store_clock_goes(batch->store) ? CLOCK_SLACK_US : 0;
    *from = batch->now - slack_us;
    *until = batch->now + slack_us + 1;
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Answer *answer = ((const Job *)batch->jobs->pdata[i])->answer;
        for (int line = 0; answer && line < answer->line_count; line++) {
            const UsageLine *usage = &answer->lines[line].usage;
            bool rolling = usage->limit->window.align == ALIGN_ROLLING;
            *from = rolling ? *from : MAX(*from, usage->window.start);
            *until = MIN(*until, MIN(usage->override_expires, usage->bonus_expires));
            *until = rolling ? *until : MIN(*until, usage->window.end);
        }
    }
}

void batch_queue_guard(Batch *batch, PGresult **row)
{
    Instant from, until;
    validity(batch, &from, &until);
    g_auto(Params) params = params_new();
    params_number(&params, batch->policy->version);
    params_number(&params, from);
    params_number(&params, until - 1);
    params_bool(&params, anything_refused(batch));
    db_queue(batch->db, QUERY_LEDGER_GUARD, &params, row);
}

static BatchResult write_all(Batch *batch, Guarded *guarded)
{
    g_autoptr(PGresult) guard = NULL;
    g_autoptr(GPtrArray) missing = shared_unknown(batch);
    if (missing->len || refuses_with_key(batch))
        return BATCH_AGAIN;
    BatchResult result;
    if (guarded->others) {
        result = batch_write_added(batch, &guard);
    } else {
        batch_queue_writes(batch);
        batch_queue_checks(batch);
        batch_queue_guard(batch, &guard);
        result = batch_result(db_sync(batch->db));
    }
    if (result == BATCH_DONE) {
        store_clock_heard(batch->store, result_number(guard, 0, 0));
        guarded->due = result_bool(guard, 0, 1);
    }
    return result;
}

BatchResult batch_run_guarded(Batch *batch, Guarded *guarded)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    Meeting meeting = { batch, guarded, by_key };
    for (guint i = 0; i < batch->jobs->len; i++)
        batch_find_features(batch, batch->jobs->pdata[i]);
    BatchResult result = meet_all(&meeting);
    if (result != BATCH_DONE)
        return result;
    batch->now = store_now_reckoned(batch->store);
    settle_all(&meeting);
    result = load_shared(batch, guarded);
    if (result != BATCH_DONE)
        return result;
    batch->trial = guarded->others;
    batch->by_memory = true;
    batch_decide(batch);
    if (!batch->records->len)
        return BATCH_DONE;
    result = write_all(batch, guarded);
    if (result == BATCH_DONE)
        batch_remember(batch, guarded->memory);
    else
        batch_forget(batch, guarded->memory);
    return result;
}
