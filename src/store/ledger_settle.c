/* What becomes of charges and holds later: commit, release, expiry, refund, reset, and taking a reset back. Each changes the window
 * that was charged, and when that is over, the record only. */
#include "store/ledger_job.h"
#include "say/say.h"

/* The counter that a trace line is about, as loaded, with a mark that it changed. NULL: it is not there. */
static Counter *line_counter(Batch *batch, SubjectState *state, const DecisionRow *row, const TraceLine *line, bool **changed)
{
    SharedCounter *shared = NULL;
    if (line->flags & TRACE_ORGANIZATION)
        shared = shared_set_get(batch->shared, row->key.account_id, line->slot, "");
    else if (line->flags & TRACE_PLAN)
        shared = shared_set_get(batch->shared, 0, line->slot, row->plan);
    else if (line->flags & TRACE_SITE)
        shared = shared_set_get(batch->shared, 0, line->slot, "");
    else {
        *changed = &state->changed;
        return counter_set_find(&state->own, line->slot);
    }
    if (!shared || !shared->found)
        return NULL;
    *changed = &shared->changed;
    return counter_set_find(&shared->set, line->slot);
}

void batch_want_trace(Batch *batch, const Job *job)
{
    g_autoptr(DecisionRow) row = decision_row_find(batch->abouts, &job->about);
    if (row)
        batch_want_row(batch, row);
}

void batch_want_row(Batch *batch, const DecisionRow *row)
{
    for (guint i = 0; i < row->trace->len; i++) {
        const TraceLine *line = &g_array_index(row->trace, TraceLine, i);
        if (line->flags & TRACE_ORGANIZATION)
            shared_set_want(batch->shared, row->key.account_id, line->slot, "");
        else if (line->flags & TRACE_PLAN)
            shared_set_want(batch->shared, 0, line->slot, row->plan);
        else if (line->flags & TRACE_SITE)
            shared_set_want(batch->shared, 0, line->slot, "");
    }
}

/* Thresholds that a commit reached. */
static void settle_alerts(Batch *batch, const SubjectState *state, const DecisionRow *row, const TraceLine *line,
                          const Limit *limit, Counter *counter)
{
    int thresholds[WARN_AT_MAX];
    int crossed = counter_thresholds_crossed(counter, limit, &state->subject, line->amount, thresholds);
    for (int i = 0; i < crossed; i++)
        batch_alert(batch, state, limit, counter->window_start, thresholds[i], counter->used, line->amount,
                    line->flags & TRACE_ORGANIZATION ? row->key.account_id : 0, line->flags & TRACE_PLAN ? row->plan : "");
}

/* Applies the changes to counters and records what really changed in the line. */
static void settle_line(Batch *batch, SubjectState *state, const DecisionRow *row, const TraceLine *line, int64_t used_delta,
                        int64_t held_delta, GArray *out)
{
    if (used_delta == 0 && held_delta == 0)
        return;
    bool *changed = NULL;
    Counter *counter = line_counter(batch, state, row, line, &changed);
    const Limit *limit = line->flags & TRACE_IS_GRANT ? NULL : policy_limit_by_slot(batch->policy, line->slot);
    TraceLine entry = *line;
    entry.used = counter ? counter->used : 0;
    entry.held = counter ? counter->held : 0;
    entry.used_delta = used_delta;
    entry.held_delta = held_delta;
    entry.flags &= TRACE_IS_GRANT | TRACE_ORGANIZATION | TRACE_PLAN | TRACE_SITE;
    bool in_window = counter && (counter->buckets || counter->window_start == line->counted_at);
    if (counter && counter_settle(counter, limit, line->counted_at, used_delta, held_delta)) {
        *changed = true;
        if (limit && used_delta > 0)
            settle_alerts(batch, state, row, line, limit, counter);
    }
    if (counter && !in_window)
        *changed = true; /* its row may still stand in the window that is over: it was turned here only */
    if (in_window) { /* after a reset there may be less to give back than was charged: record what was */
        entry.used_delta = counter->used - entry.used;
        entry.held_delta = counter->held - entry.held;
    }
    g_array_append_val(out, entry);
}

static int64_t *trace_kept(const DecisionRow *row, int64_t units)
{
    int64_t *kept = g_new0(int64_t, row->trace->len);
    trace_share((const TraceLine *)(const void *)row->trace->data, (int)row->trace->len, row->units, units, kept);
    return kept;
}

