/* Random histories of decisions, compared with a slow model after every step: a million operations.
 *
 * WEBQUOTA_SEED sets the seed (it is printed with every failure), WEBQUOTA_OPERATIONS how many there are.
 */
#include "scenario.h"

#define OPERATIONS INT64_C(1000000)
#define OPERATIONS_A_SCENARIO 60

/* --- comparing --- */

static void compare_look(Run *run, const RefAnswer *answer, const LimitLook *look, int limit, int item_count)
{
    const RefState *state = &answer->state[limit];
    EXPECT_EQ(run, look->amount, answer->amount[limit], "amount");
    EXPECT_EQ(run, look->used, state->used, "used");
    EXPECT_EQ(run, look->held, state->held, "held");
    EXPECT_EQ(run, look->carried, state->carried, "carried");
    if (item_count > 1)
        return;
    EXPECT_EQ(run, look->bonus, answer->bonus[limit], "bonus");
    if (ref_can_refuse(&run->world, answer, limit))
        EXPECT_EQ(run, look->holds, answer->holds[limit], "holds");
    if (answer->outcome != OUTCOME_FORBIDDEN && !answer->holds[limit])
        EXPECT_EQ(run, look->frees_at, answer->frees_at[limit], "frees_at");
}

static void compare_draws(Run *run, const RefAnswer *answer, const Decision *decision)
{
    int64_t drawn[REF_GRANTS] = {0};
    for (int i = 0; i < answer->drawn_count; i++)
        drawn[answer->drawn[i]]++;
    for (int i = 0; i < decision->draw_count; i++)
        drawn[-decision->draws[i].grant->slot - 1] -= decision->draws[i].units;
    for (int i = 0; i < REF_GRANTS; i++)
        EXPECT_EQ(run, drawn[i], 0, "draws that differ");
}

/* What must hold whatever the model says. */
static void check_invariants(Run *run, const Decision *decision)
{
    for (int i = 0; i < decision->look_count; i++) {
        const LimitLook *look = &decision->looks[i];
        bool allowed = decision->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK;
        if (!allowed)
            EXPECT_EQ(run, look->charged, 0, "charged by a refusal");
        if (!allowed || look->charged == 0 || look->amount == AMOUNT_UNLIMITED || look->limit->mode != MODE_ENFORCE ||
            look->limit->on_exceed == EXCEED_ALLOW)
            continue;
        EXPECT_EQ(run, look->used + look->held + look->charged > look->amount, false, "above the amount");
        if (look->limit->scope != SCOPE_SUBJECT)
            EXPECT_EQ(run, look->charged, look->asked, "shared limit widened");
    }
    if (decision->outcome != OUTCOME_ALLOWED || decision->kind == ASK_CHECK)
        EXPECT_EQ(run, decision->draw_count, 0, "drawn by a refusal");
}

static bool ref_headline_before(const RefWorld *world, const RefAnswer *answer, const int64_t *remaining, int a, int b)
{
    int64_t share_a = remaining[a] * MAX(answer->amount[b], 1), share_b = remaining[b] * MAX(answer->amount[a], 1);
    int64_t length_a = world->length_us[a], length_b = world->length_us[b];
    if (share_a != share_b)
        return share_a < share_b;
    return length_a > 0 && (length_b == 0 || length_a < length_b);
}

static int ref_headline(const RefWorld *world, const RefAnswer *answer, const Decision *decision)
{
    int64_t remaining[REF_LIMITS] = {0};
    bool enforced = false;
    int best = -1;
    for (int l = 0, look = 0; l < world->plan.limit_count; l++) {
        if (!answer->involved[l])
            continue;
        remaining[l] = look_remaining(&decision->looks[look++], decision);
        enforced |= world->limits[l].mode == MODE_ENFORCE;
    }
    for (int l = 0; l < world->plan.limit_count; l++) {
        if (!answer->involved[l] || answer->amount[l] == AMOUNT_UNLIMITED ||
            (world->limits[l].mode == MODE_ENFORCE) != enforced)
            continue;
        if (best < 0 || ref_headline_before(world, answer, remaining, l, best))
            best = l;
    }
    return best;
}

