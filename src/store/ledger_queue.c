/* What a batch does about queues, under its locks: whoever is stopped gets a ticket, whoever was let in takes what is held for
 * them, the next are let in, and those who go give up their places.
 *
 * A counter knows how many wait in its line, so that an ask that comes while somebody waits is seen to be one without looking for
 * tickets. Whatever changes who waits (joining, admission, leaving) changes that number, and so writes the counter's row: two
 * processes cannot both be right about a line. All that happens to a ticket happens under the lock of its subject's row.
 */
#include "store/ledger_job.h"
#include "store/rows.h"

#define CLAIM_WITHIN_S 60 /* where the policy has the limit no more */

/* --- which line --- */

typedef struct {
    int64_t account, slot;
    char *owner; /* owned */
} Line;

static Line line_of(const SubjectState *state, const Limit *limit)
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

static bool waits_in(const TicketRow *ticket, const Line *line)
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
static void line_shorten(Batch *batch, SubjectState *state, const TicketRow *ticket)
{
    bool *changed = NULL;
    Counter *counter = ticket_counter(batch, state, ticket, &changed);
    if (!counter)
        return;
    counter->waiting = MAX(counter->waiting - 1, 0);
    *changed = true;
}

/* --- reading --- */

static void ticket_row_free(gpointer data)
{
    TicketRow *ticket = data;
    g_free(ticket->feature);
    g_free(ticket->resource);
    g_free(ticket->items);
    g_free(ticket->line_owner);
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
    ticket->admitted = strcmp(result_text(rows, row, 11), "admitted") == 0;
    ticket->hold = (DecisionKey){ result_number(rows, row, 12), ticket->key.subject_id, result_number(rows, row, 13),
                                  result_number(rows, row, 14) };
    ticket->claim_until = result_number(rows, row, 15);
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
    if (job->kind == JOB_LEAVE)
        return true;
    const SubjectState *state = job->kind == JOB_ASK ? batch_state(batch, job->subject_id) : NULL;
    return state && (job->ask->admission || job->ask->claims || ask_concerns_queue(batch, job, state));
}

static const char *batch_holder(const Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->kind == JOB_ASK && job->ask->admission)
            return job->ask->admission->holder;
    }
    return NULL;
}

/* The lease went to somebody else: they are better at it by now. */
static void dismiss_admissions(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || job->kind != JOB_ASK || !job->ask->admission)
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

static const char *line_state(const Batch *batch, const Limit *limit)
{
    if (!batch->stopped || !g_hash_table_size(batch->stopped))
        return "open";
    g_autofree char *key = g_strdup_printf("%s\n%s", batch->policy->features[limit->feature].key, limit->key);
    const char *state = g_hash_table_lookup(batch->stopped, key);
    return state ? state : "open";
}

static TicketRow *ticket_of(const Batch *batch, int64_t subject_id, const char *feature)
{
    for (guint i = 0; batch->tickets && i < batch->tickets->len; i++) {
        TicketRow *ticket = batch->tickets->pdata[i];
        if (!ticket->over && ticket->key.subject_id == subject_id && strcmp(ticket->feature, feature) == 0)
            return ticket;
    }
    return NULL;
}

static TicketRow *ticket_by_key(const Batch *batch, const DecisionKey *key)
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
        if (ticket->admitted)
            g_array_append_val(keys, ticket->hold);
    }
    if (!keys->len)
        return DB_OK;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    return db_run(batch->db, QUERY_DECISIONS_READ, &params, &batch->claims);
}

/* Parameters: accounts[], subjects[] of the jobs that are concerned, each once. False: none is. */
static bool concerned(Batch *batch, Params *params)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (!job_wants_tickets(batch, job) || !g_hash_table_add(known, (gpointer)&job->subject_id))
            continue;
        g_array_append_val(accounts, job->account_id);
        g_array_append_val(ids, job->subject_id);
    }
    params_numbers(params, accounts);
    params_numbers(params, ids);
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
    params_text(&who, holder);
    db_queue(batch->db, QUERY_TICKETS_OF, &params, &rows);
    db_queue(batch->db, QUERY_QUEUES_STOPPED, NULL, &stopped);
    if (holder)
        db_queue(batch->db, QUERY_ADMISSION_CHECK, &who, &lease);
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

