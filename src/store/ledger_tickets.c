/* Tickets under a batch's locks: reading those of everybody who is concerned, finding one, and writing what became of them. What is
 * decided about them: ledger_queue.c. */
#include "store/ledger_queue.h"

#include "base/json_write.h"
#include "store/lease.h"
#include "store/rows.h"

/* --- which line --- */

Line batch_line_of(const SubjectState *state, const Limit *limit)
{
    switch (limit->scope) {
    case SCOPE_SUBJECT:
        return (Line){ state->account_id, limit->slot, g_strdup_printf("#%" PRId64, state->id) };
    case SCOPE_ORGANIZATION:
        return (Line){ state->account_id, limit->slot, g_strdup("") };
    case SCOPE_PLAN:
        return (Line){ 0, limit->slot, g_strdup(state->subject.plan->key) };
    default:
        return (Line){ 0, limit->slot, g_strdup("") };
    }
}

bool ticket_waits_in(const TicketRow *ticket, const Line *line)
{
    return ticket->line_account == line->account && ticket->line_slot == line->slot &&
           strcmp(ticket->line_owner, line->owner) == 0;
}

/* The counter whose line it waits in, with a mark that it changed. NULL: it is not there. */
static Counter *ticket_counter(Batch *batch, SubjectState *state, const TicketRow *ticket, bool **changed)
{
    if (ticket->line_owner[0] == '#') {
        *changed = &state->changed;
        return counter_set_find(&state->own, ticket->line_slot);
    }
    SharedCounter *shared = shared_set_get(batch->shared, ticket->line_account, ticket->line_slot, ticket->line_owner);
    if (!shared || !shared->found)
        return NULL;
    *changed = &shared->changed;
    return counter_set_find(&shared->set, ticket->line_slot);
}

/* One less waits. */
void batch_line_shorten(Batch *batch, SubjectState *state, const TicketRow *ticket)
{
    bool *changed = NULL;
    Counter *counter = ticket_counter(batch, state, ticket, &changed);
    if (!counter)
        return;
    counter->waiting = MAX(counter->waiting - 1, 0);
    *changed = true;
}

/* --- reading --- */

void ticket_row_free(gpointer data)
{
    TicketRow *ticket = data;
    g_free(ticket->feature);
    g_free(ticket->resource);
    g_free(ticket->items);
    g_free(ticket->line_owner);
    g_free(ticket->job);
    g_free(ticket->on_behalf_of);
    g_free(ticket->metadata);
    g_free(ticket);
}

static TicketRow *ticket_row_new(const PGresult *rows, int row)
{
    TicketRow *ticket = g_new0(TicketRow, 1);
    ticket->key = (DecisionKey){ result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                                 result_number(rows, row, 3) };
    ticket->feature = g_strdup(result_text(rows, row, 4));
    ticket->resource = g_strdup(result_text(rows, row, 5));
    ticket->units = result_number(rows, row, 6);
    ticket->items = g_strdup(result_text(rows, row, 7));
    ticket->line_account = result_number(rows, row, 8);
    ticket->line_slot = result_number(rows, row, 9);
    ticket->line_owner = g_strdup(result_text(rows, row, 10));
    if (!ticket_state_read(result_text(rows, row, 11), &ticket->state))
        ticket->state = TICKET_EXPIRED;
    ticket->admitted = ticket->state == TICKET_ADMITTED;
    ticket->over = ticket_is_over(ticket->state);
    ticket->hold = (DecisionKey){ result_number(rows, row, 12), ticket->key.subject_id, result_number(rows, row, 13),
                                  result_number(rows, row, 14) };
    ticket->claim_until = result_number(rows, row, 15);
    ticket->job = g_strdup(result_text(rows, row, 16));
    ticket->on_behalf_of = g_strdup(result_text(rows, row, 17));
    ticket->metadata = g_strdup(result_text(rows, row, 18));
    return ticket;
}

static bool limit_queues(const Limit *limit, const SubjectState *state)
{
    return limit->on_exceed == EXCEED_QUEUE && limit->mode == MODE_ENFORCE && limit_applies(limit, &state->subject);
}

