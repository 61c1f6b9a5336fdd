/* Each record in each world: who asks, what was given to it then, what the decision is, and what becomes of it. */
#include "domain/replay_parts.h"

static void holdings_clear(Holdings *holdings)
{
    cells_free(holdings->cells);
    if (holdings->overrides)
        g_array_unref(holdings->overrides);
    if (holdings->grants)
        g_array_unref(holdings->grants);
}

static void person_free(gpointer data)
{
    ReplayPerson *person = data;
    for (int i = 0; i < REPLAY_WORLDS_MAX; i++)
        holdings_clear(&person->holdings[i]);
    g_free(person);
}

static void account_free(gpointer data)
{
    ReplayAccount *account = data;
    for (int i = 0; i < REPLAY_WORLDS_MAX; i++)
        holdings_clear(&account->holdings[i]);
    g_free(account);
}

Replay *replay_new(Instant counted_from, GTimeZone *zone)
{
    Replay *replay = g_new0(Replay, 1);
    replay->counted_from = counted_from;
    replay->zone = zone;
    replay->first = replay->last = INSTANT_MAX;
    replay->day_ends = INSTANT_MIN;
    replay->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, person_free);
    replay->accounts = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, account_free);
    replay->charges = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, charge_free);
    replay->days = g_array_new(FALSE, TRUE, sizeof(ReplayDay));
    replay->versions = g_array_new(FALSE, FALSE, sizeof(int));
    replay->overrides = g_array_new(FALSE, FALSE, sizeof(Override));
    replay->grants = g_array_new(FALSE, FALSE, sizeof(Grant));
    replay->lines = g_array_new(FALSE, FALSE, sizeof(TraceLine));
    replay->texts = g_string_chunk_new(4096);
    return replay;
}

void replay_free(Replay *replay)
{
    if (!replay)
        return;
    for (int i = 0; i < replay->world_count; i++) {
        ReplayWorld *world = &replay->worlds[i];
        for (int p = 0; p < world->policy->plan_count; p++)
            cells_free(world->plan_cells[p]);
        cells_free(world->site_cells);
        g_free(world->plan_cells);
    }
    g_hash_table_unref(replay->people);
    g_hash_table_unref(replay->accounts);
    g_hash_table_unref(replay->charges);
    GArray *arrays[] = {replay->days, replay->versions, replay->overrides, replay->grants, replay->lines};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    g_string_chunk_free(replay->texts);
    g_free(replay);
}

void replay_is_version(Replay *replay, int version)
{
    g_array_append_val(replay->versions, version);
}

static bool is_of_policy(const Replay *replay, int version)
{
    for (guint i = 0; i < replay->versions->len; i++)
        if (g_array_index(replay->versions, int, i) == version)
            return true;
    return version == replay->worlds[0].policy->version;
}

ReplayWorld *replay_add_world(Replay *replay, const Policy *policy)
{
    g_assert(replay->world_count < REPLAY_WORLDS_MAX);
    ReplayWorld *world = &replay->worlds[replay->world_count++];
    world->policy = policy;
    world->plan_cells = g_new0(Cell *, policy->plan_count);
    return world;
}

/* --- who --- */

bool replay_knows(const Replay *replay, int64_t subject_id)
{
    return g_hash_table_contains(replay->people, &subject_id);
}

bool replay_knows_account(const Replay *replay, int64_t account_id)
{
    return g_hash_table_contains(replay->accounts, &account_id);
}

void replay_meet(Replay *replay, const ReplayFacts *facts)
{
    ReplayPerson *person = g_new0(ReplayPerson, 1);
    person->subject_id = facts->subject_id;
    person->key = g_string_chunk_insert(replay->texts, facts->key);
    person->zone = facts->zone ? g_string_chunk_insert_const(replay->texts, facts->zone) : NULL;
    person->first_met = facts->first_met;
    person->anchor = facts->anchor;
    person->anonymous = g_str_has_prefix(facts->key, "anon:");
    for (int i = 0; i < REPLAY_WORLDS_MAX; i++)
        person->tally[i].first = person->tally[i].last = INSTANT_MAX;
    g_hash_table_replace(replay->people, &person->subject_id, person);
}