static Params *ticket_change(Batch *batch, Query query, const DecisionKey *key)
{
    TicketChange *change = g_new0(TicketChange, 1);
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

static void end_waiting(Batch *batch, SubjectState *state, TicketRow *ticket, const char *word, const char *why)
{
    line_shorten(batch, state, ticket);
    Params *params = ticket_change(batch, QUERY_TICKET_END, &ticket->key);
    params_text(params, word);
    params_text(params, why);
    params_instant(params, batch->now);
    ticket->over = true;
}

/* The ticket that a hold was made for: its record says so. */
void batch_settle_ticket(Batch *batch, const DecisionRow *row, const char *word)
{
    if (!row->metadata || !strstr(row->metadata, TICKET_PREFIX))
        return;
    json_auto_t *metadata = json_loads(row->metadata, 0, NULL);
    const char *id = json_string_value(json_object_get(metadata, "ticket"));
    DecisionKey key;
    if (!id || !public_id_read(id, TICKET_PREFIX, &key))
        return;
    Params *params = ticket_change(batch, QUERY_TICKET_SETTLE, &key);
    params_text(params, word);
    params_number(params, row->key.account_id);
    params_instant(params, row->key.at);
    params_number(params, row->key.id);
    params_instant(params, batch->now);
    TicketRow *ticket = ticket_by_key(batch, &key);
    if (ticket)
        ticket->over = true;
}

/* --- joining --- */

bool batch_goes_apart(const Decision *decision)
{
    if (decision->outcome == OUTCOME_QUEUED) {
        /* Nobody later in the batch comes before this one, who has no ticket yet. The batch writes nothing of it. */
        decision->looks[decision->deciding].counter->joining = true;
        return true;
    }
    for (int i = 0; i < decision->look_count; i++) {
        const LimitLook *look = &decision->looks[i];
        if (look->limit->on_exceed == EXCEED_QUEUE && look->limit->mode == MODE_ENFORCE && (look->held > 0 || look->counter->waiting > 0))
            return true;
    }
    return false;
}

/* Turns where not everybody goes by arrival. False: the database did not tell. */
static bool join_turn(Batch *batch, const SubjectState *state, const Limit *limit, const TicketRow *ticket, Join *join)
{
    if (queue_is_plain(batch->policy, limit))
        return true;
    int weight = state->subject.plan->queue_weight;
    join->flow = limit->queue.fair ? ticket->key.account_id : -weight;
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, ticket->line_account);
    params_number(&params, ticket->line_slot);
    params_text(&params, ticket->line_owner);
    params_number(&params, join->flow);
    if (db_run(batch->db, QUERY_TICKETS_TURNS, &params, &rows) != DB_OK)
        return false;
    int64_t head = result_null(rows, 0, 0) ? QUEUE_NO_TURN : result_number(rows, 0, 0);
    int64_t last = result_null(rows, 0, 1) ? QUEUE_NO_TURN : result_number(rows, 0, 1);
    /* Those who join in the same batch are not to be read yet. */
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *other = batch->joins->pdata[i];
        const Line line = { ticket->line_account, ticket->line_slot, ticket->line_owner };
        if (other == join || !waits_in(other->ticket, &line))
            continue;
        head = head == QUEUE_NO_TURN ? other->turn : MIN(head, other->turn);
        last = other->flow == join->flow ? MAX(last, other->turn) : last;
    }
    join->turn = queue_turn(head, last, weight);
    join->ahead = -1; /* wherever its turn is */
    return true;
}

static char *join_items(const LedgerAsk *ask)
{
    if (ask->item_count < 2)
        return NULL;
    json_auto_t *items = json_array();
    for (int i = 0; i < ask->item_count; i++)
        json_array_append_new(items, json_pack("{s:s, s:s*, s:I}", "feature", ask->items[i].feature, "resource",
                                               ask->items[i].resource, "units", (json_int_t)ask->items[i].units));
    char *text = json_dumps(items, JSON_COMPACT);
    char *copy = g_strdup(text);
    free(text);
    return copy;
}

