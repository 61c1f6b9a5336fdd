/* Leaving, stopping lines, and the admission of those whose turn it is. The decisions are the ledger's (ledger_queue.c): here they
 * are asked for. */
#include "store/queue.h"

#include "store/admin_internal.h"
#include "store/lease.h"

/* --- leaving --- */

static StoreResult leave_waiting(Store *store, const DecisionKey *key, const char *why, StoreError *error)
{
    Job job = { .kind = JOB_LEAVE, .about = *key, .reason = why, .error = error };
    ledger_submit(store, &job, 1);
    if (job.result == STORE_OK)
        places_touch(store, key->id);
    return job.result;
}

/* Whoever was let in gives back what is held; the ticket goes with it. */
static StoreResult leave_admitted(Store *store, const DecisionKey *key, const char *id, StoreError *error)
{
    g_autoptr(TicketRead) read = NULL;
    g_auto(LedgerDone) done = { 0 };
    places_touch(store, key->id);
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result != STORE_OK)
        return result;
    if (ticket_is_over(read->state) || !read->reservation)
        return store_fail(error, STORE_CONFLICT, NULL, "the ticket is over already");
    if (read->callback != CALLBACK_NONE)
        return store_fail(error, STORE_CONFLICT, NULL, "the ticket's turn has come, and its callback is being delivered");
    result = ledger_release(store, read->reservation, &done, error);
    places_touch(store, key->id);
    return result;
}

StoreResult queue_leave(Store *store, const char *id, StoreError *error)
{
    DecisionKey key;
    g_autoptr(TicketRead) read = NULL;
    if (!public_id_read(id, TICKET_PREFIX, &key))
        return store_fail(error, STORE_NONE, NULL, "there is no such ticket");
    places_touch(store, key.id);
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result != STORE_OK)
        return result;
    if (read->state == TICKET_ADMITTED)
        return leave_admitted(store, &key, id, error);
    if (ticket_is_over(read->state))
        return store_fail(error, STORE_CONFLICT, NULL, "the ticket is over already");
    result = leave_waiting(store, &key, NULL, error);
    if (result != STORE_CONFLICT)
        return result;
    store_error_clear(error);
    return leave_admitted(store, &key, id, error); /* its turn came in this moment */
}

/* --- stopping lines --- */

/* The state before goes into `old`, by limit. */
static StoreResult write_state(Store *store, const char *feature, const char *limit, const char *state, const char *reason,
                               const char *actor, json_t *old, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, feature);
    params_text(&params, limit);
    params_text(&params, state);
    params_text(&params, reason);
    params_text(&params, actor);
    StoreResult result = admin_run(store, QUERY_QUEUE_SET, &params, &rows, error);
    if (result == STORE_OK)
        json_object_set_new(old, limit, json_string(result_text(rows, 0, 0)));
    return result;
}

/* The keys of the limits meant, each once. */
static GPtrArray *queueing_limits(const Policy *policy, const char *feature, const char *limit)
{
    GPtrArray *keys = g_ptr_array_new();
    const Feature *found = policy_feature(policy, feature);
    for (int p = 0; found && p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++) {
            const Limit *one = &policy->plans[p].limits[i];
            if (one->on_exceed == EXCEED_QUEUE && one->feature == found->index && (!limit || strcmp(one->key, limit) == 0) &&
                !g_ptr_array_find_with_equal_func(keys, one->key, g_str_equal, NULL))
                g_ptr_array_add(keys, one->key);
        }
    return keys;
}

StoreResult queue_set(Store *store, const char *feature, const char *limit, const char *state, const char *reason,
                      const char *actor, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    g_autoptr(GPtrArray) keys = queueing_limits(policy, feature, limit);
    if (!keys->len)
        return store_fail(error, STORE_NONE, limit ? "limit" : "feature", "no plan has a limit on %s that queues", feature);
    result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    json_t *old = json_object();
    for (guint i = 0; result == STORE_OK && i < keys->len; i++)
        result = write_state(store, feature, keys->pdata[i], state, reason, actor, old, error);
    if (result == STORE_OK)
        result = admin_audit(store, actor, "queue.set", NULL, NULL,
                             json_pack("{s:s, s:s*, s:s, s:s*, s:O}", "feature", feature, "limit", limit, "state", state, "reason", reason,
                                       "old", old),
                             error);
    json_decref(old);
    return admin_end(store, result, error);
}

/* --- the report --- */

static void report_free(gpointer data)
{
    QueueReport *line = data;
    g_free(line->feature);
    g_free(line->limit);
    g_free(line->state);
    g_free(line);
}