static void compare(Run *run, const RefAnswer *answer, const Decision *decision, int item_count)
{
    check_invariants(run, decision);
    Outcome outcome = decision->outcome;
    if (item_count > 1 && outcome == OUTCOME_QUEUED)
        outcome = OUTCOME_DENIED;
    EXPECT_EQ(run, outcome, answer->outcome, "outcome");
    if (item_count == 1)
        EXPECT_EQ(run, decision->reason, answer->reason, "reason");
    int look = 0, deciding = -1;
    for (int l = 0; l < REF_LIMITS; l++) {
        if (!answer->involved[l])
            continue;
        ck_assert_int_lt(look, decision->look_count);
        EXPECT_EQ(run, decision->looks[look].limit->slot, l + 1, "limit");
        deciding = decision->deciding == look ? l : deciding;
        compare_look(run, answer, &decision->looks[look], l, item_count);
        if (answer->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK)
            EXPECT_EQ(run, decision->looks[look].charged, answer->charged[l], "charged");
        look++;
    }
    EXPECT_EQ(run, decision->look_count, look, "number of looks");
    if (answer->outcome == OUTCOME_ALLOWED && decision->kind != ASK_CHECK)
        compare_draws(run, answer, decision);
    if (answer->outcome == OUTCOME_ALLOWED)
        EXPECT_EQ(run, deciding, ref_headline(&run->world, answer, decision), "headline");
    else if (answer->outcome != OUTCOME_FORBIDDEN && item_count == 1)
        EXPECT_EQ(run, deciding, answer->deciding, "deciding");
}

/* --- charging, on the model's record too --- */

/* Thresholds that the model has fire when so many are used. */
static unsigned ref_crossed(const RefWorld *world, int limit, Amount amount, int64_t used, unsigned fired)
{
    unsigned crossed = 0;
    for (int i = 0; i < world->limits[limit].warn_count && amount > 0; i++)
        if (!(fired & (1u << i)) && used * 100 >= amount * world->limits[limit].warn_at[i])
            crossed |= 1u << i;
    return crossed;
}

static unsigned bits_of(const Limit *limit, const int *pcts, int count)
{
    unsigned bits = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < limit->warn_count; j++)
            bits |= limit->warn_at[j] == pcts[i] ? 1u << j : 0;
    return bits;
}

static unsigned alerts_of(const Decision *decision, const Limit *limit)
{
    unsigned bits = 0;
    for (int i = 0; i < decision->alert_count; i++)
        if (decision->alerts[i].limit == limit)
            bits |= bits_of(limit, &decision->alerts[i].threshold_pct, 1);
    return bits;
}

static void record_charge(Run *run, const RefAnswer *answer, const Decision *decision, int subject)
{
    RefWorld *world = &run->world;
    bool hold = decision->kind == ASK_HOLD;
    for (int l = 0; l < world->plan.limit_count; l++) {
        if (!answer->involved[l])
            continue;
        int owner = ref_owner(world, l, subject);
        RefEvent event = {.kind = REF_CHANGE, .at = world->now, .charged_at = world->now};
        *(hold ? &event.held : &event.used) = answer->charged[l];
        if (!hold && answer->charged[l] > 0)
            event.fired = ref_crossed(world, l, answer->amount[l], answer->state[l].used + answer->charged[l],
                                      answer->state[l].fired);
        EXPECT_EQ(run, alerts_of(decision, &world->limits[l]), event.fired, "alerts");
        g_array_append_val(world->limit_history[l][owner], event);
    }
    for (int i = 0; i < answer->drawn_count; i++) {
        RefEvent event = {.kind = REF_CHANGE, .at = world->now, .charged_at = world->now};
        *(hold ? &event.held : &event.used) = 1;
        g_array_append_val(world->grant_history[answer->drawn[i]], event);
    }
}