static QueueWait wait_of(const Batch *batch, const SubjectState *state, const LimitLook *look, int64_t ahead, int64_t units)
{
    QueuePace pace = {
        .limit = look->limit,
        .amount = look->amount,
        .zone = decide_zone(batch->policy, &state->subject, look->limit, NULL),
        .anchor = state->subject.anchor,
        .paused = strcmp(line_state(batch, look->limit), "paused") == 0,
    };
    return queue_wait(&pace, ahead, units, batch->now);
}

static void join_line(Batch *batch, Job *job, SubjectState *state, Decision *decision)
{
    const LimitLook *look = &decision->looks[decision->deciding];
    Line line = line_of(state, look->limit);
    TicketRow *ticket = g_new0(TicketRow, 1);
    *ticket = (TicketRow){
        .key = { state->account_id, state->id, batch->now, record_id_new() },
        .feature = g_strdup(batch->policy->features[job->features[0]].key),
        .resource = g_strdup(job->ask->items[0].resource),
        .items = join_items(job->ask),
        .units = decision->units,
        .line_account = line.account,
        .line_slot = line.slot,
        .line_owner = line.owner,
    };
    Join *join = g_new0(Join, 1);
    *join = (Join){ .job = job, .ticket = ticket, .ahead = look->counter->waiting, .keep_s = look->limit->queue.keep_place_s };
    join->wait = wait_of(batch, state, look, look->counter->waiting, look->asked);
    if (!join_turn(batch, state, look->limit, ticket, join)) {
        ticket_row_free(ticket);
        g_free(join);
        return; /* the batch cannot be written on this connection any more */
    }
    look->counter->waiting++;
    g_ptr_array_add(batch->tickets, ticket);
    g_ptr_array_add(batch->joins, join);
}

void batch_queue(Batch *batch, Job *job, SubjectState *state, Decision *decision)
{
    const LimitLook *look = &decision->looks[decision->deciding];
    if (!batch->tickets || ticket_of(batch, state->id, batch->policy->features[job->features[0]].key))
        return;
    if (look->counter->waiting >= look->limit->queue.queue_max || strcmp(line_state(batch, look->limit), "closed") == 0) {
        decision->outcome = OUTCOME_DENIED;
        decision->reason = REASON_QUEUE_FULL;
        return;
    }
    join_line(batch, job, state, decision);
}

static const Join *join_of(const Batch *batch, const TicketRow *ticket)
{
    for (guint i = 0; i < batch->joins->len; i++)
        if (((Join *)batch->joins->pdata[i])->ticket == ticket)
            return batch->joins->pdata[i];
    return NULL;
}

void batch_tell_ticket(Batch *batch, Job *job, const Decision *decision)
{
    TicketRow *ticket = ticket_of(batch, job->subject_id, batch->policy->features[job->features[0]].key);
    Answer *answer = job->answer;
    if (!answer || answer->outcome != OUTCOME_QUEUED || !ticket)
        return;
    answer->ticket = public_id_ticket(&ticket->key);
    answer->ticket_admitted = ticket->admitted;
    answer->expires_at = ticket->admitted ? ticket->claim_until : INSTANT_MAX;
    const Join *join = join_of(batch, ticket);
    if (!join || join->ahead < 0)
        return;
    answer->ahead = join->ahead;
    answer->in_line = decision->looks[decision->deciding].counter->waiting;
    answer->wait = join->wait;
}

/* --- claiming --- */

/* Only the request that was made is what the units are held for: the same things, or fewer of them. */
static bool asks_for_the_same(const Job *job, const TicketRow *ticket, int64_t units)
{
    g_autofree char *items = join_items(job->ask);
    if (items || ticket->items)
        return items && ticket->items && units == ticket->units;
    return units <= ticket->units && g_strcmp0(job->ask->items[0].resource, ticket->resource) == 0;
}

static int64_t ask_units(const LedgerAsk *ask)
{
    int64_t units = 0;
    for (int i = 0; i < ask->item_count; i++)
        units += ask->items[i].units;
    return units;
}

