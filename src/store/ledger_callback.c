/* Asks that carry a callback. Each has a ticket of its own, unless it says that it is one that was asked for before. */
#include "store/ledger_queue.h"

#include "domain/callback.h"

const char *job_name(const Job *job)
{
    return job->ask->callback ? job->ask->callback->job : "";
}

TicketRow *batch_ticket_for(const Batch *batch, const Job *job, int64_t subject_id)
{
    const char *name = job_name(job);
    TicketRow *found = batch_ticket_of(batch, subject_id, job, name);
    for (guint i = 0; !found && *name && job->ask->callback->once && batch->tickets && i < batch->tickets->len; i++) {
        TicketRow *ticket = batch->tickets->pdata[i];
        if (ticket->key.subject_id == subject_id && strcmp(ticket->job, name) == 0)
            found = ticket;
    }
    return found;
}

bool batch_has_ticket(const Batch *batch, const Job *job, const SubjectState *state)
{
    return job->ask->callback && batch_ticket_for(batch, job, state->id);
}

static void charge_nothing(Decision *decision)
{
    decision->draw_count = 0;
    for (int i = 0; i < decision->look_count; i++)
        decision->looks[i].charged = decision->looks[i].bonus_drawn = 0;
}

void batch_ask_for_ticket_again(Decision *decision)
{
    decision->outcome = OUTCOME_QUEUED;
    decision->reason = REASON_LIMIT;
    charge_nothing(decision);
}

bool batch_has_enough(const Batch *batch, const Job *job, int64_t subject_id)
{
    const Feature *feature = &batch->policy->features[job->features[0]];
    bool several = job->ask->callback || feature->place_per_resource;
    int open = 0;
    for (guint i = 0; several && i < batch->tickets->len; i++) {
        const TicketRow *ticket = batch->tickets->pdata[i];
        open += !ticket->over && ticket->key.subject_id == subject_id && (!*ticket->job) == !job->ask->callback &&
                strcmp(ticket->feature, feature->key) == 0;
    }
    return open >= CALLBACKS_OPEN_MAX;
}

void batch_refuse_more(Batch *batch, const Job *job, int64_t subject_id, Decision *decision)
{
    bool at_once = decision->outcome == OUTCOME_ALLOWED && job->ask->callback && job->ask->callback->always;
    if (!at_once || !batch_has_enough(batch, job, subject_id))
        return;
    charge_nothing(decision);
    decision->outcome = OUTCOME_DENIED;
    decision->reason = REASON_QUEUE_FULL;
}

/* Of the first limit that queues; where none does it never waits, so any will do. */
static Line line_for(const SubjectState *state, const Decision *decision)
{
    const Limit *limit = NULL;
    for (int i = 0; i < decision->look_count && !limit; i++)
        if (decision->looks[i].limit->on_exceed == EXCEED_QUEUE)
            limit = decision->looks[i].limit;
    return limit ? batch_line_of(state, limit) : (Line){ state->account_id, 0, g_strdup("") };
}

void batch_let_in_at_once(Batch *batch, Job *job, SubjectState *state, const Decision *decision)
{
    TicketRow *ticket = batch_ticket_new(batch, job, state, decision->units, line_for(state, decision));
    g_autofree char *id = public_id_ticket(&ticket->key);
    Join *join = g_new0(Join, 1);
    *join = (Join){ .job = job, .ticket = ticket, .ahead = -1, .keep_s = CALLBACK_KEEP_S,
                    .metadata = ticket_hold_metadata(ticket) };
    g_ptr_array_add(batch->tickets, ticket);
    g_ptr_array_add(batch->joins, join);
    job->record->metadata = join->metadata;
    Answer *answer = job->answer;
    Params *params = batch_ticket_change(batch, QUERY_TICKET_ADMIT, &ticket->key);
    params_number(params, job->key.account_id);
    params_instant(params, job->key.at);
    params_number(params, job->key.id);
    params_instant(params, answer->expires_at);
    ticket->admitted = true;
    ticket->state = TICKET_ADMITTED;
    ticket->claim_until = answer->expires_at;
    answer->outcome = OUTCOME_QUEUED;
    g_clear_pointer(&answer->reservation, g_free); /* it is for the delivery to settle */
    answer->ticket = g_strdup(id);
    answer->ticket_state = TICKET_ADMITTED;
}

void batch_queue_deliveries(Batch *batch)
{
    for (guint i = 0; i < batch->joins->len; i++) {
        const Join *join = batch->joins->pdata[i];
        const LedgerCallback *callback = join->job->ask->callback;
        if (!callback)
            continue;
        g_autofree char *message = public_id_ticket(&join->ticket->key);
        g_auto(Params) params = params_new();
        params_number(&params, join->ticket->key.account_id);
        params_number(&params, join->ticket->key.subject_id);
        params_instant(&params, join->ticket->key.at);
        params_number(&params, join->ticket->key.id);
        params_text(&params, message);
        params_text(&params, callback->origin);
        params_text(&params, callback->url);
        params_text(&params, callback->payload);
        db_queue(batch->db, QUERY_DELIVERY_ADD, &params, NULL);
    }
}