static void operation_ask(Run *run, AskKind kind)
{
    RefWorld *world = &run->world;
    int subject = pick(run, 2), count = chance(run, 15) ? 2 + pick(run, 2) : 1;
    AskItem items[3];
    for (int i = 0; i < count; i++)
        items[i] = (AskItem){pick(run, REF_FEATURES), 1 + pick(run, chance(run, 10) ? 16 : 4)};
    Known known;
    run_know(run, subject, &known);
    RefAnswer answer = ref_decide(world, subject, items, count);
    Book book = {run_limit_counter, run_grant_counter, run};
    g_autoptr(Decision) decision = decide(&known.situation, kind, items, count, &book);
    compare(run, &answer, decision, count);
    decide_apply(decision);
    if (decision->outcome != OUTCOME_ALLOWED || kind == ASK_CHECK)
        return;
    record_charge(run, &answer, decision, subject);
    Record record = {.answer = answer, .kind = kind, .subject = subject, .item_count = count, .at = world->now};
    record.held = kind == ASK_HOLD;
    record.expires_at = world->now + (1 + pick(run, 120)) * MINUTE_US;
    record.total = decision->units;
    record.kept = record.held ? 0 : record.total;
    record.trace = g_array_new(FALSE, FALSE, sizeof(TraceLine));
    decision_trace(decision, record.trace);
    g_array_append_val(run->records, record);
}

/* --- giving back --- */

/* Units 1 to `units` of a record: how many of them a limit was charged with, and how many came from grants. */
static int64_t ref_kept_by_limit(const Record *record, int limit, int64_t units)
{
    int64_t kept = 0;
    for (int64_t unit = 1; unit <= units; unit++)
        kept += unit <= record->answer.charged[limit];
    return kept;
}

static int64_t ref_kept_by_grants(const Record *record, int64_t units)
{
    int64_t kept = 0;
    for (int64_t unit = 1; unit <= units; unit++) {
        bool granted = false;
        for (int l = 0; l < REF_LIMITS; l++)
            granted |= record->answer.involved[l] && unit > record->answer.charged[l];
        kept += granted;
    }
    return MIN(kept, record->answer.drawn_count);
}

static void settle_in_model(Run *run, const Record *record, int64_t units, unsigned *crossed)
{
    RefWorld *world = &run->world;
    int64_t draws_before = ref_kept_by_grants(record, record->kept), draws_after = ref_kept_by_grants(record, units);
    for (int l = 0; l < world->plan.limit_count; l++) {
        if (!record->answer.involved[l])
            continue;
        int owner = ref_owner(world, l, record->subject);
        RefEvent event = {.kind = REF_CHANGE, .at = world->now, .charged_at = record->at};
        event.used = ref_kept_by_limit(record, l, units) - ref_kept_by_limit(record, l, record->kept);
        event.held = record->held ? -record->answer.charged[l] : 0;
        bool same_window = ref_number(world, l, record->at) == ref_number(world, l, world->now);
        if (event.used > 0 && same_window && !ref_rolling(world, l)) {
            RefState state = ref_state(world, l, owner, 0);
            event.fired = ref_crossed(world, l, record->answer.amount[l], state.used + event.used, state.fired);
        }
        crossed[l] = event.fired;
        g_array_append_val(world->limit_history[l][owner], event);
    }
    for (int i = 0; i < record->answer.drawn_count; i++) {
        RefEvent event = {.kind = REF_CHANGE, .at = world->now, .charged_at = record->at};
        event.used = (i < draws_after) - (i < draws_before);
        event.held = record->held ? -1 : 0;
        g_array_append_val(world->grant_history[record->answer.drawn[i]], event);
    }
}

/* As the store does: share out, settle each counter, fire thresholds. */
static void settle(Run *run, Record *record, int64_t units)
{
    RefWorld *world = &run->world;
    unsigned wanted[REF_LIMITS] = {0};
    int64_t before[REF_LIMITS + REF_GRANTS] = {0}, after[REF_LIMITS + REF_GRANTS] = {0};
    const TraceLine *lines = (const TraceLine *)(void *)record->trace->data;
    int count = (int)record->trace->len;
    trace_share(lines, count, record->total, record->kept, before);
    trace_share(lines, count, record->total, units, after);
    settle_in_model(run, record, units, wanted);
    run->asking = record->subject;
    for (int i = 0; i < count; i++) {
        const TraceLine *line = &lines[i];
        int64_t held = record->held ? -line->held_delta : 0;
        if (line->flags & TRACE_IS_GRANT) {
            counter_settle(&run->grant_counters[-line->slot - 1], NULL, line->counted_at, after[i] - before[i], held);
            continue;
        }
        int l = (int)line->slot - 1, pcts[WARN_AT_MAX];
        Counter *counter = run_limit_counter(run, &world->limits[l]);
        counter_settle(counter, &world->limits[l], line->counted_at, after[i] - before[i], held);
        bool same_window = ref_number(world, l, record->at) == ref_number(world, l, world->now) && !ref_rolling(world, l);
        int crossed = 0;
        if (after[i] > before[i] && same_window)
            crossed = counter_thresholds_crossed(counter, &world->limits[l], NULL, line->amount, pcts);
        EXPECT_EQ(run, bits_of(&world->limits[l], pcts, crossed), wanted[l], "alerts of a commit");
    }
    record->kept = units;
    record->held = false;
}

