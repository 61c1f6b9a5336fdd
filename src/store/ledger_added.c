/* Where several processes write the same counters, what one of them remembers is old more often than not. Plain charges,
 * which fill no limit and reach no threshold, do not mind: they are added to whatever the counters are by now, where they
 * still fit under the caps. What the counters were is then known from the rows, which stay locked, and everything is decided
 * once more by that, so that answers and records are exact. Two round trips, and no process waits for another's reading.
 *
 * Whatever is not plain (a refusal, a new window, a rolling one, a threshold, a grant that is drawn from) is left to
 * ledger_batch.c.
 */
#include "store/ledger_job.h"
#include "store/rows.h"

#define LINES 4       /* counters of one subject that one batch may add to */
#define DESCRIPTION 6 /* numbers that describe one of them: counters_add.sql */

/* What is added to a counter, and how far it may go. */
typedef struct {
    int64_t used, held, cap;
} Addition;

static int64_t cap_of(const TraceLine *line, const Limit *limit, const Subject *subject, const Counter *counter)
{
    int64_t cap = line->amount == AMOUNT_UNLIMITED ? INT64_MAX : line->amount;
    int count = 0;
    const int *warn_at = limit ? limit_warn_at(limit, subject, &count) : NULL;
    for (int i = 0; line->amount > 0 && i < count; i++)
        if (!(counter->fired & (INT64_C(1) << i)))
            cap = MIN(cap, (line->amount * warn_at[i] + 99) / 100 - 1);
    return cap;
}

static const Counter *line_counter(Batch *batch, const SubjectState *state, const TraceLine *line)
{
    CounterSet *set = (CounterSet *)&state->own;
    if (line->flags & (TRACE_ORGANIZATION | TRACE_PLAN | TRACE_SITE)) {
        SharedCounter *shared = shared_set_get(batch->shared, line->flags & TRACE_ORGANIZATION ? state->account_id : 0, line->slot,
                                               line->flags & TRACE_PLAN ? state->subject.plan->key : "");
        set = shared ? &shared->set : NULL;
    }
    return set ? counter_set_find(set, line->slot) : NULL;
}

/* Adds up what the jobs' records charge: additions by counter. False when one is not plain. */
static bool sum_record(Batch *batch, const SubjectState *state, const Record *record, GHashTable *additions)
{
    for (guint i = 0; i < record->trace->len; i++) {
        const TraceLine *line = &g_array_index(record->trace, TraceLine, i);
        const Counter *counter = line_counter(batch, state, line);
        if (!line->used_delta && !line->held_delta)
            continue;
        if ((line->flags & TRACE_IS_GRANT) || !counter || counter->buckets)
            return false;
        Addition *addition = g_hash_table_lookup(additions, counter);
        if (!addition) {
            addition = g_new0(Addition, 1);
            addition->cap = INT64_MAX;
            g_hash_table_insert(additions, (gpointer)counter, addition);
        }
        addition->used += line->used_delta;
        addition->held += line->held_delta;
        addition->cap = MIN(addition->cap, cap_of(line, policy_limit_by_slot(batch->policy, line->slot), &state->subject, counter));
    }
    return true;
}

/* By counter; NULL when not everything is plain. */
static GHashTable *additions_of(Batch *batch)
{
    g_autoptr(GHashTable) additions = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    if (batch->alerts->len)
        return NULL;
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (!job_open(job))
            continue;
        if (!job->record || job->outcome != OUTCOME_ALLOWED ||
            !sum_record(batch, batch_state(batch, job->subject_id), job->record, additions))
            return NULL;
    }
    return g_steal_pointer(&additions);
}

/* --- adding --- */

/* The four descriptions of a subject's counters. False: more than four are added to, or it has rolling ones. */
static bool describe(GArray *numbers, const SubjectState *state, GHashTable *additions)
{
    int64_t described[LINES * DESCRIPTION];
    int lines = 0;
    for (int i = 0; i < state->own.count; i++)
        if (state->own.counters[i].buckets)
            return false;
    for (int i = 0; i < LINES; i++)
        memcpy(described + i * DESCRIPTION, ((const int64_t[]){ 0, 0, 0, 0, 0, 1 }), DESCRIPTION * sizeof(int64_t));
    for (int i = 0; i < state->own.count; i++) {
        const Counter *counter = &state->own.counters[i];
        const Addition *addition = g_hash_table_lookup(additions, counter);
        if (!addition)
            continue;
        if (lines == LINES || (addition->used && addition->held))
            return false;
        int64_t begins = i * 6 + 1, added = addition->used ? begins + 2 : begins + 3;
        memcpy(described + lines++ * DESCRIPTION,
               ((const int64_t[]){ begins, counter->slot, counter->window_start, addition->used + addition->held, addition->cap, added }),
               DESCRIPTION * sizeof(int64_t));
    }
    g_array_append_vals(numbers, described, LINES * DESCRIPTION);
    return true;
}

