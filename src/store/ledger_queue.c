/* What a batch does about queues, under its locks: whoever is stopped gets a ticket, whoever was let in takes what is held for
 * them, the next are let in, and those who go give up their places.
 *
 * A counter knows how many wait in its line, so that an ask that comes while somebody waits is seen to be one without looking for
 * tickets. Whatever changes who waits (joining, admission, leaving) changes that number, and so writes the counter's row: two
 * processes cannot both be right about a line. All that happens to a ticket happens under the lock of its subject's row.
 */
#include "store/ledger_queue.h"

#include "domain/callback.h"
#include "say/say.h"

#define CLAIM_WITHIN_S QUEUE_CLAIM_WITHIN_S /* where the policy has the limit no more */

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

#define COUNTED_MOST 2000 /* of a line, from each of its ends */

/* How many of `count` come before a turn, those who join in this batch, which are not to be read yet, included; of a long line that is
 * only read from its ends, about as many as the turns say. */
static int64_t count_before(const Batch *batch, const Line *line, const Join *join, const PGresult *rows, int64_t count, int64_t head)
{
    int64_t before = result_number(rows, 0, 0), behind = result_number(rows, 0, 1), joined_before = 0, joined_behind = 0;
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *other = batch->joins->pdata[i];
        bool counts = other != join && ticket_waits_in(other->ticket, line);
        joined_before += counts && other->turn <= join->turn;
        joined_behind += counts && other->turn > join->turn;
    }
    if (before < COUNTED_MOST)
        return before + joined_before;
    if (behind < COUNTED_MOST)
        return MAX(count - behind - joined_behind, 0);
    double share = (double)(join->turn - head) / (double)MAX(result_number(rows, 0, 2) - head, 1);
    return CLAMP((int64_t)(share * (double)count), before, MAX(count - behind, before));
}

/* The turn, where not everybody goes by arrival, and, of one that joins `count` others, how many come before it. False: the database did
 * not tell. `count` < 0: nobody wants to know. */
static bool join_turn(Batch *batch, const SubjectState *state, const Limit *limit, const TicketRow *ticket, int64_t count, Join *join)
{
    if (queue_is_plain(batch->policy, limit))
        return true;
    int weight = state->subject.plan->queue_weight;
    const Line line = { ticket->line_account, ticket->line_slot, ticket->line_owner };
    join->flow = limit->queue.fair ? ticket->key.account_id : -weight;
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, line.account);
    params_number(&params, line.slot);
    params_text(&params, line.owner);
    params_number(&params, join->flow);
    if (db_run(batch->db, QUERY_TICKETS_TURNS, &params, &rows) != DB_OK)
        return false;
    int64_t head = result_null(rows, 0, 0) ? QUEUE_NO_TURN : result_number(rows, 0, 0);
    int64_t last = result_null(rows, 0, 1) ? QUEUE_NO_TURN : result_number(rows, 0, 1);
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *other = batch->joins->pdata[i];
        if (other == join || !ticket_waits_in(other->ticket, &line))
            continue;
        head = head == QUEUE_NO_TURN ? other->turn : MIN(head, other->turn);
        last = other->flow == join->flow ? MAX(last, other->turn) : last;
    }
    join->turn = queue_turn(head, last, weight);
    if (count < 0)
        return true;
    g_autoptr(PGresult) before = NULL;
    g_auto(Params) turn = params_new();
    params_number(&turn, line.account);
    params_number(&turn, line.slot);
    params_text(&turn, line.owner);
    params_number(&turn, join->turn);
    params_number(&turn, COUNTED_MOST);
    if (db_run(batch->db, QUERY_TICKETS_BEFORE, &turn, &before) != DB_OK)
        return false;
    join->ahead = count_before(batch, &line, join, before, count, head);
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
        .paused = strcmp(batch_line_state(batch, look->limit), "paused") == 0,
        .shifts = !queue_is_plain(batch->policy, look->limit),
    };
    return queue_wait(&pace, ahead, units, batch->now);
}

TicketRow *batch_ticket_new(const Batch *batch, const Job *job, const SubjectState *state, int64_t units, Line line)
{
    TicketRow *ticket = g_new0(TicketRow, 1);
    *ticket = (TicketRow){
        .key = { state->account_id, state->id, batch->now, record_id_new() },
        .feature = g_strdup(batch->policy->features[job->features[0]].key),
        .resource = g_strdup(job->ask->items[0].resource),
        .items = join_items(job->ask),
        .job = g_strdup(job_name(job)),
        .one = !job->ask->callback && job->ask->items[0].resource && batch->policy->features[job->features[0]].place_per_resource,
        .on_behalf_of = g_strdup(job->ask->on_behalf_of),
        .metadata = g_strdup(job->ask->metadata),
        .units = units,
        .line_account = line.account,
        .line_slot = line.slot,
        .line_owner = line.owner,
        .state = TICKET_WAITING,
    };
    return ticket;
}

