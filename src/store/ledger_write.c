/* All that a batch writes, as a few statements over arrays, queued into one pipeline. */
#include "store/ledger_job.h"

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

/* Columns of a statement over arrays, filled row by row. */
#define COLUMNS_MAX 22
typedef struct {
    const char *form;
    GArray *numbers[COLUMNS_MAX];
    GPtrArray *texts[COLUMNS_MAX];
} Columns;

/* `form`: a letter a column, n for numbers, i for instants, t for texts, which are not owned, a for the arrays of all rows,
 * one after the other. There is room for so many rows, but for arrays, which grow. */
#define FLAT_ROW 48
static void columns_init(Columns *columns, const char *form, guint rows)
{
    *columns = (Columns){ .form = form };
    for (int i = 0; form[i]; i++) {
        if (form[i] == 't')
            columns->texts[i] = g_ptr_array_sized_new(rows);
        else
            columns->numbers[i] = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), form[i] == 'a' ? rows * FLAT_ROW : rows);
    }
}

static void columns_clear(Columns *columns)
{
    for (int i = 0; i < COLUMNS_MAX; i++) {
        g_clear_pointer(&columns->numbers[i], g_array_unref);
        g_clear_pointer(&columns->texts[i], g_ptr_array_unref);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Columns, columns_clear)

static void put(Columns *columns, int column, int64_t value)
{
    GArray *numbers = columns->numbers[column];
    ((int64_t *)(void *)numbers->data)[numbers->len++] = value;
}

static void put_text(Columns *columns, int column, const char *value)
{
    GPtrArray *texts = columns->texts[column];
    texts->pdata[texts->len++] = (char *)value;
}

/* Which part of a column that holds the arrays of all rows is this row's: first and last index, counted from 1. */
static void put_part(Columns *columns, int first, int64_t from, int64_t count)
{
    put(columns, first, from + 1);
    put(columns, first + 1, from + count);
}

static void columns_queue(const Columns *columns, Batch *batch, Query query)
{
    g_auto(Params) params = params_new();
    for (int i = 0; columns->form[i]; i++) {
        if (columns->form[i] == 't')
            params_texts(&params, columns->texts[i]);
        else if (columns->form[i] == 'i')
            params_instants(&params, columns->numbers[i]);
        else
            params_numbers(&params, columns->numbers[i]);
    }
    db_queue(batch->db, query, &params, NULL);
}

/* The set's numbers go to `column` and the one after it, their parts to the four columns from `parts`. */
static void put_set(Columns *columns, int column, int parts, const CounterSet *set)
{
    GArray *state = columns->numbers[column], *rolling = columns->numbers[column + 1];
    int64_t state_from = state->len, rolling_from = rolling->len;
    counter_set_write(set, state, rolling);
    put_part(columns, parts, state_from, state->len - state_from);
    put_part(columns, parts + 2, rolling_from, rolling->len - rolling_from);
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
    g_auto(Columns) columns;
    columns_init(&columns, "nnnaannnnn", changed->len);
    for (guint i = 0; i < changed->len; i++) {
        const SubjectState *state = changed->pdata[i];
        put(&columns, 0, state->account_id);
        put(&columns, 1, state->id);
        put(&columns, 2, state->version);
        put_set(&columns, 3, 5, &state->own);
        put(&columns, 9, state->touched);
    }
    columns_queue(&columns, batch, QUERY_COUNTERS_WRITE);
}

static void queue_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    g_auto(Columns) columns;
    columns_init(&columns, "nntnaannnn", all->len);
    for (guint i = 0; i < all->len; i++) {
        const SharedCounter *counter = all->pdata[i];
        if (!counter->changed)
            continue;
        put(&columns, 0, counter->account_id);
        put(&columns, 1, counter->slot);
        put_text(&columns, 2, counter->owner);
        put(&columns, 3, counter->version);
        put_set(&columns, 4, 6, &counter->set);
    }
    if (columns.numbers[0]->len)
        columns_queue(&columns, batch, QUERY_SHARED_WRITE);
}

static void check_counters(Batch *batch)
{
    g_autoptr(GPtrArray) same = batch_states_sorted(batch, false);
    g_auto(Columns) columns;
    columns_init(&columns, "nnn", same->len);
    for (guint i = 0; i < same->len; i++) {
        const SubjectState *state = same->pdata[i];
        put(&columns, 0, state->account_id);
        put(&columns, 1, state->id);
        put(&columns, 2, state->version);
    }
    if (same->len)
        columns_queue(&columns, batch, QUERY_COUNTERS_CHECK);
}

static void check_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    g_auto(Columns) columns;
    columns_init(&columns, "nntn", all->len);
    for (guint i = 0; i < all->len; i++) {
        const SharedCounter *counter = all->pdata[i];
        if (counter->changed)
            continue;
        put(&columns, 0, counter->account_id);
        put(&columns, 1, counter->slot);
        put_text(&columns, 2, counter->owner);
        put(&columns, 3, counter->version);
    }
    if (columns.numbers[0]->len)
        columns_queue(&columns, batch, QUERY_SHARED_CHECK);
}

