/* Traces: what a decision charged as it is recorded, and what is given back of it. */
#include "fixtures.h"

static GArray *trace_of(const Decision *decision)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(TraceLine));
    decision_trace(decision, lines);
    return lines;
}

#define LINE(lines, i) (&g_array_index(lines, TraceLine, i))

/* What the store does with a recorded trace: keep `units` of the total, where `kept` were kept before. */
static void world_settle(World *world, const Limit *limits, GArray *lines, int64_t total, int64_t kept, int64_t units,
                         bool end_hold)
{
    int64_t before[2 * WORLD_MAX] = {0}, after[2 * WORLD_MAX];
    const TraceLine *first = LINE(lines, 0);
    if (kept)
        trace_share(first, (int)lines->len, total, kept, before);
    trace_share(first, (int)lines->len, total, units, after);
    for (guint i = 0; i < lines->len; i++) {
        const TraceLine *line = LINE(lines, i);
        bool is_grant = line->flags & TRACE_IS_GRANT;
        Counter *counter = is_grant ? &world->grant_counters[ABS(line->slot)] : &world->limit_counters[line->slot];
        counter_settle(counter, is_grant ? NULL : &limits[line->slot - 1], line->counted_at, after[i] - before[i],
                       end_hold ? -line->held_delta : 0);
    }
}

/* --- the record --- */

START_TEST(a_line_for_each_look_and_each_draw)
{
    ck_assert_uint_eq(sizeof(TraceLine), TRACE_STRIDE * sizeof(int64_t));
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 3, "day");
    world_limit(world, upload, "pool", 50, "lifetime")->scope = SCOPE_ORGANIZATION;
    world_limit(world, upload, "shadow", 1, "day")->mode = MODE_SHADOW;
    Grant *grant = world_grant(world, upload, 4);
    grant->of_organization = true;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 5);
    g_autoptr(GArray) lines = trace_of(decision);
    ck_assert_uint_eq(lines->len, 4);
    const TraceLine *daily = LINE(lines, 0), *pool = LINE(lines, 1), *shadow = LINE(lines, 2), *draw = LINE(lines, 3);
    ck_assert_int_eq(daily->slot, 1);
    ck_assert_int_eq(daily->counted_at, instant("2026-01-15T00:00:00Z"));
    ck_assert_int_eq(daily->window_start, daily->counted_at);
    ck_assert_int_eq(daily->window_end, instant("2026-01-16T00:00:00Z"));
    ck_assert_int_eq(daily->amount, 3);
    ck_assert_int_eq(daily->used, 1);
    ck_assert_int_eq(daily->used_delta, 2);
    ck_assert_int_eq(daily->held_delta, 0);
    ck_assert_int_eq(daily->bonus, 4);
    ck_assert_int_eq(daily->flags, SOURCE_PLAN | SOURCE_GRANT | TRACE_DECIDED);
    ck_assert_int_eq(pool->counted_at, INSTANT_MIN);
    ck_assert_int_eq(pool->window_end, INSTANT_MAX);
    ck_assert_int_eq(pool->used_delta, 5);
    ck_assert_int_eq(pool->flags, SOURCE_PLAN | TRACE_ORGANIZATION);
    ck_assert_int_eq(shadow->used_delta, 5);
    ck_assert_int_eq(shadow->flags, SOURCE_PLAN | TRACE_SHADOW);
    ck_assert_int_eq(draw->slot, -1);
    ck_assert_int_eq(draw->amount, 4);
    ck_assert_int_eq(draw->used, 0);
    ck_assert_int_eq(draw->used_delta, 3);
    ck_assert_int_eq(draw->flags, SOURCE_GRANT | TRACE_IS_GRANT | TRACE_ORGANIZATION);
}
END_TEST

START_TEST(a_refusal_records_no_charge)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 3, "day")->rollover = 1;
    world_limit(world, upload, "plan", 30, "day")->scope = SCOPE_PLAN;
    world_limit(world, upload, "site", 30, "day")->scope = SCOPE_SITE;
    world_grant(world, upload, 4);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    world->now += DAY_US;
    g_autoptr(Decision) decision = world_ask(world, ASK_HOLD, upload, 9);
    g_autoptr(GArray) lines = trace_of(decision);
    ck_assert_uint_eq(lines->len, 3);
    for (guint i = 0; i < lines->len; i++) {
        ck_assert_int_eq(LINE(lines, i)->used_delta, 0);
        ck_assert_int_eq(LINE(lines, i)->held_delta, 0);
    }
    ck_assert_int_eq(LINE(lines, 0)->amount, 4);
    ck_assert_int_eq(LINE(lines, 0)->carried, 1);
    ck_assert_int_eq(LINE(lines, 0)->flags,
                     SOURCE_PLAN | SOURCE_ROLLOVER | SOURCE_GRANT | TRACE_REFUSED | TRACE_DECIDED);
    ck_assert_int_eq(LINE(lines, 1)->flags, SOURCE_PLAN | TRACE_PLAN);
    ck_assert_int_eq(LINE(lines, 2)->flags, SOURCE_PLAN | TRACE_SITE);
}
END_TEST