/* Is there any limit that might make it wait? */
static bool ask_concerns_queue(const Batch *batch, const Job *job, const SubjectState *state)
{
    const Plan *plan = state->subject.plan;
    for (int i = 0; plan && i < plan->limit_count; i++)
        for (int item = 0; limit_queues(&plan->limits[i], state) && item < job->ask->item_count; item++)
            if (feature_is_within(batch->policy, job->features[item], plan->limits[i].feature))
                return true;
    return false;
}

static bool job_wants_tickets(Batch *batch, const Job *job)
{
    if (!job_open(job))
        return false;
    if (job->kind == JOB_LEAVE || (job->kind == JOB_RELEASE && job->audited))
        return true;
    const SubjectState *state = job->kind == JOB_ASK ? batch_state(batch, job->subject_id) : NULL;
    return state && (job->ask->admission || job->ask->claims || job->ask->callback || ask_concerns_queue(batch, job, state));
}

static const char *batch_holder(const Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->kind == JOB_ASK && job->ask->admission && job->ask->admission->holder)
            return job->ask->admission->holder;
    }
    return NULL;
}

/* The lease went to somebody else: they are better at it by now. */
static void dismiss_admissions(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || job->kind != JOB_ASK || !job->ask->admission || !job->ask->admission->holder)
            continue;
        job->ask->admission->result = ADMISSION_NOT_OURS;
        job->result = STORE_OK;
        job->settled = true;
    }
}

static void take_stopped(Batch *batch, const PGresult *rows)
{
    batch->stopped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (int row = 0; row < PQntuples(rows); row++)
        g_hash_table_replace(batch->stopped, g_strdup_printf("%s\n%s", result_text(rows, row, 0), result_text(rows, row, 1)),
                             g_strdup(result_text(rows, row, 2)));
}

const char *batch_line_state(const Batch *batch, const Limit *limit)
{
    if (!batch->stopped || !g_hash_table_size(batch->stopped))
        return "open";
    g_autofree char *key = g_strdup_printf("%s\n%s", batch->policy->features[limit->feature].key, limit->key);
    const char *state = g_hash_table_lookup(batch->stopped, key);
    return state ? state : "open";
}

/* Where each resource has its place: is it the one that is asked for? */
static bool is_of(const Batch *batch, const TicketRow *ticket, const Job *job)
{
    return *ticket->job || !batch->policy->features[job->features[0]].place_per_resource ||
           g_strcmp0(ticket->resource, job->ask->items[0].resource) == 0;
}

TicketRow *batch_ticket_of(const Batch *batch, int64_t subject_id, const Job *ask, const char *job)
{
    const char *feature = batch->policy->features[ask->features[0]].key;
    for (guint i = 0; batch->tickets && i < batch->tickets->len; i++) {
        TicketRow *ticket = batch->tickets->pdata[i];
        if (!ticket->over && ticket->key.subject_id == subject_id && strcmp(ticket->feature, feature) == 0 &&
            strcmp(ticket->job, job) == 0 && is_of(batch, ticket, ask))
            return ticket;
    }
    return NULL;
}

TicketRow *batch_ticket_by_key(const Batch *batch, const DecisionKey *key)
{
    for (guint i = 0; batch->tickets && i < batch->tickets->len; i++) {
        TicketRow *ticket = batch->tickets->pdata[i];
        /* Its subject may have moved to another account meanwhile. */
        if (!ticket->over && ticket->key.subject_id == key->subject_id && ticket->key.at == key->at && ticket->key.id == key->id)
            return ticket;
    }
    return NULL;
}

static DbResult read_claims(Batch *batch)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    for (guint i = 0; i < batch->tickets->len; i++) {
        const TicketRow *ticket = batch->tickets->pdata[i];
        if (ticket->admitted && !*ticket->job)
            g_array_append_val(keys, ticket->hold);
    }
    if (!keys->len)
        return DB_OK;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    return db_run(batch->db, QUERY_DECISIONS_READ, &params, &batch->claims);
}

/* Parameters: accounts[], subjects[] of those who are concerned, each once, and jobs[] of which one that is over counts. False:
 * nobody is. */