void replay_meet_account(Replay *replay, int64_t account_id)
{
    ReplayAccount *account = g_new0(ReplayAccount, 1);
    account->id = account_id;
    g_hash_table_replace(replay->accounts, &account->id, account);
}

static void give(Holdings *holdings, const ReplayGiven *given, int feature, bool is_grant)
{
    GArray **array = is_grant ? &holdings->grants : &holdings->overrides;
    if (!*array)
        *array = g_array_new(FALSE, FALSE, is_grant ? sizeof(GivenGrant) : sizeof(GivenOverride));
    if (is_grant) {
        GivenGrant one = {given->grant, given->created_at, given->removed_at};
        one.grant.feature = feature;
        g_array_append_val(*array, one);
    } else {
        GivenOverride one = {given->override, given->created_at, given->removed_at};
        one.override.feature = feature;
        g_array_append_val(*array, one);
    }
}

void replay_give(Replay *replay, const ReplayGiven *given, bool is_grant)
{
    ReplayPerson *person = g_hash_table_lookup(replay->people, &given->subject_id);
    ReplayAccount *account = g_hash_table_lookup(replay->accounts, &given->account_id);
    Holdings *holdings = given->subject_id ? (person ? person->holdings : NULL) : account ? account->holdings : NULL;
    ReplayGiven own = *given;
    if (own.override.limit)
        own.override.limit = g_string_chunk_insert_const(replay->texts, own.override.limit);
    for (int i = 0; holdings && i < replay->world_count; i++) {
        const Feature *feature = policy_feature(replay->worlds[i].policy, given->feature);
        if (feature)
            give(&holdings[i], &own, feature->index, is_grant);
    }
}

/* --- the situation of a record --- */

static bool is_moved(const ReplayMove *move, const char *key, const ReplayPerson *person)
{
    return move->to && (!move->subject || strcmp(move->subject, person->key) == 0) && (!move->from || strcmp(move->from, key) == 0);
}

static const Plan *plan_then(const ReplayWorld *world, const char *key, const ReplayPerson *person)
{
    const Plan *plan = policy_plan(world->policy, is_moved(&world->move, key, person) ? world->move.to : key);
    int otherwise = person->anonymous ? world->policy->anonymous_plan : world->policy->default_plan;
    if (!plan && otherwise >= 0)
        plan = &world->policy->plans[otherwise];
    return plan;
}

static void add_overrides(GArray *to, const GArray *given, Instant at)
{
    for (guint i = 0; given && i < given->len; i++) {
        const GivenOverride *one = &g_array_index(given, GivenOverride, i);
        if (one->created_at <= at && at < one->removed_at)
            g_array_append_val(to, one->override);
    }
}

static void add_grants(GArray *to, const GArray *given, Instant at)
{
    for (guint i = 0; given && i < given->len; i++) {
        const GivenGrant *one = &g_array_index(given, GivenGrant, i);
        if (one->created_at <= at && at < one->removed_at)
            g_array_append_val(to, one->grant);
    }
}