static Record *settle_record(Batch *batch, Job *job, const SubjectState *state, const DecisionRow *row, const char *kind,
                             int64_t units)
{
    job->key = (DecisionKey){ row->key.account_id, row->key.subject_id, batch->now, job->key.id };
    Record *record = batch_record(batch, job, state, kind, "allowed");
    record->feature = g_strdup(row->feature);
    record->resource = g_strdup(row->resource);
    record->items = g_strdup(row->items);
    record->on_behalf_of = g_strdup(row->on_behalf_of);
    record->units = units;
    record->has_about = true;
    record->about = row->key;
    record->actor = g_strdup(job->actor);
    g_free(record->plan);
    record->plan = g_strdup(row->plan);
    g_free(record->organization);
    record->organization = g_strdup(row->organization);
    batch->charged = true;
    if (job->done) {
        ledger_done_clear(job->done);
        job->done->id = public_id_decision(&job->key);
        job->done->subject = g_strdup(row->subject);
        job->done->feature = g_strdup(row->feature);
        job->done->units = units;
        job->done->total = row->units;
        job->done->at = batch->now;
    }
    return record;
}

/* `keep` units of what is held become use; the rest goes back. A release for a reason is nobody's wish: the ticket was not used. */
static void end_hold(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state, JobKind how, int64_t keep)
{
    const char *kind = how == JOB_COMMIT ? "commit" : how == JOB_RELEASE ? "release" : "expire";
    const char *state_word = how == JOB_COMMIT ? "committed" : how == JOB_RELEASE ? "released" : "expired";
    Record *record = settle_record(batch, job, state, row, kind, how == JOB_COMMIT ? keep : row->units);
    g_autofree int64_t *kept = trace_kept(row, keep);
    for (guint i = 0; i < row->trace->len; i++) {
        const TraceLine *line = &g_array_index(row->trace, TraceLine, i);
        settle_line(batch, state, row, line, kept[i], -line->held_delta, record->trace);
    }
    Params *settlement = g_new0(Params, 1);
    *settlement = params_new();
    params_number(settlement, row->key.account_id);
    params_number(settlement, row->key.subject_id);
    params_instant(settlement, row->key.at);
    params_number(settlement, row->key.id);
    params_text(settlement, state_word);
    params_number(settlement, keep);
    params_instant(settlement, batch->now);
    g_ptr_array_add(batch->settlements, settlement);
    if (how == JOB_RELEASE && job->audited)
        batch_drop_admitted(batch, job, row, state);
    else
        batch_settle_ticket(batch, row, how == JOB_COMMIT ? "used" : how == JOB_RELEASE && !job->reason ? "left" : "lapsed");
}

static void settle_hold(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state)
{
    if (!row->state) {
        job->result = store_fail(job->error, STORE_NONE, NULL, SAY_NO_SUCH("reservation"));
        return;
    }
    if (strcmp(row->state, "held") != 0) {
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, SAY_RESERVATION_IS, row->state);
        return;
    }
    int64_t keep = job->kind == JOB_COMMIT ? (job->units < 0 ? row->units : job->units) : 0;
    if (keep > row->units) {
        job->result = store_fail(job->error, STORE_CONFLICT, "units", SAY_HELD_ONLY, row->units);
        return;
    }
    end_hold(batch, job, row, state, job->kind, keep);
}

bool batch_take_hold(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state, int64_t units)
{
    if (batch_is_settled(batch, &row->key))
        return false;
    end_hold(batch, job, row, state, JOB_COMMIT, units);
    return true;
}

/* What of a recorded charge stands now: a consume, or what was committed of a hold. */
static int64_t charged_units(const DecisionRow *row)
{
    if (strcmp(row->outcome, "allowed") != 0)
        return 0;
    if (strcmp(row->kind, "consume") == 0)
        return row->units;
    return strcmp(row->kind, "hold") == 0 ? row->committed : 0;
}

/* An entry of the audit, written with the rest. Takes over `details`. */
static void audit(Batch *batch, const Job *job, const char *action, const char *subject, const char *organization, json_t *details)
{
    Params *entry = g_new0(Params, 1);
    *entry = params_new();
    params_text(entry, job->actor);
    params_text(entry, action);
    params_text(entry, subject);
    params_text(entry, organization);
    if (job->bulk)
        json_object_set_new(details, "bulk", json_sprintf("%" PRId64, job->bulk));
    char *text = json_dumps(details, JSON_COMPACT);
    params_text(entry, text);
    free(text);
    json_decref(details);
    params_text(entry, job->origin);
    g_ptr_array_add(batch->audits, entry);
}

static void audit_refund(Batch *batch, const Job *job, const DecisionRow *row, int64_t units)
{
    g_autofree char *decision = public_id_decision(&row->key), *refund = public_id_decision(&job->key);
    audit(batch, job, "decision.refund", row->subject, NULL,
          json_pack("{s:s, s:s, s:s?, s:I, s:s?}", "decision", decision, "refund", refund, "feature", row->feature, "units",
                    (json_int_t)units, "reason", job->reason));
}