void batch_join_free(gpointer data)
{
    Join *join = data;
    g_free(join->metadata);
    g_free(join);
}

static void join_line(Batch *batch, Job *job, SubjectState *state, Decision *decision)
{
    const LimitLook *look = &decision->looks[decision->deciding];
    TicketRow *ticket = batch_ticket_new(batch, job, state, decision->units, batch_line_of(state, look->limit));
    Join *join = g_new0(Join, 1);
    *join = (Join){ .job = job, .ticket = ticket, .ahead = look->counter->waiting,
                    .keep_s = job->ask->callback ? CALLBACK_KEEP_S : look->limit->queue.keep_place_s };
    if (!join_turn(batch, state, look->limit, ticket, look->counter->waiting, join)) {
        ticket_row_free(ticket);
        batch_join_free(join);
        return; /* the batch cannot be written on this connection any more */
    }
    int64_t units_ahead = places_units(batch->store, ticket->line_account, ticket->line_slot, ticket->line_owner, join->ahead);
    join->wait = wait_of(batch, state, look, units_ahead, look->asked);
    look->counter->waiting++;
    g_ptr_array_add(batch->tickets, ticket);
    g_ptr_array_add(batch->joins, join);
}

/* Where accounts take turns, one of them has at most half of the line, so that others find room in it. */
static bool account_has_its_half(const Batch *batch, const SubjectState *state, const LimitLook *look)
{
    int64_t half = MAX(look->limit->queue.queue_max / 2, 1);
    if (!look->limit->queue.fair || look->counter->waiting < half)
        return false;
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    g_autofree char *owner = NULL;
    const Line line = batch_line_of(state, look->limit);
    owner = line.owner;
    params_number(&params, line.account);
    params_number(&params, line.slot);
    params_text(&params, line.owner);
    params_number(&params, state->account_id);
    params_number(&params, half);
    if (db_run(batch->db, QUERY_TICKETS_OF_FLOW, &params, &rows) != DB_OK)
        return false; /* the batch cannot be written on this connection any more */
    int64_t count = result_number(rows, 0, 0);
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *other = batch->joins->pdata[i];
        count += other->ticket->key.account_id == state->account_id && ticket_waits_in(other->ticket, &line);
    }
    return count >= half;
}

