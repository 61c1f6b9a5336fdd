/* All that a batch writes, as a few statements over arrays, queued into one pipeline. */
#include "store/ledger_job.h"

Record *batch_record(Batch *batch, Job *job, const SubjectState *state, const char *kind, const char *outcome)
{
    Record *record = g_new0(Record, 1);
    record->key = job->key;
    record->kind = kind;
    record->outcome = outcome;
    record->plan = g_strdup(state->subject.plan ? state->subject.plan->key : "");
    record->organization = g_strdup(state->organization);
    record->policy_version = batch->policy->version;
    record->trace = g_array_new(FALSE, TRUE, sizeof(TraceLine));
    g_ptr_array_add(batch->records, record);
    return record;
}

Record *record_copy(const Record *record)
{
    Record *copy = g_memdup2(record, sizeof *record);
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
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
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
typedef struct {
    GArray *numbers[20];
    GPtrArray *texts[20];
    int count;
} Columns;

/* `form`: a letter a column, n for numbers, t for texts (not owned), o for texts that are owned. */
static void columns_init(Columns *columns, const char *form)
{
    memset(columns, 0, sizeof *columns);
    for (const char *p = form; *p; p++, columns->count++) {
        if (*p == 'n')
            columns->numbers[columns->count] = g_array_new(FALSE, FALSE, sizeof(int64_t));
        else
            columns->texts[columns->count] = g_ptr_array_new_with_free_func(*p == 'o' ? g_free : NULL);
    }
}

static void put(Columns *columns, int column, int64_t value)
{
    g_array_append_val(columns->numbers[column], value);
}

static void put_text(Columns *columns, int column, const char *value)
{
    g_ptr_array_add(columns->texts[column], (char *)value);
}

static void columns_queue(Columns *columns, Batch *batch, Query query)
{
    g_auto(Params) params = params_new();
    for (int i = 0; i < columns->count; i++) {
        if (columns->numbers[i]) {
            params_numbers(&params, columns->numbers[i]);
            g_array_unref(columns->numbers[i]);
        } else {
            params_texts(&params, columns->texts[i]);
            g_ptr_array_unref(columns->texts[i]);
        }
    }
    db_queue(batch->db, query, &params, NULL);
}

static char *array_text(const GArray *values)
{
    return numbers_literal((const int64_t *)(const void *)values->data, (int)values->len);
}

static void put_set(Columns *columns, int column, const CounterSet *set)
{
    g_autoptr(GArray) state = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    counter_set_write(set, state, rolling);
    put_text(columns, column, array_text(state));
    put_text(columns, column + 1, rolling->len ? array_text(rolling) : NULL);
}

static gint state_order(gconstpointer a, gconstpointer b)
{
    const SubjectState *x = *(SubjectState *const *)a, *y = *(SubjectState *const *)b;
    if (x->account_id != y->account_id)
        return x->account_id < y->account_id ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void queue_counters(Batch *batch)
{
    g_autoptr(GPtrArray) changed = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((SubjectState *)value)->changed)
            g_ptr_array_add(changed, value);
    if (!changed->len)
        return;
    g_ptr_array_sort(changed, state_order);
    Columns columns;
    columns_init(&columns, "nnoo");
    for (guint i = 0; i < changed->len; i++) {
        const SubjectState *state = changed->pdata[i];
        put(&columns, 0, state->account_id);
        put(&columns, 1, state->id);
        put_set(&columns, 2, &state->own);
    }
    columns_queue(&columns, batch, QUERY_COUNTERS_WRITE);
}

static void queue_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    Columns columns;
    columns_init(&columns, "nntoo");
    for (guint i = 0; i < all->len; i++) {
        const SharedCounter *counter = all->pdata[i];
        if (!counter->changed)
            continue;
        put(&columns, 0, counter->account_id);
        put(&columns, 1, counter->slot);
        put_text(&columns, 2, counter->owner);
        put_set(&columns, 3, &counter->set);
    }
    if (columns.numbers[0]->len) {
        columns_queue(&columns, batch, QUERY_SHARED_WRITE);
        return;
    }
    for (int i = 0; i < columns.count; i++) {
        g_clear_pointer(&columns.numbers[i], g_array_unref);
        g_clear_pointer(&columns.texts[i], g_ptr_array_unref);
    }
}

static void put_record(Columns *columns, const Record *record)
{
    int c = 0;
    put(columns, c++, record->key.account_id);
    put(columns, c++, record->key.subject_id);
    put(columns, c++, record->key.at);
    put(columns, c++, record->key.id);
    put_text(columns, c++, record->kind);
    put_text(columns, c++, record->outcome);
    put(columns, c++, record->reason);
    put(columns, c++, record->policy_version);
    put_text(columns, c++, record->plan);
    put_text(columns, c++, record->organization);
    put_text(columns, c++, record->feature);
    put_text(columns, c++, record->resource);
    put(columns, c++, record->units);
    put_text(columns, c++, record->items);
    put_text(columns, c++, numbers_literal((const int64_t *)(const void *)record->trace->data,
                                           (int)record->trace->len * TRACE_STRIDE));
    put_text(columns, c++, record->on_behalf_of);
    put_text(columns, c++, record->metadata);
    put(columns, c++, record->has_about ? record->about.at : INSTANT_MIN);
    put(columns, c++, record->about.id);
    put_text(columns, c, record->actor);
}

static void queue_records(Batch *batch)
{
    if (!batch->records->len)
        return;
    Columns columns;
    columns_init(&columns, "nnnnttnnttttntottnnt");
    for (guint i = 0; i < batch->records->len; i++)
        put_record(&columns, batch->records->pdata[i]);
    columns_queue(&columns, batch, QUERY_DECISIONS_WRITE);
}

static void queue_alerts(Batch *batch)
{
    if (!batch->alerts->len)
        return;
    Columns columns;
    columns_init(&columns, "nnntnnttnnn");
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
    Columns columns;
    columns_init(&columns, "nnnntnn");
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
    Columns columns;
    columns_init(&columns, "tttnnnn");
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
    queue_counters(batch);
    queue_shared(batch);
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