/* So many units of the record were given back. */
static void give_back(Batch *batch, const DecisionRow *row, int64_t units)
{
    Params *params = g_new0(Params, 1);
    *params = params_new();
    params_number(params, row->key.account_id);
    params_number(params, row->key.subject_id);
    params_instant(params, row->key.at);
    params_number(params, row->key.id);
    params_number(params, units);
    g_ptr_array_add(batch->give_backs, params);
}

static void settle_refund(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state)
{
    int64_t charged = charged_units(row), left = charged - row->given_back;
    int64_t units = job->units < 0 ? left : job->units;
    if (charged == 0) {
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, SAY_REFUND_NOTHING);
        return;
    }
    if (left <= 0 || units > left) {
        job->result = store_fail(job->error, STORE_CONFLICT, "units", SAY_LEFT_ONLY, MAX(left, 0), charged);
        return;
    }
    if (row->items && units != charged) {
        job->result = store_fail(job->error, STORE_CONFLICT, "units", SAY_REFUND_WHOLE);
        return;
    }
    Record *record = settle_record(batch, job, state, row, "refund", units);
    batch->notify = true;
    json_t *metadata = json_pack("{s:s*}", "reason", job->reason);
    char *text = json_dumps(metadata, JSON_COMPACT);
    record->metadata = g_strdup(text);
    free(text);
    json_decref(metadata);
    g_autofree int64_t *before = trace_kept(row, left);
    g_autofree int64_t *after = trace_kept(row, left - units);
    for (guint i = 0; i < row->trace->len; i++)
        settle_line(batch, state, row, &g_array_index(row->trace, TraceLine, i), after[i] - before[i], 0, record->trace);
    give_back(batch, row, units);
    if (job->audited)
        audit_refund(batch, job, row, units);
}

/* Has an earlier job of the same batch settled the same record? Its row was read before that. */
bool batch_is_settled(const Batch *batch, const DecisionKey *key)
{
    for (guint i = 0; i < batch->records->len; i++) {
        const Record *record = batch->records->pdata[i];
        if (record->has_about && decision_key_equal(&record->about, key))
            return true;
    }
    return false;
}

static void settle_restore(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state);

static void settle(Batch *batch, Job *job)
{
    g_autoptr(DecisionRow) row = decision_row_find(batch->abouts, &job->about);
    SubjectState *state = batch_state(batch, job->subject_id);
    if (!row || !state) {
        batch_lost(batch, job);
        job->result = store_fail(job->error, STORE_NONE, NULL, SAY_NO_SUCH("%s"),
                                 job->kind == JOB_REFUND ? "decision" : job->kind == JOB_RESTORE ? "reset" : "reservation");
        return;
    }
    if (batch_is_settled(batch, &job->about)) {
        /* Two at once about one record: the later one would decide on a row that is no longer true. */
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, "%s",
                                 job->kind == JOB_REFUND    ? SAY_REFUND_UNDER_WAY
                                 : job->kind == JOB_RESTORE ? SAY_RESET_UNDONE
                                                            : SAY_RESERVATION_SETTLED);
        return;
    }
    if (job->kind == JOB_REFUND)
        settle_refund(batch, job, row, state);
    else if (job->kind == JOB_RESTORE)
        settle_restore(batch, job, row, state);
    else
        settle_hold(batch, job, row, state);
}

void batch_settle(Batch *batch, Job *job)
{
    settle(batch, job);
    if (job->result != STORE_OK)
        batch_bulk_failed(batch, job);
}

/* --- reset --- */

static bool slot_is_of(const Policy *policy, const SubjectState *state, int64_t slot, int feature)
{
    if (feature < 0)
        return true;
    const Limit *limit = policy_limit_by_slot(policy, slot);
    if (limit)
        return limit->feature == feature;
    for (guint i = 0; i < state->grants->len; i++)
        if (g_array_index(state->grants, Grant, i).slot == slot)
            return g_array_index(state->grants, Grant, i).feature == feature;
    return false;
}

/* A reset gives the subject's own limits back; grants were given once and stay spent. */
static bool slot_is_limit(const Policy *policy, int64_t slot)
{
    return slot > 0 && policy_limit_by_slot(policy, slot);
}

/* The limit of a counter, as the subject's plan has it. */
static const Limit *limit_of(const SubjectState *state, const Policy *policy, int64_t slot)
{
    const Plan *plan = state->subject.plan;
    for (int i = 0; plan && i < plan->limit_count; i++)
        if (plan->limits[i].slot == slot)
            return &plan->limits[i];
    return policy_limit_by_slot(policy, slot);
}