StoreResult queue_report(Store *store, GPtrArray **lines, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_QUEUES_REPORT, NULL, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (outcome != STORE_OK)
        return outcome;
    *lines = g_ptr_array_new_with_free_func(report_free);
    for (int row = 0; row < PQntuples(rows); row++) {
        QueueReport *line = g_new(QueueReport, 1);
        *line = (QueueReport){
            .feature = g_strdup(result_text(rows, row, 0)),
            .limit = g_strdup(result_text(rows, row, 1)),
            .state = g_strdup(result_text(rows, row, 2)),
            .waiting = result_number(rows, row, 3),
            .admitted = result_number(rows, row, 4),
            .used = result_number(rows, row, 5),
            .lost = result_number(rows, row, 6),
            .lapsed = result_number(rows, row, 7),
            .median_wait_s = result_number(rows, row, 8),
            .promised = result_number(rows, row, 9),
            .kept = result_number(rows, row, 10),
            .early = result_number(rows, row, 11),
            .late = result_number(rows, row, 12),
            .error_median_s = result_number(rows, row, 13),
            .error_most_s = result_number(rows, row, 14),
            .sending = result_number(rows, row, 15),
            .undelivered = result_number(rows, row, 16),
        };
        g_ptr_array_add(*lines, line);
    }
    return STORE_OK;
}

int64_t queue_report_kept_pct(const QueueReport *line)
{
    return line->promised > 0 ? line->kept * 100 / line->promised : 0;
}

json_t *queue_report_json(const QueueReport *line)
{
    json_t *waits = line->promised
        ? json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "told", (json_int_t)line->promised, "kept", (json_int_t)line->kept,
                    "kept_percent", (json_int_t)queue_report_kept_pct(line), "early", (json_int_t)line->early, "late",
                    (json_int_t)line->late, "error_median_s", (json_int_t)line->error_median_s, "error_p90_s",
                    (json_int_t)line->error_most_s)
        : json_null();
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "feature", line->feature, "limit", line->limit, "state",
                     line->state, "waiting", (json_int_t)line->waiting, "admitted", (json_int_t)line->admitted, "used",
                     (json_int_t)line->used, "lost", (json_int_t)line->lost, "lapsed", (json_int_t)line->lapsed, "median_wait_s",
                     (json_int_t)line->median_wait_s, "sending", (json_int_t)line->sending, "undelivered", (json_int_t)line->undelivered,
                     "promises", waits);
}

/* --- the lease --- */

#define ADMISSION_LEASE_S 3

StoreResult queue_lease(Store *store, const char *holder, bool *mine, bool *late, StoreError *error)
{
    const Lease lease = { LEASE_ADMISSION, (char *)holder, ADMISSION_LEASE_S };
    return lease_take(store, &lease, mine, late, error);
}

void queue_lease_leave(Store *store, const char *holder)
{
    const Lease lease = { LEASE_ADMISSION, (char *)holder, ADMISSION_LEASE_S };
    lease_leave(store, &lease);
}

/* --- admission --- */

typedef struct {
    QueueHead head;         /* first */
    DecisionKey key;
    char *subject;
    json_t *items;          /* of several; NULL: one */
    char *feature, *resource;
    int64_t units;
} Head;

static void head_free(gpointer data)
{
    Head *head = data;
    char *texts[] = { head->head.line, head->head.ticket, head->subject, head->feature, head->resource };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    json_decref(head->items);
    g_free(head);
}

static Head *head_new(const PGresult *rows, int row)
{
    Head *head = g_new0(Head, 1);
    head->key = (DecisionKey){ result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                               result_number(rows, row, 3) };
    head->subject = g_strdup(result_text(rows, row, 4));
    head->feature = g_strdup(result_text(rows, row, 5));
    head->resource = g_strdup(result_text(rows, row, 6));
    head->units = result_number(rows, row, 7);
    head->items = result_null(rows, row, 8) ? NULL : json_loads(result_text(rows, row, 8), 0, NULL);
    head->head.line = g_strdup_printf("%s %s %s", result_text(rows, row, 9), result_text(rows, row, 10), result_text(rows, row, 11));
    head->head.ticket = public_id_ticket(&head->key);
    return head;
}

StoreResult queue_heads(Store *store, int most, GPtrArray **heads, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, most);
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKETS_HEADS, &params, &rows);
    if (result == DB_LOST)
        result = db_run(db, QUERY_TICKETS_HEADS, &params, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (outcome != STORE_OK)
        return outcome;
    *heads = g_ptr_array_new_with_free_func(head_free);
    for (int row = 0; row < PQntuples(rows); row++)
        g_ptr_array_add(*heads, head_new(rows, row));
    return STORE_OK;
}

/* What was asked for when it joined. The feature that was found then is asked for by its key. */
static void head_ask(const Head *head, Admission *admission, LedgerAsk *ask)
{
    *ask = (LedgerAsk){ .kind = ASK_HOLD, .subject = head->subject, .admission = admission, .item_count = 1,
                        .items = { { head->feature, head->resource, head->units } } };
    size_t count = json_array_size(head->items);
    for (size_t i = 0; i < count && i < LEDGER_ITEMS_MAX; i++) {
        const json_t *item = json_array_get(head->items, i);
        ask->items[i] = (LedgerItem){ json_string_value(json_object_get(item, "feature")),
                                      json_string_value(json_object_get(item, "resource")),
                                      json_integer_value(json_object_get(item, "units")) };
        ask->item_count = (int)i + 1;
    }
}