static bool concerned(Batch *batch, Params *params)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) once = g_ptr_array_new();
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (!job_wants_tickets(batch, job))
            continue;
        if (job->kind == JOB_ASK && job->ask->callback && job->ask->callback->once)
            g_ptr_array_add(once, (gpointer)job->ask->callback->job);
        if (!g_hash_table_add(known, (gpointer)&job->subject_id))
            continue;
        g_array_append_val(accounts, job->account_id);
        g_array_append_val(ids, job->subject_id);
    }
    params_numbers(params, accounts);
    params_numbers(params, ids);
    params_texts(params, once);
    return ids->len > 0;
}

BatchResult batch_read_tickets(Batch *batch)
{
    g_auto(Params) params = params_new();
    if (!concerned(batch, &params))
        return BATCH_DONE;
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(PGresult) stopped = NULL;
    g_autoptr(PGresult) lease = NULL;
    const char *holder = batch_holder(batch);
    g_auto(Params) who = params_new();
    params_text(&who, LEASE_ADMISSION);
    params_text(&who, holder);
    db_queue(batch->db, QUERY_TICKETS_OF, &params, &rows);
    db_queue(batch->db, QUERY_QUEUES_STOPPED, NULL, &stopped);
    if (holder)
        db_queue(batch->db, QUERY_LEASE_CHECK, &who, &lease);
    DbResult result = db_sync(batch->db);
    if (result != DB_OK)
        return batch_result(result);
    batch->tickets = g_ptr_array_new_with_free_func(ticket_row_free);
    for (int row = 0; row < PQntuples(rows); row++)
        g_ptr_array_add(batch->tickets, ticket_row_new(rows, row));
    take_stopped(batch, stopped);
    if (holder && !PQntuples(lease))
        dismiss_admissions(batch);
    return batch_result(read_claims(batch));
}

/* The lines that its tickets wait in, and what those that were admitted hold. */
void batch_want_tickets(Batch *batch, const Job *job)
{
    for (guint i = 0; batch->tickets && i < batch->tickets->len; i++) {
        const TicketRow *ticket = batch->tickets->pdata[i];
        if (ticket->key.subject_id != job->subject_id)
            continue;
        if (!ticket->admitted && ticket->line_owner[0] != '#')
            shared_set_want(batch->shared, ticket->line_account, ticket->line_slot, ticket->line_owner);
        g_autoptr(DecisionRow) row = ticket->admitted ? decision_row_find(batch->claims, &ticket->hold) : NULL;
        if (row)
            batch_want_row(batch, row);
    }
}

/* --- changes --- */

void batch_ticket_change_free(gpointer data)
{
    TicketChange *change = data;
    params_clear(&change->params);
    g_free(change);
}

Params *batch_ticket_change(Batch *batch, Query query, const DecisionKey *key)
{
    TicketChange *change = g_new0(TicketChange, 1);
    change->id = key->id;
    change->query = query;
    change->params = params_new();
    params_number(&change->params, key->account_id);
    params_number(&change->params, key->subject_id);
    params_instant(&change->params, key->at);
    params_number(&change->params, key->id);
    g_ptr_array_add(batch->ticket_changes, change);
    batch->charged = true; /* whoever is told of it may rely on it */
    return &change->params;
}

void batch_end_waiting(Batch *batch, SubjectState *state, TicketRow *ticket, const char *word, const char *why)
{
    batch_line_shorten(batch, state, ticket);
    Params *params = batch_ticket_change(batch, QUERY_TICKET_END, &ticket->key);
    params_text(params, word);
    params_text(params, why);
    params_instant(params, batch->now);
    ticket->over = true;
}

char *ticket_hold_metadata(const TicketRow *ticket)
{
    g_autofree char *id = public_id_ticket(&ticket->key);
    json_auto_t *metadata = ticket->metadata ? json_loads(ticket->metadata, 0, NULL) : NULL;
    if (!metadata)
        metadata = json_object();
    json_object_set_new(metadata, "ticket", json_string(id));
    char *text = json_write(metadata, JSON_COMPACT), *copy = g_strdup(text);
    free(text);
    return copy;
}