/* Takes back what was used, in the window that goes on now. */
static TraceLine reset_line(const Batch *batch, const SubjectState *state, const Counter *counter)
{
    const Limit *limit = limit_of(state, batch->policy, counter->slot);
    Situation situation = subject_state_situation(state);
    GTimeZone *zone = decide_zone(batch->policy, &state->subject, limit, NULL);
    Window window = window_at(&limit->window, zone, state->subject.anchor, batch->now);
    return (TraceLine){ .slot = counter->slot, .counted_at = counter->window_start, .window_start = window.start,
                        .window_end = window.end, .amount = decide_amount(&situation, limit, NULL, NULL), .used = counter->used,
                        .held = counter->held, .used_delta = -counter->used, .gives_at = INSTANT_MAX };
}

/* The sub-windows of a rolling counter that are used, for whoever takes the reset back: [[start, units], …]. */
static json_t *parts_json(const Counter *counter, const Limit *limit)
{
    json_t *parts = json_array();
    int64_t part_us = window_part_us(&limit->window);
    for (int i = 0; i < ROLLING_BUCKETS; i++)
        if (counter->buckets[i] > 0)
            json_array_append_new(parts, json_pack("[I, I]", (json_int_t)(counter->window_start - i * part_us),
                                                   (json_int_t)counter->buckets[i]));
    return parts;
}

/* The record keeps them by slot, where there are any. */
static void put_parts(Record *record, json_t *parts)
{
    if (json_object_size(parts)) {
        json_t *metadata = json_pack("{s:O}", "parts", parts);
        char *text = json_dumps(metadata, JSON_COMPACT);
        record->metadata = g_strdup(text);
        free(text);
        json_decref(metadata);
    }
    json_decref(parts);
}

void batch_audit(Batch *batch, const Job *job, const SubjectState *state, const char *action, json_t *details)
{
    audit(batch, job, action, state->key, state->organization, details);
}

/* Until when what a line took may be used again. */
static Instant line_until(const TraceLine *line, const Limit *limit)
{
    return limit->window.align == ALIGN_ROLLING ? line->counted_at + ROLLING_BUCKETS * window_part_us(&limit->window) : line->window_end;
}

/* Until when all may, as why_not_again has it: while the window of one goes on, and of all that are carried on. */
static Instant trace_until(const Batch *batch, const SubjectState *state, const GArray *trace)
{
    Instant last = INSTANT_MIN, first = INSTANT_MAX;
    for (guint i = 0; i < trace->len; i++) {
        const TraceLine *line = &g_array_index(trace, TraceLine, i);
        const Limit *limit = limit_of(state, batch->policy, line->slot);
        Instant until = line_until(line, limit);
        last = MAX(last, until);
        if (limit->rollover > 0)
            first = MIN(first, until);
    }
    return MIN(first, last);
}

void batch_reset(Batch *batch, Job *job)
{
    SubjectState *state = batch_state(batch, job->subject_id);
    const Feature *feature = job->feature ? policy_feature(batch->policy, job->feature) : NULL;
    job->key = (DecisionKey){ state->account_id, state->id, batch->now, job->key.id };
    Record *record = batch_record(batch, job, state, "reset", "allowed");
    record->feature = g_strdup(feature ? feature->key : "*");
    record->actor = g_strdup(job->actor);
    int64_t total = 0;
    json_t *was = json_object(), *parts = json_object();
    for (int i = 0; i < state->own.count; i++) {
        Counter *counter = &state->own.counters[i];
        if (counter->used == 0 || !slot_is_limit(batch->policy, counter->slot) ||
            !slot_is_of(batch->policy, state, counter->slot, feature ? feature->index : -1))
            continue;
        TraceLine line = reset_line(batch, state, counter);
        g_array_append_val(record->trace, line);
        total = MAX(total, counter->used);
        json_object_set_new(was, policy_limit_by_slot(batch->policy, counter->slot)->key, json_integer(counter->used));
        if (counter->buckets) {
            g_autofree char *slot = g_strdup_printf("%" PRId64, counter->slot);
            json_object_set_new(parts, slot, parts_json(counter, limit_of(state, batch->policy, counter->slot)));
        }
        counter->used = 0;
        counter->fired = 0;
        if (counter->buckets)
            memset(counter->buckets, 0, sizeof *counter->buckets * ROLLING_BUCKETS);
        state->changed = true;
    }
    put_parts(record, parts);
    record->units = MIN(total, UNITS_MAX);
    batch->charged = batch->notify = state->changed = state->touched = true;
    batch_bulk_made(batch, job, record->units, trace_until(batch, state, record->trace));
    g_autofree char *reset = public_id_decision(&job->key);
    batch_audit(batch, job, state, "usage.reset",
                json_pack("{s:s, s:s, s:s*, s:o}", "reset", reset, "feature", record->feature, "reason", job->reason, "old", was));
    ledger_done_clear(job->done);
    *job->done = (LedgerDone){ .id = public_id_decision(&job->key), .subject = g_strdup(state->key),
                               .feature = g_strdup(feature ? feature->key : NULL), .units = record->units, .at = batch->now };
}