void queue_admit(Store *store, const char *holder, const GPtrArray *heads)
{
    guint count = heads->len;
    g_autofree Job *jobs = g_new0(Job, MAX(count, 1));
    g_autofree LedgerAsk *asks = g_new0(LedgerAsk, MAX(count, 1));
    g_autofree Admission *admissions = g_new0(Admission, MAX(count, 1));
    g_autofree StoreError *errors = g_new0(StoreError, MAX(count, 1));
    g_autofree bool *stopped = g_new0(bool, MAX(count, 1)); /* one for each line: that of its first */
    guint line = 0;
    for (guint i = 0; i < count; i++) {
        Head *head = heads->pdata[i];
        if (i > 0 && strcmp(head->head.line, ((Head *)heads->pdata[i - 1])->head.line) != 0)
            line = i;
        admissions[i] = (Admission){ .ticket = head->key, .holder = holder, .stopped = &stopped[line] };
        head_ask(head, &admissions[i], &asks[i]);
        jobs[i] = (Job){ .kind = JOB_ASK, .ask = &asks[i], .error = &errors[i] };
    }
    ledger_submit(store, jobs, (int)count);
    for (guint i = 0; i < count; i++) {
        Head *head = heads->pdata[i];
        head->head.result = jobs[i].result == STORE_OK ? admissions[i].result : ADMISSION_NONE;
        if (head->head.result == ADMISSION_IN || head->head.result == ADMISSION_ENDED)
            places_touch(store, head->key.id);
        answer_unref(jobs[i].answer);
        store_error_clear(&errors[i]);
    }
}

/* --- keeping order --- */

static StoreResult read_unseen(Store *store, int64_t grace_s, PGresult **rows, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, grace_s);
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKETS_UNSEEN, &params, rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}

static StoreResult end_unseen(Store *store, const PGresult *rows, int *ended, StoreError *error)
{
    StoreResult outcome = STORE_OK;
    for (int row = 0; outcome == STORE_OK && row < PQntuples(rows); row++) {
        DecisionKey key = { result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                            result_number(rows, row, 3) };
        g_auto(StoreError) ignored = { 0 };
        StoreResult left = leave_waiting(store, &key, "unseen", &ignored);
        *ended += left == STORE_OK;
        if (left == STORE_DOWN)
            outcome = store_fail(error, STORE_DOWN, NULL, "%s", ignored.detail);
    }
    return outcome;
}

StoreResult queue_expire(Store *store, int64_t grace_s, int *ended, StoreError *error)
{
    g_autoptr(PGresult) some = NULL;
    g_autoptr(PGresult) rows = NULL;
    int count = 0;
    StoreResult result = read_unseen(store, grace_s, &some, error);
    /* Not everybody who was seen here is written down yet. */
    if (result == STORE_OK && PQntuples(some) > 0)
        result = queue_note_seen(store, true, error);
    if (result == STORE_OK && PQntuples(some) > 0)
        result = read_unseen(store, grace_s, &rows, error);
    if (result == STORE_OK && rows)
        result = end_unseen(store, rows, &count, error);
    if (ended)
        *ended = count;
    return result;
}

static StoreResult any_due(Store *store, bool *due, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_RESERVATIONS_ANY_DUE, NULL, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    *due = outcome == STORE_OK && PQntuples(rows) && result_bool(rows, 0, 0);
    return outcome;
}

StoreResult queue_note_seen(Store *store, bool all, StoreError *error)
{
    g_auto(Params) params = params_new();
    guint count;
    places_take_seen(store, all, &params, &count);
    if (!count)
        return STORE_OK;
    if (store_write_alone(store, QUERY_TICKETS_SEEN, &params, NULL, error) != STORE_OK)
        return STORE_DOWN;
    places_seen_written(store);
    return STORE_OK;
}

StoreResult queue_tidy(Store *store, StoreError *error)
{
    bool due = false;
    StoreResult result = queue_note_seen(store, false, error);
    if (result == STORE_OK)
        result = any_due(store, &due, error);
    return result == STORE_OK && due ? ledger_sweep(store, error) : result;
}

bool queue_is_needed(Store *store)
{
    g_autoptr(Policy) policy = NULL;
    g_auto(StoreError) error = { 0 };
    if (store_policy(store, &policy, &error) != STORE_OK)
        return false;
    for (int p = 0; p < policy->plan_count; p++)
        for (int i = 0; i < policy->plans[p].limit_count; i++)
            if (policy->plans[p].limits[i].on_exceed == EXCEED_QUEUE && policy->plans[p].limits[i].mode == MODE_ENFORCE)
                return true;
    return false;
}