static void turn_init(Turn *turn, Replay *replay, int index, ReplayPerson *person, ReplayAccount *account, const ReplayRecord *record)
{
    const ReplayWorld *world = &replay->worlds[index];
    turn->replay = replay;
    turn->world = index;
    turn->person = person;
    turn->own = &person->holdings[index];
    turn->ours = &account->holdings[index];
    turn->record = record;
    turn->saved_count = 0;
    turn->subject = (Subject){
        .key = person->key,
        .plan = plan_then(world, record->plan, person),
        .organization = record->organization,
        .anonymous = person->anonymous,
        .suspended = record->reason == REASON_SUSPENDED,
        .first_met = person->first_met,
        .anchor = person->anchor,
        .zone = person->zone,
    };
    g_array_set_size(replay->overrides, 0);
    g_array_set_size(replay->grants, 0);
    add_overrides(replay->overrides, turn->own->overrides, record->at);
    add_overrides(replay->overrides, turn->ours->overrides, record->at);
    add_grants(replay->grants, turn->own->grants, record->at);
    add_grants(replay->grants, turn->ours->grants, record->at);
    if (turn->subject.plan && turn->subject.plan->grant_count)
        decide_plan_grants(&turn->subject, replay->grants);
    turn->situation = (Situation){
        .policy = world->policy,
        .subject = &turn->subject,
        .overrides = (const Override *)(const void *)replay->overrides->data,
        .override_count = (int)replay->overrides->len,
        .grants = (const Grant *)(const void *)replay->grants->data,
        .grant_count = (int)replay->grants->len,
        .now = record->at,
    };
}

/* --- requests --- */

/* What was asked for, in the words of the world's policy. 0: it knows none of that. */
static int items_of(const Policy *policy, const ReplayRecord *record, AskItem *items)
{
    const ReplayItem single = {record->feature, record->units};
    const ReplayItem *asked = record->items ? record->items : &single;
    int count = record->items ? MIN(record->item_count, REPLAY_ITEMS_MAX) : 1;
    for (int i = 0; i < count; i++) {
        const Feature *feature = policy_feature_for(policy, asked[i].feature, record->items ? NULL : record->resource);
        if (!feature || asked[i].units < 1)
            return 0;
        items[i] = (AskItem){feature->index, asked[i].units};
    }
    return count;
}

static AskKind asked_kind(const ReplayRecord *record)
{
    return record->kind == RECORD_HOLD && record->outcome == OUTCOME_ALLOWED ? ASK_HOLD : ASK_CONSUME;
}

/* Its turn came in the line, but here it had not waited. */
static bool turn_is_nothing(Turn *turn)
{
    bool nothing = turn->record->of_ticket && turn->own->no_turn;
    if (nothing)
        turn->own->no_turn = false;
    return nothing;
}

static Outcome turn_ask(Turn *turn, ReplayStop *stop)
{
    Replay *replay = turn->replay;
    const ReplayRecord *record = turn->record;
    int count = turn->item_count;
    *stop = (ReplayStop){0};
    if (!turn->subject.plan || count == 0 || turn_is_nothing(turn)) {
        charge_none(turn);
        stop->bar = count == 0 ? BAR_NO_FEATURE : turn->subject.plan ? BAR_OTHER : BAR_NOT_IN_PLAN;
        return record->of_ticket && count && turn->subject.plan ? record->outcome : OUTCOME_FORBIDDEN;
    }
    Book book = turn_book(turn);
    g_autoptr(Decision) decision = decide(&turn->situation, asked_kind(record), turn->items, count, &book);
    bool counting = record->at >= replay->counted_from;
    if (counting && turn->world == 0 && is_of_policy(replay, record->policy_version))
        replay_count_agreement(replay, record, decision);
    if (decision->outcome != OUTCOME_ALLOWED && decision->deciding >= 0)
        stop->limit = decision->looks[decision->deciding].limit;
    else if (decision->outcome != OUTCOME_ALLOWED)
        stop->bar = decision->reason == REASON_NOT_LISTED ? BAR_NOT_IN_PLAN : BAR_OTHER;
    decide_apply(decision);
    if (decision->outcome == OUTCOME_ALLOWED) {
        charge_keep(turn, decision);
    } else {
        charge_none(turn);
        turn_restore(turn);
    }
    if (record->outcome == OUTCOME_QUEUED)
        turn->own->no_turn = decision->outcome != OUTCOME_QUEUED;
    return decision->outcome;
}

