/* All that a batch writes, as a few statements over arrays, queued into one pipeline. */
#include "store/ledger_job.h"
#include "store/rows.h"

#define OLD_KEYS_AT_LEAST 20 /* so many may be forgotten where a single key is written */

Record *batch_record(Batch *batch, Job *job, const SubjectState *state, const char *kind, const char *outcome)
{
    Record *record = batch_record_borrowing(batch, job, state, kind, outcome);
    record->borrows = false;
    record->plan = g_strdup(record->plan);
    record->organization = g_strdup(record->organization);
    return record;
}

Record *batch_record_borrowing(Batch *batch, Job *job, const SubjectState *state, const char *kind, const char *outcome)
{
    Record *record = g_new(Record, 1);
    *record = (Record){ .borrows = true, .key = job->key, .kind = kind, .outcome = outcome,
                        .plan = state->subject.plan ? state->subject.plan->key : (char *)"", .organization = state->organization,
                        .policy_version = batch->policy->version,
                        .trace = g_array_sized_new(FALSE, FALSE, sizeof(TraceLine), 4) };
    g_ptr_array_add(batch->records, record);
    return record;
}

Record *record_copy(const Record *record)
{
    Record *copy = g_memdup2(record, sizeof *record);
    copy->borrows = false;
    copy->plan = g_strdup(record->plan);
    copy->organization = g_strdup(record->organization);
    copy->feature = g_strdup(record->feature);
    copy->resource = g_strdup(record->resource);
    copy->items = g_strdup(record->items);
    copy->metadata = g_strdup(record->metadata);
    copy->on_behalf_of = g_strdup(record->on_behalf_of);
    copy->actor = g_strdup(record->actor);
    copy->trace = g_array_copy(record->trace);
    return copy;
}