/* --- shares --- */

START_TEST(grants_get_theirs_back_first)
{
    /* 10 asked: one limit had 4 left, the other 7; the grants gave 5 and 1. */
    TraceLine lines[] = {
        {.slot = 1, .used_delta = 4}, {.slot = 2, .used_delta = 7},  {.slot = 3, .used_delta = 10},
        {.slot = -1, .used_delta = 5, .flags = TRACE_IS_GRANT},      {.slot = -2, .used_delta = 1, .flags = TRACE_IS_GRANT},
    };
    static const int64_t rows[][6] = {
        {10, 4, 7, 10, 5, 1}, {9, 4, 7, 9, 5, 0}, {8, 4, 7, 8, 4, 0}, {6, 4, 6, 6, 2, 0},
        {4, 4, 4, 4, 0, 0},   {1, 1, 1, 1, 0, 0}, {0, 0, 0, 0, 0, 0}, {99, 4, 7, 10, 5, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t out[5];
        trace_share(lines, 5, 10, rows[i][0], out);
        for (int j = 0; j < 5; j++)
            ck_assert_int_eq(out[j], rows[i][j + 1]);
    }
    for (int i = 0; i < 5; i++) {
        lines[i].held_delta = lines[i].used_delta;
        lines[i].used_delta = 0;
    }
    int64_t held[5];
    trace_share(lines, 5, 10, 8, held);
    ck_assert_int_eq(held[3], 4);
}
END_TEST

START_TEST(a_limit_that_had_nothing_keeps_nothing)
{
    TraceLine lines[] = {{.slot = 1}, {.slot = -1, .used_delta = 3, .flags = TRACE_IS_GRANT}};
    int64_t out[2];
    trace_share(lines, 2, 3, 2, out);
    ck_assert_int_eq(out[0], 0);
    ck_assert_int_eq(out[1], 2);
}
END_TEST

START_TEST(several_items_whole_or_not_at_all)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1), review = world_feature(world, "review", -1);
    world_limit(world, upload, "uploads", 3, "day");
    world_limit(world, review, "reviews", 3, "day");
    world_grant(world, upload, 5);
    AskItem items[] = {{upload, 5}, {review, 2}};
    g_autoptr(Decision) decision = world_ask_items(world, ASK_CONSUME, items, 2);
    g_autoptr(GArray) lines = trace_of(decision);
    int64_t out[3];
    trace_share(LINE(lines, 0), 3, 7, 7, out);
    ck_assert_int_eq(out[0], 3);
    ck_assert_int_eq(out[1], 2);
    ck_assert_int_eq(out[2], 2);
    trace_share(LINE(lines, 0), 3, 7, 0, out);
    ck_assert_int_eq(out[0] + out[1] + out[2], 0);
}
END_TEST

/* --- reservations and refunds --- */

START_TEST(hold_eight_commit_five)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 15, "day");
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 8);
    g_autoptr(GArray) lines = trace_of(hold);
    ck_assert_int_eq(LINE(lines, 0)->held_delta, 8);
    world_settle(world, world->limits, lines, 8, 0, 5, true);
    ck_assert_int_eq(world_used(world, limit), 5);
    ck_assert_int_eq(world_held(world, limit), 0);
    g_autoptr(Decision) check = world_ask(world, ASK_CHECK, upload, 1);
    ck_assert_int_eq(remaining_first(check), 10);
}
END_TEST

START_TEST(hold_eight_release_all)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 5, "day");
    world_grant(world, upload, 10);
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 8);
    ck_assert_int_eq(world->grant_counters[1].held, 3);
    g_autoptr(GArray) lines = trace_of(hold);
    world_settle(world, world->limits, lines, 8, 0, 0, true);
    ck_assert_int_eq(world->grant_counters[1].held, 0);
    ck_assert_int_eq(world->grant_counters[1].used, 0);
    g_autoptr(Decision) check = world_ask(world, ASK_CHECK, upload, 1);
    ck_assert_int_eq(remaining_first(check), 15);
}
END_TEST