void batch_queue(Batch *batch, Job *job, SubjectState *state, Decision *decision)
{
    const LimitLook *look = &decision->looks[decision->deciding];
    if (!batch->tickets || batch_ticket_for(batch, job, state->id))
        return;
    if (look->counter->waiting >= look->limit->queue.queue_max || batch_has_enough(batch, job, state->id) ||
        account_has_its_half(batch, state, look) ||
        strcmp(batch_line_state(batch, look->limit), "closed") == 0) {
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

/* Where somebody stands who was in line already. False: the database did not tell. */
static bool stands(const Batch *batch, const TicketRow *ticket, int64_t *ahead, int64_t *units_ahead, int64_t *in_line)
{
    if (places_spot(batch->store, ticket->key.id, ahead, units_ahead, in_line))
        return true;
    g_autoptr(PGresult) rows = NULL;
    if (ticket_find(batch->db, &ticket->key, true, &rows) != DB_OK || !PQntuples(rows))
        return false;
    *in_line = result_number(rows, 0, TICKET_FIND_WAITING);
    *ahead = result_number(rows, 0, TICKET_FIND_BEFORE);
    *units_ahead = result_number(rows, 0, TICKET_FIND_UNITS);
    return *in_line < TICKET_FIND_MOST;
}

void batch_tell_ticket(Batch *batch, Job *job, const Decision *decision)
{
    const TicketRow *ticket = batch_ticket_for(batch, job, job->subject_id);
    Answer *answer = job->answer;
    if (!answer || answer->outcome != OUTCOME_QUEUED || !ticket)
        return;
    answer->ticket = public_id_ticket(&ticket->key);
    answer->ticket_state = ticket->admitted && !ticket->over ? TICKET_ADMITTED : ticket->state;
    answer->expires_at = answer->ticket_state == TICKET_ADMITTED ? ticket->claim_until : INSTANT_MAX;
    const Join *join = join_of(batch, ticket);
    if (answer->ticket_state != TICKET_WAITING || decision->deciding < 0)
        return;
    const LimitLook *look = &decision->looks[decision->deciding];
    int64_t units_ahead;
    if (join) {
        answer->ahead = join->ahead;
        answer->in_line = look->counter->waiting;
        answer->wait = join->wait;
    } else if (stands(batch, ticket, &answer->ahead, &units_ahead, &answer->in_line)) {
        answer->wait = wait_of(batch, batch_state(batch, job->subject_id), look, units_ahead, ticket->units);
    }
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
    Params *params = batch_ticket_change(batch, QUERY_RESERVATION_EXTEND, &row->key);
    params_instant(params, batch->now + job->ask->ttl_s * US_PER_S);
    params_bool(params, job->ask->own);
    batch_settle_ticket(batch, row, "used");
}

bool batch_claim(Batch *batch, Job *job, SubjectState *state)
{
    TicketRow *ticket = job->ask->callback ? NULL
                                           : batch_ticket_of(batch, state->id, job, "");
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
    Line line = batch_line_of(state, look->limit);
    batch_line_shorten(batch, state, ticket);
    look->counter->waiting++;
    g_free(ticket->line_owner);
    ticket->line_account = line.account;
    ticket->line_slot = line.slot;
    ticket->line_owner = line.owner;
    Join join = { .ticket = ticket };
    if (!join_turn(batch, state, look->limit, ticket, -1, &join))
        return;
    Params *params = batch_ticket_change(batch, QUERY_TICKET_MOVE, &ticket->key);
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

void batch_audit_ticket(Batch *batch, const Job *job, const SubjectState *state, const TicketRow *ticket, const char *action)
{
    g_autofree char *id = public_id_ticket(&ticket->key);
    const Limit *limit = policy_limit_by_slot(batch->policy, ticket->line_slot);
    batch_audit(batch, job, state, action, json_pack("{s:s, s:s, s:s?, s:s?}", "ticket", id, "feature", ticket->feature, "limit",
                                                     limit ? limit->key : NULL, "reason", job->reason));
}

static void let_in(Batch *batch, Job *job, SubjectState *state, TicketRow *ticket, Decision *decision)
{
    Record *record = batch_record(batch, job, state, "hold", "allowed");
    record->units = decision->units;
    record->feature = g_strdup(ticket->feature);
    record->resource = g_strdup(ticket->resource);
    record->items = g_strdup(ticket->items);
    record->on_behalf_of = g_strdup(ticket->on_behalf_of);
    record->metadata = ticket_hold_metadata(ticket);
    record->actor = g_strdup(job->actor);
    decision_trace(decision, record->trace);
    int64_t within_s = *ticket->job ? CALLBACK_HOLD_S : claim_within_s(decision, ticket->line_slot);
    Instant until = batch->now + within_s * US_PER_S;
    job->answer->reservation = public_id_reservation(&job->key);
    job->answer->expires_at = until;
    g_ptr_array_add(batch->holds, job);
    batch_line_shorten(batch, state, ticket);
    Params *params = batch_ticket_change(batch, QUERY_TICKET_ADMIT, &ticket->key);
    params_number(params, job->key.account_id);
    params_instant(params, job->key.at);
    params_number(params, job->key.id);
    params_instant(params, until);
    if (job->actor)
        batch_audit_ticket(batch, job, state, ticket, "ticket.admit");
    ticket->admitted = true;
    ticket->claim_until = until;
}

static AdmissionResult admit(Batch *batch, Job *job, SubjectState *state, TicketRow *ticket, CounterBook *book)
{
    Situation situation = subject_state_situation(state);
    AskItem items[LEDGER_ITEMS_MAX];
    for (int i = 0; i < job->ask->item_count; i++)
        items[i] = (AskItem){ job->features[i], job->ask->items[i].units };
    for (int i = 0; i < state->subject.plan->limit_count; i++) {
        const Limit *limit = &state->subject.plan->limits[i];
        Line line = batch_line_of(state, limit);
        if (ticket_waits_in(ticket, &line))
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
        batch_end_waiting(batch, state, ticket, "expired", "refused");
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
    TicketRow *ticket = batch_ticket_by_key(batch, &admission->ticket);
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
    TicketRow *ticket = batch_ticket_by_key(batch, &job->about);
    if (!ticket || ticket->admitted || !state) {
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, SAY_TICKET_WAITS_NOT);
        return;
    }
    if (job->actor)
        batch_audit_ticket(batch, job, state, ticket, "ticket.drop");
    const char *why = job->actor ? "dropped" : job->reason;
    batch_end_waiting(batch, state, ticket, why ? "expired" : "left", why);
}