void batch_queue_checks(Batch *batch)
{
    check_counters(batch);
    check_shared(batch);
}

static void put_record(Columns *columns, const Record *record)
{
    GArray *trace = columns->numbers[14];
    int64_t trace_from = trace->len;
    if (record->trace->len)
        g_array_append_vals(trace, record->trace->data, record->trace->len * TRACE_STRIDE);
    put(columns, 0, record->key.account_id);
    put(columns, 1, record->key.subject_id);
    put(columns, 2, record->key.at);
    put(columns, 3, record->key.id);
    put_text(columns, 4, record->kind);
    put_text(columns, 5, record->outcome);
    put(columns, 6, record->reason);
    put(columns, 7, record->policy_version);
    put_text(columns, 8, record->plan);
    put_text(columns, 9, record->organization);
    put_text(columns, 10, record->feature);
    put_text(columns, 11, record->resource);
    put(columns, 12, record->units);
    put_text(columns, 13, record->items);
    put_part(columns, 15, trace_from, trace->len - trace_from);
    put_text(columns, 17, record->on_behalf_of);
    put_text(columns, 18, record->metadata);
    put(columns, 19, record->has_about ? record->about.at : INSTANT_MIN);
    put(columns, 20, record->about.id);
    put_text(columns, 21, record->actor);
}

static void queue_records(Batch *batch)
{
    if (!batch->records->len)
        return;
    g_auto(Columns) columns;
    columns_init(&columns, "nninttnnttttntannttint", batch->records->len);
    for (guint i = 0; i < batch->records->len; i++)
        put_record(&columns, batch->records->pdata[i]);
    columns_queue(&columns, batch, QUERY_DECISIONS_WRITE);
}

static void queue_alerts(Batch *batch)
{
    if (!batch->alerts->len)
        return;
    g_auto(Columns) columns;
    columns_init(&columns, "nnntnnttnnn", batch->alerts->len);
    for (guint i = 0; i < batch->alerts->len; i++) {
        const AlertRow *row = batch->alerts->pdata[i];
        put(&columns, 0, row->account_id);
        put(&columns, 1, row->subject_id);
        put(&columns, 2, row->slot);
        put_text(&columns, 3, row->owner);
        put(&columns, 4, row->window_start);
        put(&columns, 5, row->threshold);
        put_text(&columns, 6, row->feature);
        put_text(&columns, 7, row->limit_key);
        put(&columns, 8, row->used);
        put(&columns, 9, row->amount);
        put(&columns, 10, batch->now);
    }
    columns_queue(&columns, batch, QUERY_ALERTS_WRITE);
}

static void queue_holds(Batch *batch)
{
    if (!batch->holds->len)
        return;
    g_auto(Columns) columns;
    columns_init(&columns, "nnnntnn", batch->holds->len);
    for (guint i = 0; i < batch->holds->len; i++) {
        const Job *job = batch->holds->pdata[i];
        put(&columns, 0, job->key.account_id);
        put(&columns, 1, job->key.subject_id);
        put(&columns, 2, job->key.at);
        put(&columns, 3, job->key.id);
        put_text(&columns, 4, job->answer->feature->key);
        put(&columns, 5, job->answer->units);
        put(&columns, 6, job->answer->expires_at);
    }
    columns_queue(&columns, batch, QUERY_RESERVATIONS_WRITE);
}

static void queue_keys(Batch *batch)
{
    if (!batch->keys->len)
        return;
    g_auto(Columns) columns;
    columns_init(&columns, "tttnnnn", batch->keys->len);
    for (guint i = 0; i < batch->keys->len; i++) {
        const Job *job = batch->keys->pdata[i];
        put_text(&columns, 0, job->ask->caller);
        put_text(&columns, 1, job->ask->idempotency_key);
        put_text(&columns, 2, job->ask->fingerprint);
        put(&columns, 3, job->key.account_id);
        put(&columns, 4, job->key.subject_id);
        put(&columns, 5, job->key.at);
        put(&columns, 6, job->key.id);
    }
    columns_queue(&columns, batch, QUERY_IDEMPOTENCY_WRITE);
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
    queue_each(batch, batch->settlements, QUERY_RESERVATION_SETTLE);
    queue_each(batch, batch->give_backs, QUERY_DECISION_GIVE_BACK);
    queue_each(batch, batch->audits, QUERY_AUDIT_WRITE);
    queue_keys(batch);
    if (batch->notify) {
        g_auto(Params) params = params_new();
        params_text(&params, "given back");
        db_queue(batch->db, QUERY_NOTIFY, &params, NULL);
    }
}