START_TEST(refunds_in_two_steps)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 5, "day");
    world_grant(world, upload, 10);
    g_autoptr(Decision) consume = world_ask(world, ASK_CONSUME, upload, 8);
    g_autoptr(GArray) lines = trace_of(consume);
    world_settle(world, world->limits, lines, 8, 8, 6, false);
    ck_assert_int_eq(world->grant_counters[1].used, 1);
    ck_assert_int_eq(world_used(world, limit), 5);
    world_settle(world, world->limits, lines, 8, 6, 3, false);
    ck_assert_int_eq(world->grant_counters[1].used, 0);
    ck_assert_int_eq(world_used(world, limit), 3);
}
END_TEST

START_TEST(only_the_window_that_was_charged)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *daily = world_limit(world, upload, "daily", 5, "day");
    Limit *monthly = world_limit(world, upload, "monthly", 50, "month");
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 4);
    g_autoptr(GArray) lines = trace_of(hold);
    world->now += DAY_US;
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    world_settle(world, world->limits, lines, 4, 0, 3, true);
    ck_assert_int_eq(world_used(world, daily), 2);
    ck_assert_int_eq(world_held(world, daily), 0);
    ck_assert_int_eq(world_used(world, monthly), 5);
    ck_assert_int_eq(world_held(world, monthly), 0);
}
END_TEST

START_TEST(settling_a_counter)
{
    Counter counter = {.slot = 1, .window_start = 70, .used = 5, .held = 4};
    ck_assert(!counter_settle(&counter, NULL, 69, -1, -1));
    ck_assert(!counter_settle(&counter, NULL, 70, 0, 0));
    ck_assert(counter_settle(&counter, NULL, 70, 2, -4));
    ck_assert_int_eq(counter.used, 7);
    ck_assert_int_eq(counter.held, 0);
    ck_assert(counter_settle(&counter, NULL, 70, -8, -1));
    ck_assert_int_eq(counter.used, 0);
    ck_assert_int_eq(counter.held, 0);
    ck_assert(!counter_settle(&counter, NULL, 70, -1, -1));
    counter.used = INT64_MAX - 1;
    ck_assert(counter_settle(&counter, NULL, 70, UNITS_MAX, 1));
    ck_assert_int_eq(counter.used, INT64_MAX);
}
END_TEST

/* The policy that had the limit is gone when the hold ends, and perhaps comes back. */
START_TEST(a_rolling_hold_outlives_its_limit)
{
    int64_t buckets[ROLLING_BUCKETS] = {2, 1};
    Counter counter = {.slot = 1, .window_start = 70, .used = 3, .held = 4, .buckets = buckets};
    ck_assert(counter_settle(&counter, NULL, 10, 4, -4));
    ck_assert_int_eq(counter.held, 0);
    ck_assert_int_eq(counter.used, 3);
    ck_assert_int_eq(buckets[0], 2);
}
END_TEST

START_TEST(a_rolling_hold_outlives_its_bucket)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "hourly", 5, "hour");
    limit->window.align = ALIGN_ROLLING;
    g_autoptr(Decision) early = world_ask(world, ASK_HOLD, upload, 2);
    g_autoptr(GArray) early_lines = trace_of(early);
    g_autoptr(Decision) late = world_ask(world, ASK_HOLD, upload, 2);
    g_autoptr(GArray) late_lines = trace_of(late);
    world->now += 30 * MINUTE_US;
    g_autoptr(Decision) half = world_ask(world, ASK_CHECK, upload, 1);
    ck_assert_int_eq(half->looks[0].held, 4);
    world_settle(world, world->limits, early_lines, 2, 0, 1, true);
    ck_assert_int_eq(world_used(world, limit), 1);
    ck_assert_int_eq(world_held(world, limit), 2);
    world->now += 10 * HOUR_US;
    g_autoptr(Decision) after = world_ask(world, ASK_CHECK, upload, 1);
    ck_assert_int_eq(after->looks[0].held, 2);
    world_settle(world, world->limits, late_lines, 2, 0, 2, true);
    ck_assert_int_eq(world_used(world, limit), 0);
    ck_assert_int_eq(world_held(world, limit), 0);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        a_line_for_each_look_and_each_draw, a_refusal_records_no_charge, grants_get_theirs_back_first,
        a_limit_that_had_nothing_keeps_nothing, several_items_whole_or_not_at_all, hold_eight_commit_five,
        hold_eight_release_all, refunds_in_two_steps, only_the_window_that_was_charged, settling_a_counter,
        a_rolling_hold_outlives_its_bucket,
        a_rolling_hold_outlives_its_limit,
    };
    return run_tests("trace", tests, G_N_ELEMENTS(tests), 10);
}