/* The ticket that a hold was made for: its record says so. False: for none. */
static bool ticket_of_hold(const DecisionRow *row, DecisionKey *key)
{
    if (!row->metadata || !strstr(row->metadata, TICKET_PREFIX))
        return false;
    json_auto_t *metadata = json_loads(row->metadata, 0, NULL);
    const char *id = json_string_value(json_object_get(metadata, "ticket"));
    return id && public_id_read(id, TICKET_PREFIX, key);
}

static void settle_ticket(Batch *batch, const DecisionRow *row, const DecisionKey *key, const char *word, const char *why)
{
    Params *params = batch_ticket_change(batch, QUERY_TICKET_SETTLE, key);
    params_text(params, word);
    params_number(params, row->key.account_id);
    params_instant(params, row->key.at);
    params_number(params, row->key.id);
    params_instant(params, batch->now);
    params_text(params, why);
    TicketRow *ticket = batch_ticket_by_key(batch, key);
    if (ticket)
        ticket->over = true;
}

void batch_settle_ticket(Batch *batch, const DecisionRow *row, const char *word)
{
    DecisionKey key;
    if (ticket_of_hold(row, &key))
        settle_ticket(batch, row, &key, word, NULL);
}

void batch_drop_admitted(Batch *batch, const Job *job, const DecisionRow *row, const SubjectState *state)
{
    DecisionKey key;
    if (!ticket_of_hold(row, &key))
        return;
    TicketRow *ticket = batch_ticket_by_key(batch, &key);
    if (ticket)
        batch_audit_ticket(batch, job, state, ticket, "ticket.drop");
    settle_ticket(batch, row, &key, "expired", "dropped");
}

/* --- writing --- */

static void queue_joins(Batch *batch)
{
    if (!batch->joins->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, batch->joins->len, 22);
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *join = batch->joins->pdata[i];
        const TicketRow *ticket = join->ticket;
        const LedgerAsk *ask = join->job->ask;
        ROWS_ADD(&rows, ticket->key.account_id, ticket->key.subject_id, ticket->key.id, join->turn, join->flow,
                 rows_text(&rows, 0, ticket->feature), rows_text(&rows, 1, ticket->resource), ticket->units,
                 rows_text(&rows, 2, ticket->items), ticket->line_account, ticket->line_slot,
                 rows_text(&rows, 3, ticket->line_owner), MAX(join->ahead, 0), join->wait.known ? join->wait.least_s : -1,
                 join->wait.known ? join->wait.most_s : -1, rows_text(&rows, 4, ask->return_to), ask->by_form, join->keep_s,
                 rows_text(&rows, 5, ticket->job), rows_text(&rows, 6, ticket->on_behalf_of), rows_text(&rows, 7, ticket->metadata),
                 rows_text(&rows, 8, ticket->one ? ticket->resource : ""));
        rows_instant(&rows, ticket->key.at);
    }
    g_auto(Params) params = params_new();
    params_numbers(&params, rows.numbers);
    params_instants(&params, rows.instants);
    params_texts(&params, rows.texts);
    db_queue(batch->db, QUERY_TICKETS_WRITE, &params, NULL);
}

void batch_queue_tickets(Batch *batch)
{
    queue_joins(batch);
    batch_queue_deliveries(batch);
    for (guint i = 0; i < batch->ticket_changes->len; i++) {
        const TicketChange *change = batch->ticket_changes->pdata[i];
        db_queue(batch->db, change->query, &change->params, NULL);
    }
}

void batch_touch_tickets(const Batch *batch)
{
    for (guint i = 0; i < batch->ticket_changes->len; i++)
        places_touch(batch->store, ((const TicketChange *)batch->ticket_changes->pdata[i])->id);
}

void batch_tickets_clear(Batch *batch)
{
    g_clear_pointer(&batch->tickets, g_ptr_array_unref);
    g_clear_pointer(&batch->claims, PQclear);
    g_clear_pointer(&batch->stopped, g_hash_table_unref);
    g_ptr_array_unref(batch->joins);
    g_ptr_array_unref(batch->ticket_changes);
}
