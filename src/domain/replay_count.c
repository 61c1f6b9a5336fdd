/* What is said of a replay: sums, and who. */
#include "domain/replay_parts.h"

static const WindowSpec one_day = {.unit = WINDOW_DAY, .count = 1, .align = ALIGN_CALENDAR, .week_starts = 1};

static ReplayDay *day_of(Replay *replay, Instant at)
{
    if (at >= replay->day_ends) {
        Window day = window_at(&one_day, replay->zone, 0, at);
        ReplayDay fresh = {.start = day.start};
        g_array_append_val(replay->days, fresh);
        replay->day_ends = day.end;
    }
    for (guint i = replay->days->len; i > 1; i--)
        if (g_array_index(replay->days, ReplayDay, i - 1).start <= at)
            return &g_array_index(replay->days, ReplayDay, i - 1);
    return &g_array_index(replay->days, ReplayDay, 0);
}

static void tally_add(ReplayTally *tally, Outcome outcome, bool allowed_in_first, const ReplayStop *stop, Instant at)
{
    if (outcome == OUTCOME_QUEUED)
        tally->waited++;
    else if (outcome != OUTCOME_ALLOWED)
        tally->stopped++;
    if (stop->limit)
        tally->limit = stop->limit;
    if (stop->bar != BAR_NONE)
        tally->bar = stop->bar;
    if (outcome != OUTCOME_ALLOWED && allowed_in_first) {
        tally->newly++;
        if (tally->first == INSTANT_MAX)
            tally->first = at;
        tally->last = at;
    }
    if (outcome == OUTCOME_ALLOWED && !allowed_in_first)
        tally->relieved++;
}

void replay_count_request(Replay *replay, ReplayPerson *person, const ReplayRecord *record, const Outcome *outcomes, const ReplayStop *stops)
{
    ReplayDay *day = day_of(replay, record->at);
    replay->requests++;
    person->requests++;
    day->requests++;
    replay->recorded_waited += record->outcome == OUTCOME_QUEUED;
    replay->recorded_stopped += record->outcome == OUTCOME_DENIED || record->outcome == OUTCOME_FORBIDDEN;
    if (replay->first == INSTANT_MAX)
        replay->first = record->at;
    replay->last = record->at;
    for (int i = 0; i < replay->world_count; i++) {
        tally_add(&person->tally[i], outcomes[i], outcomes[0] == OUTCOME_ALLOWED, &stops[i], record->at);
        day->waited[i] += outcomes[i] == OUTCOME_QUEUED;
        day->stopped[i] += outcomes[i] == OUTCOME_DENIED || outcomes[i] == OUTCOME_FORBIDDEN;
    }
}

/* --- is it as it was recorded? --- */

static bool outcome_is_same(const ReplayRecord *record, const Decision *decision)
{
    /* The ledger denies what would be queued where the line is full. */
    if (record->reason == REASON_QUEUE_FULL)
        return decision->outcome == OUTCOME_QUEUED;
    return record->outcome == decision->outcome && (int)record->reason == (int)decision->reason;
}

static bool look_is_same(const LimitLook *look, const TraceLine *line, AskKind kind, Outcome outcome)
{
    int64_t charged = outcome == OUTCOME_ALLOWED ? look->charged : 0;
    return look->limit->slot == line->slot && look->amount == line->amount && look->used == line->used && look->held == line->held &&
           look->carried == line->carried && look->bonus == line->bonus && look->asked == line->asked &&
           (kind == ASK_HOLD ? line->held_delta : line->used_delta) == charged && look->counted_at == line->counted_at;
}

bool replay_is_repetition(const ReplayRecord *record)
{
    return record->about_id != 0 && record->trace_count == 0 && (record->kind == RECORD_CONSUME || record->kind == RECORD_HOLD);
}

