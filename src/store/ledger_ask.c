/* One ask, decided on what the batch has loaded and locked. */
#include "store/refusals.h"
#include "say/say.h"

static const char *outcome_word(Outcome outcome)
{
    static const char *const words[] = { "allowed", "denied", "queued", "forbidden" };
    return words[outcome];
}

/* Who owns the counter of a trace line, for those who read it later: see TRACE_ORGANIZATION and its kin. */
static void mark_owners(const Decision *decision, GArray *trace)
{
    static const int64_t owners[] = { [SCOPE_ORGANIZATION] = TRACE_ORGANIZATION, [SCOPE_PLAN] = TRACE_PLAN,
                                      [SCOPE_SITE] = TRACE_SITE };
    for (int i = 0; i < decision->look_count; i++)
        g_array_index(trace, TraceLine, i).flags |= owners[decision->looks[i].limit->scope];
    for (int i = 0; i < decision->draw_count; i++)
        if (decision->draws[i].grant->of_organization)
            g_array_index(trace, TraceLine, decision->look_count + i).flags |= TRACE_ORGANIZATION;
}

/* When each limit gives something back, as the answer says it: it is said again when the record is read. */
static void mark_times(const Answer *answer, GArray *trace)
{
    for (int i = 0; i < answer->line_count; i++) {
        const AnswerLine *line = &answer->lines[i];
        g_array_index(trace, TraceLine, i).gives_at = line->refused ? line->frees_at : line->usage.resets_at;
    }
}

/* With the features that are charged, which may be found by the resource. */
static char *items_text(const Job *job, const Policy *policy)
{
    const LedgerAsk *ask = job->ask;
    if (ask->item_count < 2)
        return NULL;
    json_t *items = json_array();
    for (int i = 0; i < ask->item_count; i++)
        json_array_append_new(items, json_pack("{s:s, s:s*, s:I}", "feature", policy->features[job->features[i]].key, "resource",
                                               ask->items[i].resource, "units", (json_int_t)ask->items[i].units));
    char *text = json_dumps(items, JSON_COMPACT);
    json_decref(items);
    char *copy = g_strdup(text);
    free(text);
    return copy;
}

static void record_ask(Batch *batch, Job *job, const SubjectState *state, const Decision *decision)
{
    Record *record = batch_record_borrowing(batch, job, state, job->ask->kind == ASK_HOLD ? "hold" : "consume",
                                  outcome_word(decision->outcome));
    job->record = record;
    record->reason = decision->reason;
    record->units = decision->units;
    record->feature = batch->policy->features[job->features[0]].key;
    record->resource = (char *)job->ask->items[0].resource;
    record->items = items_text(job, batch->policy);
    record->metadata = (char *)job->ask->metadata;
    record->on_behalf_of = (char *)job->ask->on_behalf_of;
    decision_trace(decision, record->trace);
    mark_owners(decision, record->trace);
    if (job->answer)
        mark_times(job->answer, record->trace);
}

static void record_alerts(Batch *batch, const SubjectState *state, const Decision *decision)
{
    for (int i = 0; i < decision->alert_count; i++) {
        const AlertDue *due = &decision->alerts[i];
        batch_alert(batch, state, due->limit, due->window_start, due->threshold_pct, due->used, due->amount,
                    due->limit->scope == SCOPE_ORGANIZATION ? state->account_id : 0,
                    due->limit->scope == SCOPE_PLAN ? state->subject.plan->key : "");
    }
}

/* What it came to is told again to who comes with the key again. */
static void keep_key(Batch *batch, Job *job)
{
    if (job->ask->idempotency_key && !job->keyed)
        g_ptr_array_add(batch->keys, job);
}

void batch_ask(Batch *batch, Job *job)
{
    SubjectState *state = batch_state(batch, job->subject_id);
    if (!state->subject.plan) {
        job->result = store_fail(job->error, STORE_INVALID, "subject", SAY_NO_PLAN_OF_VISITORS);
        return;
    }
    if (batch->by_memory && (job->ask->admission || job->ask->claims || job->ask->callback)) {
        job->apart = job->settled = true;
        return;
    }
    if (job->ask->admission) {
        batch_admit(batch, job, state);
        return;
    }
    if (batch_claim(batch, job, state)) {
        keep_key(batch, job);
        return;
    }
    if (job->ask->claims) {
        job->result = store_fail(job->error, STORE_NONE, NULL, SAY_NOTHING_HELD);
        return;
    }
    Situation situation = subject_state_situation(state);
    AskItem items[LEDGER_ITEMS_MAX];
    for (int i = 0; i < job->ask->item_count; i++)
        items[i] = (AskItem){ job->features[i], job->ask->items[i].units };

    g_auto(CounterBook) book = { 0 };
    counter_book_init(&book, state, batch->shared);
    Book pages = counter_book(&book);
    g_autoptr(Decision) decision = decide(&situation, job->ask->kind, items, job->ask->item_count, &pages);
    if (batch->by_memory && batch_goes_apart(decision)) {
        job->apart = job->settled = true;
        return;
    }
    guint joined = batch->joins->len;
    if (batch_has_ticket(batch, job, state))
        batch_ask_for_ticket_again(decision);
    else if (decision->outcome == OUTCOME_QUEUED)
        batch_queue(batch, job, state, decision);
    else
        batch_refuse_more(batch, job, state->id, decision);
    decide_apply(decision);

    job->key = (DecisionKey){ state->account_id, state->id, batch->now, job->key.id };
    job->outcome = decision->outcome;
    if (!batch->trial) {
        g_autofree char *id = public_id_decision(&job->key);
        job->answer = answer_new(&situation, decision, &batch->policy->features[job->features[0]], job->ask->items[0].resource, id);
    }
    record_ask(batch, job, state, decision);
    job->certain_until = job->ask->item_count == 1 ? refusal_certain_until(state, decision, &items[0]) : INSTANT_MIN;
    batch_tell_ticket(batch, job, decision);
    if (batch->joins->len > joined) {
        batch->charged = true;
        counter_book_touch(&book, decision->looks[decision->deciding].counter, decision->looks[decision->deciding].limit);
        if (job->ask->callback)
            keep_key(batch, job);
    }
    if (decision->outcome != OUTCOME_ALLOWED)
        return;
    batch->charged = true;
    record_alerts(batch, state, decision);
    if (job->ask->kind == ASK_HOLD && job->answer) {
        job->answer->reservation = public_id_reservation(&job->key);
        job->answer->expires_at = batch->now + job->ask->ttl_s * US_PER_S;
        g_ptr_array_add(batch->holds, job);
    }
    if (job->ask->callback && job->ask->callback->always)
        batch_let_in_at_once(batch, job, state, decision);
    keep_key(batch, job);
    counter_book_keep(&book, decision);
}
