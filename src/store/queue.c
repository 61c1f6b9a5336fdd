/* Leaving, and the admission of those whose turn it is. The decisions are the ledger's (ledger_queue.c): here they
 * are asked for. */
#include "store/queue.h"

#include "say/say.h"
#include "store/audit.h"
#include "store/ledger_job.h"
#include "store/lease.h"

/* --- leaving --- */

static StoreResult leave_as(Store *store, Job *job)
{
    ledger_submit(store, job, 1);
    if (job->result == STORE_OK)
        places_touch(store, job->about.id);
    return job->result;
}

static StoreResult leave_waiting(Store *store, const DecisionKey *key, StoreError *error)
{
    Job job = { .kind = JOB_LEAVE, .about = *key, .error = error };
    return leave_as(store, &job);
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
        return store_fail(error, STORE_CONFLICT, NULL, SAY_TICKET_OVER);
    if (read->callback != CALLBACK_NONE)
        return store_fail(error, STORE_CONFLICT, NULL, SAY_TICKET_DELIVERED);
    result = ledger_release(store, read->reservation, &done, error);
    places_touch(store, key->id);
    return result;
}

StoreResult queue_leave(Store *store, const char *id, StoreError *error)
{
    DecisionKey key;
    g_autoptr(TicketRead) read = NULL;
    if (!public_id_read(id, TICKET_PREFIX, &key))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("ticket"));
    places_touch(store, key.id);
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result != STORE_OK)
        return result;
    if (read->state == TICKET_ADMITTED)
        return leave_admitted(store, &key, id, error);
    if (ticket_is_over(read->state))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_TICKET_OVER);
    result = leave_waiting(store, &key, error);
    if (result != STORE_CONFLICT)
        return result;
    store_error_clear(error);
    return leave_admitted(store, &key, id, error); /* its turn came in this moment */
}

/* What is held for it goes back by the ledger, and its callback, if it has one, is not tried any more. */
static StoreResult drop_admitted(Store *store, const char *id, Job *job)
{
    g_autoptr(TicketRead) read = NULL;
    const int64_t number = job->about.id;
    StoreResult result = queue_ticket(store, id, false, &read, job->error);
    if (result != STORE_OK)
        return result;
    if (read->state != TICKET_ADMITTED || !read->reservation || !public_id_read(read->reservation, RESERVATION_PREFIX, &job->about))
        return store_fail(job->error, STORE_CONFLICT, NULL, SAY_TICKET_OVER);
    job->kind = JOB_RELEASE;
    job->audited = true;
    ledger_submit(store, job, 1);
    places_touch(store, number);
    return job->result;
}

StoreResult queue_drop(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    Job job = { .kind = JOB_LEAVE, .reason = reason, .actor = actor, .origin = audit_origin(), .error = error };
    Job admitted = job;
    g_autoptr(TicketRead) read = NULL;
    if (!public_id_read(id, TICKET_PREFIX, &job.about))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("ticket"));
    admitted.about = job.about;
    places_touch(store, job.about.id);
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result != STORE_OK)
        return result;
    if (read->state == TICKET_ADMITTED)
        return drop_admitted(store, id, &admitted);
    result = leave_as(store, &job);
    if (result != STORE_CONFLICT)
        return result;
    store_error_clear(error);
    places_touch(store, job.about.id);
    return drop_admitted(store, id, &admitted); /* its turn came in this moment */
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
    char *texts[] = { head->head.ticket, head->subject, head->feature, head->resource };
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
    head->head.ticket = public_id_ticket(&head->key);
    return head;
}

QueueLine *queue_line_new(int64_t account, int64_t slot, const char *owner, int most)
{
    QueueLine *line = g_new(QueueLine, 1);
    *line = (QueueLine){ account, slot, g_strdup(owner), most };
    return line;
}

void queue_line_free(gpointer data)
{
    QueueLine *line = data;
    if (line)
        g_free(line->owner);
    g_free(line);
}

static void params_line(Params *params, int64_t account, int64_t slot, const char *owner)
{
    params_number(params, account);
    params_number(params, slot);
    params_text(params, owner);
}

StoreResult queue_lines(Store *store, const QueueLine *after, const QueueLine *last, int most, GPtrArray **lines, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, most);
    params_line(&params, after ? after->account : -1, after ? after->slot : 0, after ? after->owner : "");
    if (last)
        params_line(&params, last->account, last->slot, last->owner);
    for (int i = 0; !last && i < 3; i++)
        params_text(&params, NULL);
    StoreResult outcome = store_read(store, QUERY_TICKETS_LINES, &params, &rows, error);
    if (outcome != STORE_OK)
        return outcome;
    *lines = g_ptr_array_new_with_free_func(queue_line_free);
    for (int row = 0; row < PQntuples(rows); row++)
        g_ptr_array_add(*lines, queue_line_new(result_number(rows, row, 0), result_number(rows, row, 1), result_text(rows, row, 2), 1));
    return STORE_OK;
}