void record_free(Record *record)
{
    if (!record)
        return;
    char *texts[] = { record->plan, record->organization, record->feature, record->resource, record->items,
                      record->metadata, record->on_behalf_of, record->actor };
    for (size_t i = 0; !record->borrows && i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    if (record->borrows)
        g_free(record->items);
    g_array_unref(record->trace);
    g_free(record);
}

void batch_alert(Batch *batch, const SubjectState *state, const Limit *limit, Instant window_start, int threshold, int64_t used,
                 Amount amount, int64_t shared_account, const char *owner)
{
    AlertRow *row = g_new0(AlertRow, 1);
    bool own = limit->scope == SCOPE_SUBJECT;
    *row = (AlertRow){ .account_id = own ? state->account_id : shared_account, .subject_id = own ? state->id : 0,
                       .slot = limit->slot, .owner = g_strdup(own ? "" : owner),
                       .feature = g_strdup(batch->policy->features[limit->feature].key), .limit_key = g_strdup(limit->key),
                       .window_start = window_start, .threshold = threshold, .used = used, .amount = amount };
    g_ptr_array_add(batch->alerts, row);
}

static gint state_order(gconstpointer a, gconstpointer b)
{
    const SubjectState *x = *(SubjectState *const *)a, *y = *(SubjectState *const *)b;
    if (x->account_id != y->account_id)
        return x->account_id < y->account_id ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* In the order in which rows are locked, those that changed or those that did not. */
GPtrArray *batch_states_sorted(const Batch *batch, bool changed)
{
    GPtrArray *states = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((SubjectState *)value)->changed == changed)
            g_ptr_array_add(states, value);
    g_ptr_array_sort(states, state_order);
    return states;
}

static void queue_counters(Batch *batch)
{
    g_autoptr(GPtrArray) changed = batch_states_sorted(batch, true);
    if (!changed->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, changed->len, 8);
    for (guint i = 0; i < changed->len; i++) {
        const SubjectState *state = changed->pdata[i];
        Part numbers, rolling;
        rows_set(&rows, &state->own, &numbers, &rolling);
        ROWS_ADD(&rows, state->account_id, state->id, state->version, numbers.first, numbers.last, rolling.first, rolling.last,
                 state->touched);
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    params_numbers(&params, rows.state);
    params_numbers(&params, rows.rolling);
    db_queue(batch->db, QUERY_COUNTERS_WRITE, &params, NULL);
}

static void queue_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    g_auto(Rows) rows;
    rows_init(&rows, all->len, 8);
    for (guint i = 0; i < all->len; i++) {
        const SharedCounter *counter = all->pdata[i];
        Part numbers, rolling;
        if (!counter->changed)
            continue;
        rows_set(&rows, &counter->set, &numbers, &rolling);
        ROWS_ADD(&rows, counter->account_id, counter->slot, rows_text(&rows, 0, counter->owner), counter->version,
                 numbers.first, numbers.last, rolling.first, rolling.last);
    }
    if (!rows.numbers->len)
        return;
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    params_numbers(&params, rows.state);
    params_numbers(&params, rows.rolling);
    params_texts(&params, rows.texts);
    db_queue(batch->db, QUERY_SHARED_WRITE, &params, NULL);
}

static void check_counters(Batch *batch)
{
    g_autoptr(GPtrArray) same = batch_states_sorted(batch, false);
    if (!same->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, same->len, 3);
    for (guint i = 0; i < same->len; i++) {
        const SubjectState *state = same->pdata[i];
        ROWS_ADD(&rows, state->account_id, state->id, state->version);
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    db_queue(batch->db, QUERY_COUNTERS_CHECK, &params, NULL);
}

static void check_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    g_auto(Rows) rows;
    rows_init(&rows, all->len, 4);
    for (guint i = 0; i < all->len; i++) {
        const SharedCounter *counter = all->pdata[i];
        if (!counter->changed)
            ROWS_ADD(&rows, counter->account_id, counter->slot, rows_text(&rows, 0, counter->owner), counter->version);
    }
    if (!rows.numbers->len)
        return;
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    params_texts(&params, rows.texts);
    db_queue(batch->db, QUERY_SHARED_CHECK, &params, NULL);
}

void batch_queue_checks(Batch *batch)
{
    check_counters(batch);
    check_shared(batch);
}

/* Numbers, instants and texts, as most statements take them. */
static void rows_queue(const Rows *rows, Batch *batch, Query query, const GArray *more)
{
    g_auto(Params) params = params_new();
    params_numbers(&params, rows->numbers);
    params_instants(&params, rows->instants);
    params_texts(&params, rows->texts);
    if (more)
        params_numbers(&params, more);
    db_queue(batch->db, query, &params, NULL);
}

static void add_record(Rows *rows, GArray *traces, const Record *record)
{
    Part trace = rows_part(traces, record->trace->data, record->trace->len * TRACE_STRIDE);
    ROWS_ADD(rows, record->key.account_id, record->key.subject_id, record->key.id, rows_text(rows, 0, record->kind),
             rows_text(rows, 1, record->outcome), record->reason, record->policy_version, rows_text(rows, 2, record->plan),
             rows_text(rows, 3, record->organization), rows_text(rows, 4, record->feature), rows_text(rows, 5, record->resource),
             record->units, rows_text(rows, 6, record->items), trace.first, trace.last, rows_text(rows, 7, record->on_behalf_of),
             rows_text(rows, 8, record->metadata), record->about.id, rows_text(rows, 9, record->actor));
    rows_instant(rows, record->key.at);
    rows_instant(rows, record->has_about ? record->about.at : INSTANT_MIN);
}

#define TRACE_LINES 3 /* of most records */
static void queue_records(Batch *batch)
{
    if (!batch->records->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, batch->records->len, 19);
    g_autoptr(GArray) traces = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), batch->records->len * TRACE_STRIDE * TRACE_LINES);
    for (guint i = 0; i < batch->records->len; i++)
        add_record(&rows, traces, batch->records->pdata[i]);
    rows_queue(&rows, batch, QUERY_DECISIONS_WRITE, traces);
}