static Record *pick_record(Run *run, bool held)
{
    for (int tries = 0; tries < 4 && run->records->len; tries++) {
        Record *record = &g_array_index(run->records, Record, pick(run, (int)run->records->len));
        if (record->held == held && (held || record->kept > 0))
            return record;
    }
    return NULL;
}

static void operation_end_hold(Run *run, bool commit)
{
    Record *record = pick_record(run, true);
    if (!record)
        return;
    bool part = commit && record->item_count == 1 && chance(run, 50);
    settle(run, record, !commit ? 0 : part ? pick(run, (int)record->total + 1) : record->total);
}

static void operation_refund(Run *run)
{
    Record *record = pick_record(run, false);
    if (record)
        settle(run, record, record->item_count == 1 ? pick(run, (int)record->kept) : 0);
}

/* --- what administrators and time do --- */

static void operation_reset(Run *run)
{
    RefWorld *world = &run->world;
    run->asking = pick(run, 2);
    for (int l = 0; l < world->plan.limit_count; l++) {
        if (world->limits[l].scope != SCOPE_SUBJECT)
            continue;
        Counter *counter = run_limit_counter(run, &world->limits[l]);
        counter->used = counter->fired = 0;
        if (counter->buckets)
            memset(counter->buckets, 0, ROLLING_BUCKETS * sizeof *counter->buckets);
        RefEvent event = {.kind = REF_RESET, .at = world->now, .charged_at = world->now};
        g_array_append_val(world->limit_history[l][run->asking], event);
    }
}

static void operation_override(Run *run)
{
    RefWorld *world = &run->world;
    if (world->override_count == REF_OVERRIDES || (world->override_count && chance(run, 40))) {
        int gone = pick(run, world->override_count), last = --world->override_count;
        for (int i = gone; i < last; i++) {
            world->overrides[i] = world->overrides[i + 1];
            world->override_owner[i] = world->override_owner[i + 1];
        }
        return;
    }
    static int64_t next_id = 1;
    int index = world->override_count++;
    world->override_owner[index] = pick(run, REF_OWNERS);
    world->overrides[index] = (Override){
        .id = next_id++,
        .of_organization = world->override_owner[index] == REF_SHARED,
        .feature = pick(run, REF_FEATURES),
        .limit = chance(run, 50) ? world->limits[pick(run, world->plan.limit_count)].key : NULL,
        .kind = (OverrideKind)pick(run, 3),
        .amount = pick(run, 20),
        .multiplier = 0.5 * pick(run, 5),
        .expires_at = chance(run, 50) ? INSTANT_MAX : world->now + (1 + pick(run, 600)) * MINUTE_US,
        .created_at = world->now,
    };
}

static void operation_grant(Run *run)
{
    static const struct {
        int hours;
        const char *every;
    } periods[] = {{1, "1 hour"}, {24, "1 day"}, {48, "2 day"}};
    RefWorld *world = &run->world;
    if (world->grant_count == REF_GRANTS)
        return;
    int index = world->grant_count++;
    Grant *grant = &world->grants[index];
    world->grant_owner[index] = pick(run, REF_OWNERS);
    *grant = (Grant){
        .slot = -index - 1,
        .of_organization = world->grant_owner[index] == REF_SHARED,
        .feature = pick(run, REF_FEATURES),
        .amount = 1 + pick(run, 8),
        .priority = pick(run, 3),
        .effective_at = world->now + (pick(run, 60) - 30) * MINUTE_US,
        .expires_at = chance(run, 50) ? INSTANT_MAX : world->now + (1 + pick(run, 600)) * MINUTE_US,
        .created_at = world->now - pick(run, 3) * HOUR_US,
    };
    if (chance(run, 40)) {
        int which = pick(run, G_N_ELEMENTS(periods));
        grant_every(grant, periods[which].every);
        world->grant_period_us[index] = periods[which].hours * HOUR_US;
    }
}