static void params_lines(Params *params, const GPtrArray *lines)
{
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) most = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) owners = g_ptr_array_new();
    for (guint i = 0; i < lines->len; i++) {
        const QueueLine *line = lines->pdata[i];
        int64_t of_it = line->most;
        g_array_append_val(accounts, line->account);
        g_array_append_val(slots, line->slot);
        g_array_append_val(most, of_it);
        g_ptr_array_add(owners, line->owner);
    }
    params_numbers(params, accounts);
    params_numbers(params, slots);
    params_texts(params, owners);
    params_numbers(params, most);
}

StoreResult queue_heads(Store *store, const GPtrArray *lines, GPtrArray **heads, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_lines(&params, lines);
    g_autoptr(PGresult) rows = NULL;
    StoreResult outcome = store_read(store, QUERY_TICKETS_HEADS, &params, &rows, error);
    if (outcome != STORE_OK)
        return outcome;
    *heads = g_ptr_array_new_with_free_func(head_free);
    for (int row = 0; row < PQntuples(rows); row++) {
        Head *head = head_new(rows, row);
        head->head.line = (guint)result_number(rows, row, 9);
        g_ptr_array_add(*heads, head);
    }
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

/* Of what was asked for when they joined the policy in force knows nothing any more: their places are gone, as whoever asks for it is
 * told, and do not hold up those behind. */
static void end_unknown(Store *store, const GPtrArray *heads, const Job *jobs)
{
    g_autofree Job *ends = g_new0(Job, MAX(heads->len, 1));
    g_autofree guint *whose = g_new0(guint, MAX(heads->len, 1));
    g_autofree StoreError *errors = g_new0(StoreError, MAX(heads->len, 1));
    int count = 0;
    for (guint i = 0; i < heads->len; i++) {
        if (jobs[i].result != STORE_NONE && jobs[i].result != STORE_INVALID)
            continue;
        ends[count] = (Job){ .kind = JOB_LEAVE, .about = ((Head *)heads->pdata[i])->key, .reason = "refused", .error = &errors[count] };
        whose[count++] = i;
    }
    if (count)
        ledger_submit(store, ends, count);
    for (int i = 0; i < count; i++) {
        Head *head = heads->pdata[whose[i]];
        head->head.result = ends[i].result == STORE_OK ? ADMISSION_ENDED : ends[i].result == STORE_CONFLICT ? ADMISSION_GONE : ADMISSION_NONE;
        if (ends[i].result == STORE_OK)
            places_touch(store, head->key.id);
        store_error_clear(&errors[i]);
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
        if (i > 0 && head->head.line != ((Head *)heads->pdata[i - 1])->head.line)
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
    end_unknown(store, heads, jobs);
}

static StoreResult one_head(Store *store, const DecisionKey *key, Head **head, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, key->account_id);
    params_number(&params, key->subject_id);
    params_instant(&params, key->at);
    params_number(&params, key->id);
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKET_ASK, &params, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (outcome == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, NULL, SAY_TICKET_WAITS_NOT);
    *head = outcome == STORE_OK ? head_new(rows, 0) : NULL;
    return outcome;
}

static StoreResult let_in_outcome(AdmissionResult result, StoreError *error)
{
    switch (result) {
    case ADMISSION_IN:
        return STORE_OK;
    case ADMISSION_FULL:
        return store_fail(error, STORE_CONFLICT, NULL, SAY_NO_ROOM);
    case ADMISSION_MOVED:
        return store_fail(error, STORE_CONFLICT, NULL, SAY_NO_ROOM_ELSEWHERE);
    case ADMISSION_ENDED:
        return store_fail(error, STORE_CONFLICT, NULL, SAY_REFUSED_ELSEWHERE);
    default:
        return store_fail(error, STORE_CONFLICT, NULL, SAY_TICKET_WAITS_NOT);
    }
}

StoreResult queue_let_in(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    DecisionKey key;
    g_autoptr(TicketRead) read = NULL;
    Head *head = NULL;
    bool stopped = false;
    LedgerAsk ask;
    StoreResult result = queue_ticket(store, id, false, &read, error);
    if (result == STORE_OK && public_id_read(id, TICKET_PREFIX, &key))
        result = one_head(store, &key, &head, error);
    if (result != STORE_OK)
        return result;
    Admission admission = { .ticket = head->key, .stopped = &stopped };
    head_ask(head, &admission, &ask);
    Job job = { .kind = JOB_ASK, .ask = &ask, .reason = reason, .actor = actor, .origin = audit_origin(), .error = error };
    ledger_submit(store, &job, 1);
    places_touch(store, key.id);
    answer_unref(job.answer);
    head_free(head);
    return job.result == STORE_OK ? let_in_outcome(admission.result, error) : job.result;
}

/* --- keeping order --- */

#define UNSEEN_MOST 200 /* so many places are given up together; the ledger decides as many at once */
#define SEEN_MOST 5000  /* so many who were seen are written down by one statement, which must not take long, */
#define SEEN_US (US_PER_S / 4) /* and for so long, between the turns in which people are let in, */
#define SEEN_ALL_US (3 * US_PER_S) /* or so long where there is no next time */

static StoreResult read_unseen(Store *store, int64_t grace_s, PGresult **rows, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_number(&params, grace_s);
    params_number(&params, UNSEEN_MOST);
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKETS_UNSEEN, &params, rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}

static StoreResult write_seen(Store *store, const PlaceSeen *seen, int count, bool more, StoreError *error)
{
    g_auto(Params) params = params_new();
    GArray *columns[5];
    for (int i = 0; i < 5; i++)
        columns[i] = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int row = 0; row < count; row++) {
        const int64_t values[] = { seen[row].key.account_id, seen[row].key.subject_id, seen[row].key.at, seen[row].key.id, seen[row].at };
        for (int i = 0; i < 5; i++)
            g_array_append_val(columns[i], values[i]);
    }
    for (int i = 0; i < 5; i++) {
        params_numbers(&params, columns[i]);
        g_array_unref(columns[i]);
    }
    if (store_write_alone(store, QUERY_TICKETS_SEEN, &params, NULL, error) != STORE_OK)
        return STORE_DOWN;
    places_seen_written(store, seen, count, more);
    return STORE_OK;
}