static bool queue_own(Batch *batch, const GPtrArray *states, GHashTable *additions, PGresult **result)
{
    g_auto(Rows) rows;
    rows_init(&rows, states->len, 3 + LINES * DESCRIPTION);
    for (guint i = 0; i < states->len; i++) {
        const SubjectState *state = states->pdata[i];
        ROWS_ADD(&rows, state->account_id, state->id, state->epoch);
        if (!describe(rows.numbers, state, additions))
            return false;
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    db_queue(batch->db, QUERY_COUNTERS_ADD, &params, result);
    return true;
}

static void queue_shared_additions(Batch *batch, const GPtrArray *counters, GHashTable *additions, PGresult **result)
{
    if (!counters->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, counters->len, 7);
    for (guint i = 0; i < counters->len; i++) {
        const SharedCounter *shared = counters->pdata[i];
        const Counter *counter = &shared->set.counters[0];
        const Addition *addition = g_hash_table_lookup(additions, counter);
        ROWS_ADD(&rows, shared->account_id, shared->slot, rows_text(&rows, 0, shared->owner), counter->window_start,
                 addition->used, addition->held, addition->cap);
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    params_texts(&params, rows.texts);
    db_queue(batch->db, QUERY_SHARED_ADD, &params, result);
}

/* --- what the counters were --- */

static void counter_before(Counter *counter, GHashTable *additions, const Counter *now)
{
    const Addition *addition = g_hash_table_lookup(additions, counter);
    int64_t used = now->used - (addition ? addition->used : 0), held = now->held - (addition ? addition->held : 0);
    bool joining = counter->joining;
    *counter = *now;
    counter->joining = joining;
    counter->used = used;
    counter->held = held;
}

/* Sets a state back to what its row was before the addition. False: the row is not of the same form. */
static bool state_before(SubjectState *state, GHashTable *additions, const PGresult *rows, int row)
{
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    CounterSet now = { 0 };
    result_numbers(rows, row, 4, numbers);
    bool good = counter_set_read(&now, (int64_t *)(void *)numbers->data, (int)numbers->len, NULL, 0) && now.count == state->own.count;
    for (int i = 0; good && i < now.count; i++) {
        if (now.counters[i].slot == state->own.counters[i].slot)
            counter_before(&state->own.counters[i], additions, &now.counters[i]);
        else
            good = false;
    }
    counter_set_clear(&now);
    state->version = result_number(rows, row, 2) - 1;
    state->changed = false;
    return good;
}

static bool states_before(Batch *batch, GHashTable *additions, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        SubjectState *state = batch_state(batch, result_number(rows, row, 1));
        if (!state || !state_before(state, additions, rows, row))
            return false;
    }
    return true;
}

static bool shared_before(Batch *batch, GHashTable *additions, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        SharedCounter *shared = shared_set_get(batch->shared, result_number(rows, row, 0), result_number(rows, row, 1),
                                               result_text(rows, row, 2));
        g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
        CounterSet now = { 0 };
        result_numbers(rows, row, 4, numbers);
        bool good = shared && counter_set_read(&now, (int64_t *)(void *)numbers->data, (int)numbers->len, NULL, 0) && now.count == 1;
        if (good)
            counter_before(&shared->set.counters[0], additions, &now.counters[0]);
        counter_set_clear(&now);
        if (!good)
            return false;
        shared->version = result_number(rows, row, 3) - 1;
        shared->changed = false;
    }
    return true;
}

static bool same_additions(GHashTable *one, GHashTable *other)
{
    GHashTableIter iter;
    gpointer counter, value;
    if (!other || g_hash_table_size(one) != g_hash_table_size(other))
        return false;
    g_hash_table_iter_init(&iter, one);
    while (g_hash_table_iter_next(&iter, &counter, &value)) {
        const Addition *a = value, *b = g_hash_table_lookup(other, counter);
        if (!b || a->used != b->used || a->held != b->held)
            return false;
    }
    return true;
}

typedef struct {
    PGresult *own, *shared;
} Added;

static void added_clear(Added *added)
{
    PQclear(added->own);
    PQclear(added->shared);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Added, added_clear)

static GPtrArray *shared_changed(Batch *batch)
{
    GPtrArray *all = shared_set_sorted(batch->shared);
    for (guint i = all->len; i-- > 0;)
        if (!((SharedCounter *)all->pdata[i])->changed)
            g_ptr_array_remove_index(all, i);
    return all;
}

/* Everything fitted, and decided by what the counters really were, it comes to the same charges. */
static bool decide_again(Batch *batch, GHashTable *additions, const Added *added, guint own, guint shared)
{
    if ((guint)PQntuples(added->own) != own || (shared && (guint)PQntuples(added->shared) != shared) ||
        !states_before(batch, additions, added->own) || (shared && !shared_before(batch, additions, added->shared)))
        return false;
    batch_undecide(batch);
    batch->trial = false;
    batch_decide(batch);
    g_autoptr(GHashTable) again = additions_of(batch);
    return same_additions(additions, again);
}

BatchResult batch_write_added(Batch *batch, PGresult **guard)
{
    g_autoptr(GHashTable) additions = additions_of(batch);
    g_autoptr(GPtrArray) same = batch_states_sorted(batch, false);
    if (!additions || same->len)
        return BATCH_AGAIN;
    g_autoptr(GPtrArray) states = batch_states_sorted(batch, true);
    g_autoptr(GPtrArray) counters = shared_changed(batch);
    g_auto(Added) added = { 0 };
    db_queue(batch->db, QUERY_BEGIN, NULL, NULL);
    bool own = queue_own(batch, states, additions, &added.own);
    if (own)
        queue_shared_additions(batch, counters, additions, &added.shared);
    DbResult result = db_sync(batch->db);
    if (result != DB_OK)
        return batch_result(result);
    if (!own || !decide_again(batch, additions, &added, states->len, counters->len))
        return BATCH_AGAIN;
    batch->added = true;
    batch_queue_writes(batch);
    batch_queue_guard(batch, guard);
    db_queue(batch->db, QUERY_COMMIT, NULL, NULL);
    return batch_result(db_sync(batch->db));
}