static void replay_request(Replay *replay, ReplayPerson *person, ReplayAccount *account, const ReplayRecord *record)
{
    Outcome outcomes[REPLAY_WORLDS_MAX];
    ReplayStop stops[REPLAY_WORLDS_MAX] = {0};
    bool untold = false;
    for (int i = 0; i < replay->world_count; i++) {
        Turn turn;
        turn_init(&turn, replay, i, person, account, record);
        turn.item_count = items_of(turn.situation.policy, record, turn.items);
        /* Given again, and the first was before all that is read: where the counters stood is not told here, for no world. */
        if (i == 0)
            untold = replay_is_repetition(record) && !turn_has_cells(&turn);
        outcomes[i] = untold ? record->outcome : turn_ask(&turn, &stops[i]);
    }
    person->plan = g_string_chunk_insert_const(replay->texts, record->plan);
    if (record->at >= replay->counted_from && !record->of_ticket)
        replay_count_request(replay, person, record, outcomes, stops);
}

static void replay_other(Replay *replay, ReplayPerson *person, ReplayAccount *account, const ReplayRecord *record)
{
    for (int i = 0; i < replay->world_count; i++) {
        Turn turn;
        turn_init(&turn, replay, i, person, account, record);
        if (record->kind == RECORD_RESET)
            turn_reset(&turn);
        else
            turn_settle(&turn);
    }
    if (record->kind != RECORD_RESET)
        charge_forget(replay, record);
}

static void replay_one(Replay *replay, const ReplayRecord *record)
{
    ReplayPerson *person = g_hash_table_lookup(replay->people, &record->subject_id);
    ReplayAccount *account = g_hash_table_lookup(replay->accounts, &record->account_id);
    replay->records++;
    if (!person || !account)
        return;
    if (record->kind == RECORD_CONSUME || record->kind == RECORD_HOLD)
        replay_request(replay, person, account, record);
    else
        replay_other(replay, person, account, record);
}

/* --- which of those that happened at once came first --- */

/* Do all its numbers stand in world 0 as the record says that they stood? */
static bool record_is_next(Replay *replay, const ReplayRecord *record)
{
    ReplayPerson *person = g_hash_table_lookup(replay->people, &record->subject_id);
    ReplayAccount *account = g_hash_table_lookup(replay->accounts, &record->account_id);
    if (!person || !account)
        return true;
    Turn turn = {.replay = replay, .own = &person->holdings[0], .ours = &account->holdings[0], .record = record};
    turn.subject.plan = plan_then(&replay->worlds[0], record->plan, person);
    for (int i = 0; i < record->trace_count; i++) {
        const TraceLine *line = &record->trace[i];
        const Cell *cell = turn_line_cell(&turn, line);
        if (!cell)
            continue;
        bool same_window = cell->counter.window_start == line->counted_at;
        if ((same_window ? cell->counter.used : 0) != line->used || (same_window && cell->counter.held != line->held))
            return false;
    }
    return true;
}

static int64_t record_stood(const ReplayRecord *record)
{
    int64_t sum = 0;
    for (int i = 0; i < record->trace_count; i++)
        if (!(record->trace[i].flags & TRACE_IS_GRANT))
            sum += record->trace[i].used + record->trace[i].held;
    return sum;
}

static int stood_order(const void *a, const void *b)
{
    int64_t x = record_stood(*(const ReplayRecord *const *)a), y = record_stood(*(const ReplayRecord *const *)b);
    return (x > y) - (x < y);
}

void replay_records(Replay *replay, const ReplayRecord **records, int count)
{
    if (count > 1)
        qsort(records, (size_t)count, sizeof *records, stood_order);
    for (int done = 0; done < count; done++) {
        int next = done;
        while (next < count && !record_is_next(replay, records[next]))
            next++;
        next = next < count ? next : done;
        const ReplayRecord *record = records[next];
        memmove(&records[done + 1], &records[done], (size_t)(next - done) * sizeof *records);
        records[done] = record;
        replay_one(replay, record);
    }
}