static StoreResult end_together(Store *store, Job *jobs, int count, int *ended, StoreError *error)
{
    g_autofree StoreError *errors = g_new0(StoreError, MAX(count, 1));
    StoreResult outcome = STORE_OK;
    for (int i = 0; i < count; i++)
        jobs[i].error = &errors[i];
    if (count)
        ledger_submit(store, jobs, count);
    for (int i = 0; i < count; i++) {
        *ended += jobs[i].result == STORE_OK;
        if (jobs[i].result == STORE_OK)
            places_touch(store, jobs[i].about.id);
        if (jobs[i].result == STORE_DOWN && outcome == STORE_OK)
            outcome = store_fail(error, STORE_DOWN, NULL, "%s", errors[i].detail);
        store_error_clear(&errors[i]);
    }
    return outcome;
}

StoreResult queue_expire(Store *store, int64_t grace_s, int *ended, bool *more, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(PlaceSeen));
    *more = false;
    StoreResult result = read_unseen(store, grace_s, &rows, error);
    if (result != STORE_OK || !PQntuples(rows))
        return result;
    g_autofree Job *jobs = g_new0(Job, PQntuples(rows));
    int count = 0;
    for (int row = 0; row < PQntuples(rows); row++) {
        const DecisionKey key = { result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                                  result_number(rows, row, 3) };
        PlaceSeen here;
        if (places_is_seen(store, key.id, &here)) /* which is not written down yet */
            g_array_append_val(seen, here);
        else
            jobs[count++] = (Job){ .kind = JOB_LEAVE, .about = key, .reason = "unseen" };
    }
    result = end_together(store, jobs, count, ended, error);
    if (result == STORE_OK && seen->len)
        result = write_seen(store, (const PlaceSeen *)seen->data, (int)seen->len, false, error);
    *more = result == STORE_OK && PQntuples(rows) == UNSEEN_MOST;
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

/* A part at a time: each is safe when it is written, whatever becomes of the next. What there is no time for is written the next time, or, as
 * the process ends, not at all: what is written of them is no older than half of the time for which a place is kept. */
StoreResult queue_note_seen(Store *store, bool all, StoreError *error)
{
    g_autoptr(GArray) seen = places_seen(store, all);
    int64_t until_us = g_get_monotonic_time() + (all ? SEEN_ALL_US : SEEN_US);
    StoreResult result = STORE_OK;
    for (guint from = 0; result == STORE_OK && from < seen->len && (from == 0 || g_get_monotonic_time() < until_us); from += SEEN_MOST)
        result = write_seen(store, &g_array_index(seen, PlaceSeen, from), (int)MIN(SEEN_MOST, seen->len - from), from + SEEN_MOST < seen->len, error);
    return result;
}

StoreResult queue_tidy(Store *store, StoreError *error)
{
    g_auto(StoreError) of_due = { 0 };
    bool due = false;
    StoreResult noted = queue_note_seen(store, false, error);
    StoreResult result = any_due(store, &due, noted == STORE_OK ? error : &of_due);
    if (result == STORE_OK && due)
        result = ledger_sweep(store, noted == STORE_OK ? error : &of_due);
    return noted == STORE_OK ? result : noted;
}

StoreResult queue_has_people(Store *store, bool *people, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKETS_ANY, NULL, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    *people = outcome == STORE_OK && result_bool(rows, 0, 0);
    return outcome;
}

bool queue_is_in_policy(Store *store)
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