/* A reservation takes over what is held, as it is. */
static void keep_holding(Batch *batch, const Job *job, const DecisionRow *row)
{
    Params *params = ticket_change(batch, QUERY_RESERVATION_EXTEND, &row->key);
    params_instant(params, batch->now + job->ask->ttl_s * US_PER_S);
    batch_settle_ticket(batch, row, "used");
}

bool batch_claim(Batch *batch, Job *job, SubjectState *state)
{
    TicketRow *ticket = ticket_of(batch, state->id, batch->policy->features[job->features[0]].key);
    int64_t units = ask_units(job->ask);
    if (!ticket || !ticket->admitted || !asks_for_the_same(job, ticket, units))
        return false;
    g_autoptr(DecisionRow) row = decision_row_find(batch->claims, &ticket->hold);
    if (!row || g_strcmp0(row->state, "held") != 0 || row->expires_at <= batch->now || batch_is_settled(batch, &row->key))
        return false;
    bool hold = job->ask->kind == ASK_HOLD;
    if (hold)
        keep_holding(batch, job, row);
    else if (!batch_take_hold(batch, job, row, state, units))
        return false;
    ticket->over = true;
    job->outcome = OUTCOME_ALLOWED;
    job->answer = decision_row_answer(row, batch->policy);
    job->answer->kind = job->ask->kind;
    job->answer->units = units;
    if (hold)
        job->answer->expires_at = batch->now + job->ask->ttl_s * US_PER_S;
    else
        g_clear_pointer(&job->answer->reservation, g_free);
    return true;
}

/* --- admission --- */

static void move_line(Batch *batch, SubjectState *state, TicketRow *ticket, const Decision *decision)
{
    const LimitLook *look = &decision->looks[decision->deciding];
    Line line = line_of(state, look->limit);
    line_shorten(batch, state, ticket);
    look->counter->waiting++;
    g_free(ticket->line_owner);
    ticket->line_account = line.account;
    ticket->line_slot = line.slot;
    ticket->line_owner = line.owner;
    Join join = { .ticket = ticket };
    if (!join_turn(batch, state, look->limit, ticket, &join))
        return;
    Params *params = ticket_change(batch, QUERY_TICKET_MOVE, &ticket->key);
    params_number(params, line.account);
    params_number(params, line.slot);
    params_text(params, line.owner);
    params_number(params, join.turn);
    params_number(params, join.flow);
}

/* How long what is let in is held for it. */
static int64_t claim_within_s(const Decision *decision, int64_t slot)
{
    for (int i = 0; i < decision->look_count; i++)
        if (decision->looks[i].limit->slot == slot && decision->looks[i].limit->queue.claim_within_s > 0)
            return decision->looks[i].limit->queue.claim_within_s;
    return CLAIM_WITHIN_S;
}

static void let_in(Batch *batch, Job *job, SubjectState *state, TicketRow *ticket, Decision *decision)
{
    g_autofree char *id = public_id_ticket(&ticket->key);
    Record *record = batch_record(batch, job, state, "hold", "allowed");
    record->units = decision->units;
    record->feature = g_strdup(ticket->feature);
    record->resource = g_strdup(ticket->resource);
    record->items = g_strdup(ticket->items);
    record->metadata = g_strdup_printf("{\"ticket\":\"%s\"}", id);
    decision_trace(decision, record->trace);
    Instant until = batch->now + claim_within_s(decision, ticket->line_slot) * US_PER_S;
    job->answer->reservation = public_id_reservation(&job->key);
    job->answer->expires_at = until;
    g_ptr_array_add(batch->holds, job);
    line_shorten(batch, state, ticket);
    Params *params = ticket_change(batch, QUERY_TICKET_ADMIT, &ticket->key);
    params_number(params, job->key.account_id);
    params_instant(params, job->key.at);
    params_number(params, job->key.id);
    params_instant(params, until);
    ticket->admitted = true;
}