/* --- taking a reset back --- */

BatchResult batch_look_at_resets(Batch *batch)
{
    DbResult result = DB_OK;
    for (guint i = 0; result == DB_OK && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || job->kind != JOB_RESTORE)
            continue;
        g_auto(Params) params = params_new();
        g_autoptr(PGresult) rows = NULL;
        params_number(&params, job->about.account_id);
        params_number(&params, job->about.subject_id);
        params_instant(&params, job->about.at);
        params_number(&params, job->about.id);
        result = db_run(batch->db, QUERY_RESET_STANDS, &params, &rows);
        if (result != DB_OK || result_bool(rows, 0, 0))
            continue;
        job->settled = true;
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, SAY_RESET_TOUCHED);
        batch_bulk_failed(batch, job);
    }
    return batch_result(result);
}

/* Was the person given something back, or reset, by an earlier job of the same batch? */
static bool is_touched(const Batch *batch, int64_t subject_id)
{
    for (guint i = 0; i < batch->records->len; i++) {
        const Record *record = batch->records->pdata[i];
        if (record->key.subject_id == subject_id && (strcmp(record->kind, "refund") == 0 || strcmp(record->kind, "reset") == 0))
            return true;
    }
    return false;
}

/* NULL: it can be used again; *goes_on: and its window goes on. Else why not. */
static const char *why_not_again(Batch *batch, SubjectState *state, const Taken *taken, bool *goes_on)
{
    const Counter *counter = counter_set_find(&state->own, taken->slot);
    const Limit *limit = policy_limit_by_slot(batch->policy, taken->slot) ? limit_of(state, batch->policy, taken->slot) : NULL;
    bool rolling = limit && limit->window.align == ALIGN_ROLLING;
    bool same = counter && (rolling ? counter->window_start - taken->counted_at < ROLLING_BUCKETS * window_part_us(&limit->window)
                                    : counter->window_start == taken->counted_at);
    if (rolling && !taken->is_part)
        return SAY_RESET_PARTS;
    if (limit && limit->rollover > 0 && !same)
        return SAY_RESET_OVER; /* what was left of that window was carried on by then */
    *goes_on |= same;
    return NULL;
}

static void use_again(Batch *batch, const DecisionRow *row, SubjectState *state, const Taken *taken, GArray *trace)
{
    for (guint i = 0; i < row->trace->len; i++) {
        TraceLine line = g_array_index(row->trace, TraceLine, i);
        line.counted_at = taken->counted_at;
        if (line.slot == taken->slot)
            settle_line(batch, state, row, &line, taken->units, 0, trace);
    }
}

static void settle_restore(Batch *batch, Job *job, const DecisionRow *row, SubjectState *state)
{
    g_autoptr(GArray) all = decision_row_taken(row);
    const char *why = row->given_back > 0 ? SAY_RESET_UNDONE : is_touched(batch, row->key.subject_id) ? SAY_RESET_TOUCHED : NULL;
    bool goes_on = false;
    if (!all && !why) {
        job->result = store_fail(job->error, STORE_NONE, NULL, SAY_NO_SUCH("reset"));
        return;
    }
    for (guint i = 0; !why && i < all->len; i++)
        why = why_not_again(batch, state, &g_array_index(all, Taken, i), &goes_on);
    if (why || !goes_on) {
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, "%s", why ? why : SAY_RESET_OVER);
        return;
    }
    Record *record = settle_record(batch, job, state, row, "reset", row->units);
    for (guint i = 0; i < all->len; i++)
        use_again(batch, row, state, &g_array_index(all, Taken, i), record->trace);
    give_back(batch, row, row->units);
    batch->notify = state->changed = state->touched = true;
    g_autofree char *reset = public_id_decision(&row->key);
    batch_audit(batch, job, state, "usage.restore",
                json_pack("{s:s, s:s, s:s*, s:I}", "reset", reset, "feature", row->feature, "reason", job->reason, "units", (json_int_t)row->units));
}