static bool numbers_are_same(const ReplayRecord *record, const Decision *decision)
{
    int draws = decision->outcome == OUTCOME_ALLOWED ? decision->draw_count : 0;
    if (replay_is_repetition(record))
        return true;
    if (record->trace_count != decision->look_count + draws)
        return false;
    for (int i = 0; i < decision->look_count; i++)
        if (!look_is_same(&decision->looks[i], &record->trace[i], decision->kind, decision->outcome))
            return false;
    for (int i = 0; i < draws; i++) {
        const TraceLine *line = &record->trace[decision->look_count + i];
        const GrantDraw *draw = &decision->draws[i];
        if (draw->grant->slot != line->slot || draw->units != line->used_delta + line->held_delta || draw->used != line->used)
            return false;
    }
    return true;
}

void replay_count_agreement(Replay *replay, const ReplayRecord *record, const Decision *decision)
{
    bool same = outcome_is_same(record, decision);
    if (!same && replay->told - replay->agreed < (int64_t)G_N_ELEMENTS(replay->differs)) {
        replay->differs[replay->told - replay->agreed] = record->id;
        replay->differs_at[replay->told - replay->agreed] = record->at;
    }
    replay->told++;
    replay->agreed += same;
    replay->exact += same && numbers_are_same(record, decision);
}

/* --- who --- */

GPtrArray *replay_people(const Replay *replay, bool (*wanted)(const ReplayPerson *person))
{
    GPtrArray *people = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, replay->people);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (((ReplayPerson *)value)->requests > 0 && wanted(value))
            g_ptr_array_add(people, value);
    return people;
}

bool replay_person_differs(const ReplayPerson *person)
{
    return person->tally[1].newly > 0 || person->tally[1].relieved > 0;
}

static bool person_counts(const ReplayPerson *person)
{
    return person->requests > 0;
}

int64_t replay_people_counted(const Replay *replay)
{
    g_autoptr(GPtrArray) people = replay_people(replay, person_counts);
    return people->len;
}

int64_t replay_people_stopped(const Replay *replay, int world)
{
    g_autoptr(GPtrArray) people = replay_people(replay, person_counts);
    int64_t stopped = 0;
    for (guint i = 0; i < people->len; i++) {
        const ReplayTally *tally = &((const ReplayPerson *)people->pdata[i])->tally[world];
        stopped += tally->stopped > 0 || tally->waited > 0;
    }
    return stopped;
}

/* --- what must be read before --- */

static bool counted_now(const Policy *now, const char *plan_key, int slot)
{
    const Plan *plan = policy_plan(now, plan_key);
    for (int i = 0; plan && i < plan->limit_count; i++)
        if (plan->limits[i].slot == slot && plan->limits[i].mode != MODE_OFF)
            return true;
    return false;
}

/* Of those who have this plan, and had the one of the key. */
static int64_t warm_up_of_plan(const Plan *plan, const Policy *now, const char *had)
{
    int64_t longest = 0;
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        bool stands = limit->window.align != ALIGN_ROLLING && had && counted_now(now, had, limit->slot);
        if (limit->mode == MODE_OFF || limit->plan_amount == AMOUNT_UNLIMITED || stands)
            continue;
        longest = MAX(longest, limit->window.unit == WINDOW_LIFETIME ? INT64_MAX : window_longest_us(&limit->window));
    }
    return longest;
}

static int64_t warm_up_of(const Policy *policy, const Policy *now)
{
    int64_t longest = 0;
    for (int p = 0; p < policy->plan_count; p++)
        longest = MAX(longest, warm_up_of_plan(&policy->plans[p], now, policy->plans[p].key));
    return longest;
}

int64_t replay_warm_up_us(const Policy *now, const Policy *next)
{
    return MIN(MAX(warm_up_of(now, now), warm_up_of(next, now)), REPLAY_WARM_UP_MAX_US);
}

int64_t replay_move_warm_up_us(const Policy *now, const Policy *next, const ReplayMove *move)
{
    const Plan *plan = move->to ? policy_plan(next, move->to) : NULL;
    return plan ? MIN(warm_up_of_plan(plan, now, move->from), REPLAY_WARM_UP_MAX_US) : 0;
}