static AdmissionResult admit(Batch *batch, Job *job, SubjectState *state, TicketRow *ticket, CounterBook *book)
{
    Situation situation = subject_state_situation(state);
    AskItem items[LEDGER_ITEMS_MAX];
    for (int i = 0; i < job->ask->item_count; i++)
        items[i] = (AskItem){ job->features[i], job->ask->items[i].units };
    for (int i = 0; i < state->subject.plan->limit_count; i++) {
        const Limit *limit = &state->subject.plan->limits[i];
        Line line = line_of(state, limit);
        if (waits_in(ticket, &line))
            situation.turn_slot = limit->slot;
        g_free(line.owner);
    }
    Book pages = counter_book(book);
    g_autoptr(Decision) decision = decide(&situation, ASK_HOLD, items, job->ask->item_count, &pages);
    job->outcome = decision->outcome;
    if (decision->outcome == OUTCOME_QUEUED && decision->looks[decision->deciding].limit->slot == situation.turn_slot)
        return ADMISSION_FULL;
    if (decision->outcome == OUTCOME_QUEUED) {
        move_line(batch, state, ticket, decision);
        counter_book_touch(book, decision->looks[decision->deciding].counter, decision->looks[decision->deciding].limit);
        return ADMISSION_MOVED;
    }
    if (decision->outcome != OUTCOME_ALLOWED) {
        end_waiting(batch, state, ticket, "expired", "refused");
        return ADMISSION_ENDED;
    }
    decide_apply(decision);
    job->key = (DecisionKey){ state->account_id, state->id, batch->now, job->key.id };
    job->answer = answer_new(&situation, decision, &batch->policy->features[job->features[0]], ticket->resource, NULL);
    let_in(batch, job, state, ticket, decision);
    counter_book_keep(book, decision);
    return ADMISSION_IN;
}

void batch_admit(Batch *batch, Job *job, SubjectState *state)
{
    Admission *admission = job->ask->admission;
    TicketRow *ticket = ticket_by_key(batch, &admission->ticket);
    if (!ticket || ticket->admitted) {
        admission->result = ADMISSION_GONE;
        return;
    }
    if (*admission->stopped) {
        admission->result = ADMISSION_FULL;
        return;
    }
    g_auto(CounterBook) book = { 0 };
    counter_book_init(&book, state, batch->shared);
    admission->result = admit(batch, job, state, ticket, &book);
    *admission->stopped = admission->result == ADMISSION_FULL;
}

/* --- leaving --- */

void batch_leave(Batch *batch, Job *job)
{
    SubjectState *state = batch_state(batch, job->subject_id);
    TicketRow *ticket = ticket_by_key(batch, &job->about);
    if (!ticket || ticket->admitted || !state) {
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, "the ticket does not wait any more");
        return;
    }
    end_waiting(batch, state, ticket, job->reason ? "expired" : "left", job->reason);
}

/* --- writing --- */

static void queue_joins(Batch *batch)
{
    if (!batch->joins->len)
        return;
    g_auto(Rows) rows;
    rows_init(&rows, batch->joins->len, 18);
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *join = batch->joins->pdata[i];
        const TicketRow *ticket = join->ticket;
        const LedgerAsk *ask = join->job->ask;
        ROWS_ADD(&rows, ticket->key.account_id, ticket->key.subject_id, ticket->key.id, join->turn, join->flow,
                 rows_text(&rows, 0, ticket->feature), rows_text(&rows, 1, ticket->resource), ticket->units,
                 rows_text(&rows, 2, ticket->items), ticket->line_account, ticket->line_slot,
                 rows_text(&rows, 3, ticket->line_owner), MAX(join->ahead, 0), join->wait.known ? join->wait.least_s : -1,
                 join->wait.known ? join->wait.most_s : -1, rows_text(&rows, 4, ask->return_to), ask->by_form, join->keep_s);
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
    for (guint i = 0; i < batch->ticket_changes->len; i++) {
        const TicketChange *change = batch->ticket_changes->pdata[i];
        db_queue(batch->db, change->query, &change->params, NULL);
    }
}

void batch_tickets_clear(Batch *batch)
{
    g_clear_pointer(&batch->tickets, g_ptr_array_unref);
    g_clear_pointer(&batch->claims, PQclear);
    g_clear_pointer(&batch->stopped, g_hash_table_unref);
    g_ptr_array_unref(batch->joins);
    g_ptr_array_unref(batch->ticket_changes);
}