/* A moment, a while, or to the very edge of a window. */
static void operation_time(Run *run)
{
    RefWorld *world = &run->world;
    int kind = pick(run, 100);
    Instant edge = ref_window_end(world, 0, world->now);
    if (kind < 50)
        world->now += pick(run, 3 * 60) * US_PER_S;
    else if (kind < 75)
        world->now += pick(run, 3 * 60) * MINUTE_US;
    else if (kind < 85)
        world->now += pick(run, 4 * 24) * HOUR_US;
    else if (edge != INSTANT_MAX)
        world->now = edge - (kind < 92);
}

static void expire_holds(Run *run)
{
    for (guint i = 0; i < run->records->len; i++) {
        Record *record = &g_array_index(run->records, Record, i);
        if (record->held && record->expires_at <= run->world.now)
            settle(run, record, 0);
    }
}

/* At the end, everybody's report against the model. */
static void compare_reports(Run *run)
{
    RefWorld *world = &run->world;
    Book book = {run_limit_counter, run_grant_counter, run};
    for (int subject = 0; subject < 2; subject++) {
        Known known;
        run_know(run, subject, &known);
        g_autoptr(UsageReport) report = usage_report(&known.situation, &book, -1, false);
        for (int i = 0; i < report->line_count; i++) {
            const UsageLine *line = &report->lines[i];
            int l = line->limit->slot - 1, owner = ref_owner(world, l, subject);
            Amount amount = ref_amount(world, l, subject);
            RefState state = ref_state(world, l, owner, amount);
            EXPECT_EQ(run, line->used, state.used, "reported used");
            EXPECT_EQ(run, line->held, state.held, "reported held");
            EXPECT_EQ(run, line->amount, amount == AMOUNT_UNLIMITED ? amount : amount + state.carried, "reported amount");
            RefEvent look = {.kind = REF_LOOK, .at = world->now, .charged_at = world->now, .amount = amount};
            g_array_append_val(world->limit_history[l][owner], look);
        }
    }
}

static void operation(Run *run)
{
    int kind = pick(run, 100);
    run->operations++;
    expire_holds(run);
    if (kind < 38)
        operation_ask(run, ASK_CONSUME);
    else if (kind < 52)
        operation_ask(run, ASK_HOLD);
    else if (kind < 57)
        operation_ask(run, ASK_CHECK);
    else if (kind < 65)
        operation_end_hold(run, true);
    else if (kind < 70)
        operation_end_hold(run, false);
    else if (kind < 76)
        operation_refund(run);
    else if (kind < 78)
        operation_reset(run);
    else if (kind < 82)
        operation_override(run);
    else if (kind < 85)
        operation_grant(run);
    else
        operation_time(run);
}

static int64_t from_environment(const char *name, int64_t otherwise)
{
    const char *text = g_getenv(name);
    return text ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}

START_TEST(random_histories)
{
    Run run = {.seed = (unsigned)from_environment("WEBQUOTA_SEED", 1)};
    int64_t operations = from_environment("WEBQUOTA_OPERATIONS", OPERATIONS);
    printf("WEBQUOTA_SEED=%u, %" PRId64 " operations\n", run.seed, operations);
    run.random = g_rand_new_with_seed(run.seed);
    for (; run.operations < operations; run.scenario++) {
        run_begin(&run);
        for (int i = 0; i < OPERATIONS_A_SCENARIO; i++)
            operation(&run);
        compare_reports(&run);
        run_end(&run);
    }
    g_rand_free(run.random);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {random_histories};
    return run_tests("prop_decide", tests, G_N_ELEMENTS(tests), 600);
}