static void queue_alerts(Batch *batch)
{
    if (!batch->alerts->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, batch->alerts->len, 9);
    for (guint i = 0; i < batch->alerts->len; i++) {
        const AlertRow *row = batch->alerts->pdata[i];
        ROWS_ADD(&rows, row->account_id, row->subject_id, row->slot, rows_text(&rows, 0, row->owner), row->threshold,
                 rows_text(&rows, 1, row->feature), rows_text(&rows, 2, row->limit_key), row->used, row->amount);
        rows_instant(&rows, row->window_start);
        rows_instant(&rows, batch->now);
    }
    rows_queue(&rows, batch, QUERY_ALERTS_WRITE, NULL);
}

static void queue_holds(Batch *batch)
{
    if (!batch->holds->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, batch->holds->len, 6);
    for (guint i = 0; i < batch->holds->len; i++) {
        const Job *job = batch->holds->pdata[i];
        ROWS_ADD(&rows, job->key.account_id, job->key.subject_id, job->key.id, rows_text(&rows, 0, job->answer->feature->key),
                 job->answer->units, job->ask->own);
        rows_instant(&rows, job->key.at);
        rows_instant(&rows, job->answer->expires_at);
    }
    rows_queue(&rows, batch, QUERY_RESERVATIONS_WRITE, NULL);
}

/* More than are written, however few decisions there are: what was left behind is gone some time. */
static void queue_old_keys(Batch *batch)
{
    g_auto(Params) params = params_new();
    params_number(&params, 2 * (int64_t)batch->keys->len + OLD_KEYS_AT_LEAST);
    db_queue(batch->db, QUERY_IDEMPOTENCY_FORGET_OLD, &params, NULL);
}

static void queue_keys(Batch *batch)
{
    if (!batch->keys->len)
        return;
    queue_old_keys(batch);
    g_auto(Rows) rows;
    rows_init(&rows, batch->keys->len, 6);
    for (guint i = 0; i < batch->keys->len; i++) {
        const Job *job = batch->keys->pdata[i];
        ROWS_ADD(&rows, rows_text(&rows, 0, job->ask->caller), rows_text(&rows, 1, job->ask->idempotency_key),
                 rows_text(&rows, 2, job->ask->fingerprint), job->key.account_id, job->key.subject_id, job->key.id);
        rows_instant(&rows, job->key.at);
    }
    rows_queue(&rows, batch, QUERY_IDEMPOTENCY_WRITE, NULL);
}

static void queue_each(Batch *batch, const GPtrArray *all, Query query)
{
    for (guint i = 0; i < all->len; i++)
        db_queue(batch->db, query, all->pdata[i], NULL);
}

void batch_queue_writes(Batch *batch)
{
    if (!batch->charged)
        db_queue(batch->db, QUERY_COMMIT_RELAXED, NULL, NULL);
    if (!batch->added) {
        queue_counters(batch);
        queue_shared(batch);
    }
    queue_records(batch);
    queue_alerts(batch);
    queue_holds(batch);
    batch_queue_tickets(batch);
    queue_each(batch, batch->settlements, QUERY_RESERVATION_SETTLE);
    batch_queue_expiry(batch);
    queue_each(batch, batch->give_backs, QUERY_DECISION_GIVE_BACK);
    queue_each(batch, batch->audits, QUERY_AUDIT_WRITE);
    queue_each(batch, batch->bulk_mades, QUERY_BULK_MADE);
    queue_each(batch, batch->bulk_failures, QUERY_BULK_FAIL);
    queue_keys(batch);
    batch_queue_once(batch);
    if (batch->notify) {
        g_auto(Params) params = params_new();
        params_text(&params, "given back");
        db_queue(batch->db, QUERY_NOTIFY, &params, NULL);
    }
}
