/* Decisions on one limit: what fits, who may ask, holding, checking, windows, alerts. */
#include "fixtures.h"

/* --- one limit --- */

START_TEST(two_of_two_then_denied)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 2, "day");
    for (int left = 1; left >= 0; left--) {
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
        ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
        ck_assert_int_eq(decision->reason, REASON_NONE);
        ck_assert_int_eq(remaining_first(decision), left);
    }
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(denied->reason, REASON_LIMIT);
    ck_assert_int_eq(remaining_first(denied), 0);
    ck_assert_int_eq(denied->looks[0].frees_at, instant("2026-01-16T00:00:00Z"));
    ck_assert_int_eq(world_used(world, limit), 2);
    world->now = instant("2026-01-16T00:00:00Z");
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_used(world, limit), 1);
}
END_TEST

START_TEST(two_thousand_in_portions)
{
    static const struct {
        int64_t units;
        Outcome outcome;
        int64_t remaining;
    } steps[] = {
        {1000, OUTCOME_ALLOWED, 1000}, {1500, OUTCOME_DENIED, 1000}, {500, OUTCOME_ALLOWED, 500},
        {400, OUTCOME_ALLOWED, 100},   {100, OUTCOME_ALLOWED, 0},    {1, OUTCOME_DENIED, 0},
    };
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "monthly", 2000, "month");
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, steps[i].units);
        ck_assert_int_eq(decision->outcome, steps[i].outcome);
        ck_assert_int_eq(remaining_first(decision), steps[i].remaining);
    }
}
END_TEST

START_TEST(a_thousand_and_one)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 1000, "day");
    int allowed = 0;
    for (int i = 0; i < 1001; i++)
        allowed += world_consume(world, upload, 1) == OUTCOME_ALLOWED;
    ck_assert_int_eq(allowed, 1000);
}
END_TEST

START_TEST(amount_zero_is_not_included)
{
    for (Scope scope = SCOPE_SUBJECT; scope <= SCOPE_SITE; scope++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        world_limit(world, upload, "daily", 5, "day");
        Limit *none = world_limit(world, upload, "none", 0, "month");
        none->scope = scope;
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
        ck_assert_int_eq(decision->outcome, OUTCOME_FORBIDDEN);
        ck_assert_int_eq(decision->reason, REASON_NOT_INCLUDED);
        ck_assert_str_eq(deciding_key(decision), "none");
        ck_assert_int_eq(world->limit_counters[1].used, 0);

        none->mode = MODE_SHADOW;
        ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
        none->mode = MODE_OFF;
        ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    }
}
END_TEST

START_TEST(not_included_comes_before_full)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "lifetime", 1, "lifetime");
    Limit *none = world_limit(world, upload, "none", 3, "month");
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    none->plan_amount = 0;
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(decision->outcome, OUTCOME_FORBIDDEN);
    ck_assert_str_eq(deciding_key(decision), "none");
}
END_TEST

START_TEST(amount_lowered_and_raised)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "monthly", 100, "month");
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    limit->plan_amount = 10;
    g_autoptr(Decision) lowered = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(remaining_first(lowered), 7);
    limit->plan_amount = 200;
    g_autoptr(Decision) raised = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(remaining_first(raised), 196);
    limit->plan_amount = 3;
    g_autoptr(Decision) below = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(below->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(remaining_first(below), 0);
    ck_assert_int_eq(world_used(world, limit), 4);
}
END_TEST

START_TEST(more_than_the_whole_never_fits)
{
    for (OnExceed on_exceed = EXCEED_BLOCK; on_exceed <= EXCEED_QUEUE; on_exceed++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        world_limit(world, upload, "daily", 10, "day")->on_exceed = on_exceed;
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 11);
        ck_assert_int_eq(decision->outcome, OUTCOME_DENIED);
        ck_assert_int_eq(decision->reason, REASON_NEVER_FITS);
        ck_assert_int_eq(decision->looks[0].frees_at, INSTANT_MAX);
        ck_assert_int_eq(world_consume(world, upload, 10), OUTCOME_ALLOWED);
        g_autoptr(Decision) full = world_ask(world, ASK_CONSUME, upload, 10);
        ck_assert_int_eq(full->reason, REASON_LIMIT);
        ck_assert_int_eq(full->outcome, on_exceed == EXCEED_QUEUE ? OUTCOME_QUEUED : OUTCOME_DENIED);
    }
}
END_TEST

START_TEST(unlimited_counts)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", AMOUNT_UNLIMITED, "day");
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, UNITS_MAX);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(decision->deciding, -1);
    ck_assert_int_eq(remaining_first(decision), UNITS_MAX);
    ck_assert_int_eq(world_used(world, limit), UNITS_MAX);
}
END_TEST

START_TEST(a_feature_without_limits_is_allowed)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(decision->look_count, 0);
    ck_assert_int_eq(decision->deciding, -1);
}
END_TEST

START_TEST(largest_numbers)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "lifetime", UNITS_MAX, "lifetime");
    Limit *overage = world_limit(world, upload, "overage", 1, "lifetime");
    overage->on_exceed = EXCEED_ALLOW;
    overage->warn_at[0] = 100;
    overage->warn_count = 1;
    world_grant(world, upload, UNITS_MAX);
    world_grant(world, upload, UNITS_MAX);
    ck_assert_int_eq(world_consume(world, upload, UNITS_MAX - 1), OUTCOME_ALLOWED);
    g_autoptr(Decision) second = world_ask(world, ASK_CONSUME, upload, UNITS_MAX);
    ck_assert_int_eq(second->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(second->looks[0].charged, 1);
    ck_assert_int_eq(second->looks[0].bonus, UNITS_MAX);
    ck_assert_int_eq(second->draws[0].units, UNITS_MAX - 1);
    ck_assert_int_eq(world_used(world, limit), UNITS_MAX);
    ck_assert_int_eq(world_used(world, overage), 2 * UNITS_MAX - 1);
    limit->plan_amount = AMOUNT_UNLIMITED;
    for (int i = 0; i < 1100; i++)
        ck_assert_int_eq(world_consume(world, upload, UNITS_MAX), OUTCOME_ALLOWED);
    ck_assert_int_gt(world_used(world, limit), UNITS_MAX);
}
END_TEST

/* --- who asks, and for what --- */

START_TEST(suspended_and_not_listed)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    int review = world_feature(world, "review", -1);
    world_limit(world, upload, "daily", 2, "day");
    world->lists[review] = false;
    g_autoptr(Decision) unlisted = world_ask(world, ASK_CONSUME, review, 1);
    ck_assert_int_eq(unlisted->outcome, OUTCOME_FORBIDDEN);
    ck_assert_int_eq(unlisted->reason, REASON_NOT_LISTED);
    ck_assert_int_eq(unlisted->look_count, 0);
    ck_assert_int_eq(unlisted->deciding, -1);

    AskItem both[] = {{upload, 1}, {review, 1}};
    g_autoptr(Decision) mixed = world_ask_items(world, ASK_CONSUME, both, 2);
    ck_assert_int_eq(mixed->reason, REASON_NOT_LISTED);
    ck_assert_int_eq(world->limit_counters[1].used, 0);

    world->subject.suspended = true;
    g_autoptr(Decision) suspended = world_ask(world, ASK_CONSUME, review, 1);
    ck_assert_int_eq(suspended->outcome, OUTCOME_FORBIDDEN);
    ck_assert_int_eq(suspended->reason, REASON_SUSPENDED);
}
END_TEST

START_TEST(those_on_their_own_have_no_organization)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "pool", 1, "day")->scope = SCOPE_ORGANIZATION;
    world_limit(world, upload, "plan", 3, "day")->scope = SCOPE_PLAN;
    world->subject.organization = NULL;
    g_autoptr(Decision) alone = world_ask(world, ASK_CONSUME, upload, 2);
    ck_assert_int_eq(alone->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(alone->look_count, 1);
    ck_assert_str_eq(deciding_key(alone), "plan");
    ck_assert_int_eq(world->limit_counters[1].used, 0);
    world->subject.organization = "acme";
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    ck_assert_int_eq(world->limit_counters[1].used, 1);
}
END_TEST

START_TEST(a_child_counts_for_its_ancestors)
{
    g_autoptr(World) world = world_new();
    int message = world_feature(world, "message", -1);
    int premium = world_feature(world, "premium", message);
    int deep = world_feature(world, "deep", premium);
    Limit *all = world_limit(world, message, "monthly", 10, "month");
    Limit *some = world_limit(world, premium, "monthly_premium", 3, "month");
    ck_assert_int_eq(world_consume(world, deep, 2), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_consume(world, message, 5), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_used(world, all), 7);
    ck_assert_int_eq(world_used(world, some), 2);
    g_autoptr(Decision) child_full = world_ask(world, ASK_CONSUME, premium, 2);
    ck_assert_str_eq(deciding_key(child_full), "monthly_premium");
    ck_assert_int_eq(world_used(world, all), 7);
    ck_assert_int_eq(world_consume(world, message, 3), OUTCOME_ALLOWED);
    g_autoptr(Decision) parent_full = world_ask(world, ASK_CONSUME, premium, 1);
    ck_assert_str_eq(deciding_key(parent_full), "monthly");
    ck_assert_int_eq(world_used(world, some), 2);
}
END_TEST

START_TEST(zone_of_the_limit_then_the_subject_then_the_policy)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 1, "day");
    world->policy.zone = (char *)"America/New_York";
    g_autoptr(Decision) policy = world_ask(world, ASK_CHECK, upload, 1);
    ck_assert_str_eq(policy->looks[0].zone, "America/New_York");
    ck_assert_int_eq(policy->looks[0].window.start, instant("2026-01-15T05:00:00Z"));
    world->subject.zone = "Europe/Budapest";
    const char *name = NULL;
    ck_assert_ptr_nonnull(decide_zone(&world->policy, &world->subject, limit, &name));
    ck_assert_str_eq(name, "Europe/Budapest");
    limit->zone = (char *)"Asia/Tokyo";
    decide_zone(&world->policy, &world->subject, limit, &name);
    ck_assert_str_eq(name, "Asia/Tokyo");
    limit->zone = NULL;
    world->subject.zone = "Nowhere/Lost";
    decide_zone(&world->policy, &world->subject, limit, &name);
    ck_assert_str_eq(name, "America/New_York");
}
END_TEST

/* --- holding and checking --- */

START_TEST(held_units_count)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 15, "day");
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 8);
    ck_assert_int_eq(hold->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(remaining_first(hold), 7);
    ck_assert_int_eq(world_held(world, limit), 8);
    ck_assert_int_eq(world_used(world, limit), 0);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 8);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(denied->looks[0].frees_at, instant("2026-01-16T00:00:00Z"));
    ck_assert_int_eq(denied->looks[0].held, 8);
    g_autoptr(Decision) rest = world_ask(world, ASK_CONSUME, upload, 7);
    ck_assert_int_eq(remaining_first(rest), 0);
}
END_TEST

START_TEST(a_check_charges_nothing)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 2, "day");
    limit->warn_at[0] = 50;
    limit->warn_count = 1;
    world_grant(world, upload, 1);
    g_autoptr(Decision) allowed = world_ask(world, ASK_CHECK, upload, 3);
    ck_assert_int_eq(allowed->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(remaining_first(allowed), 3);
    ck_assert_int_eq(allowed->looks[0].charged, 0);
    ck_assert_int_eq(allowed->draw_count, 0);
    ck_assert_int_eq(allowed->alert_count, 0);
    ck_assert_int_eq(world_used(world, limit), 0);
    ck_assert_int_eq(world->grant_counters[1].used, 0);
    g_autoptr(Decision) denied = world_ask(world, ASK_CHECK, upload, 4);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(denied->reason, REASON_NEVER_FITS);
}
END_TEST

/* --- windows --- */

START_TEST(rolling_frees_bucket_by_bucket)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "hourly", 5, "hour");
    limit->window.align = ALIGN_ROLLING;
    Instant begin = world->now;
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    world->now += 20 * MINUTE_US;
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    g_autoptr(Decision) few = world_ask(world, ASK_CONSUME, upload, 3);
    ck_assert_int_eq(few->outcome, OUTCOME_DENIED);
    Instant frees = few->looks[0].frees_at;
    ck_assert_int_ge(frees, begin + HOUR_US);
    ck_assert_int_le(frees, begin + HOUR_US + 2 * MINUTE_US);
    g_autoptr(Decision) many = world_ask(world, ASK_CONSUME, upload, 4);
    ck_assert_int_ge(many->looks[0].frees_at, begin + 80 * MINUTE_US);
    world->now = frees - 1;
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_DENIED);
    world->now = frees;
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
}
END_TEST

START_TEST(rolled_over_units_widen_the_next_window)
{
    static const struct {
        Amount amount;
        int64_t used, rollover;
        int windows;
        Amount next;
    } rows[] = {{100, 10, 50, 1, 150}, {400, 250, 500, 1, 550}, {100, 0, 50, 3, 150}, {100, 100, 50, 1, 100}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        Limit *limit = world_limit(world, upload, "daily", rows[i].amount, "day");
        limit->rollover = rows[i].rollover;
        g_autoptr(Decision) first = world_ask(world, ASK_CHECK, upload, 1);
        ck_assert_int_eq(first->looks[0].amount, rows[i].amount);
        if (rows[i].used)
            ck_assert_int_eq(world_consume(world, upload, rows[i].used), OUTCOME_ALLOWED);
        world->now += rows[i].windows * DAY_US;
        g_autoptr(Decision) next = world_ask(world, ASK_CHECK, upload, 1);
        ck_assert_int_eq(next->looks[0].amount, rows[i].next);
        ck_assert_int_eq(next->looks[0].carried, rows[i].next - rows[i].amount);
        ck_assert_int_eq(!!(next->looks[0].source & SOURCE_ROLLOVER), rows[i].next > rows[i].amount);
        ck_assert_int_eq(world_consume(world, upload, rows[i].next), OUTCOME_ALLOWED);
        ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
    }
}
END_TEST

/* --- alerts --- */

static void warn_at(Limit *limit, int first, int second, int third)
{
    limit->warn_at[0] = first;
    limit->warn_at[1] = second;
    limit->warn_at[2] = third;
    limit->warn_count = third ? 3 : second ? 2 : 1;
}

START_TEST(a_threshold_fires_when_reached)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 1000, "day");
    warn_at(limit, 50, 0, 0);
    g_autoptr(Decision) below = world_ask(world, ASK_CONSUME, upload, 499);
    ck_assert_int_eq(below->alert_count, 0);
    g_autoptr(Decision) reached = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(reached->alert_count, 1);
    ck_assert_ptr_eq(reached->alerts[0].limit, limit);
    ck_assert_int_eq(reached->alerts[0].threshold_pct, 50);
    ck_assert_int_eq(reached->alerts[0].used, 500);
    ck_assert_int_eq(reached->alerts[0].amount, 1000);
    ck_assert_int_eq(reached->alerts[0].window_start, instant("2026-01-15T00:00:00Z"));
    g_autoptr(Decision) more = world_ask(world, ASK_CONSUME, upload, 100);
    ck_assert_int_eq(more->alert_count, 0);
    world->now += DAY_US;
    g_autoptr(Decision) next = world_ask(world, ASK_CONSUME, upload, 700);
    ck_assert_int_eq(next->alert_count, 1);
}
END_TEST

START_TEST(several_thresholds_in_one_call)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    warn_at(world_limit(world, upload, "daily", 100, "day"), 15, 30, 50);
    g_autoptr(Decision) ten = world_ask(world, ASK_CONSUME, upload, 10);
    ck_assert_int_eq(ten->alert_count, 0);
    g_autoptr(Decision) thirty = world_ask(world, ASK_CONSUME, upload, 20);
    ck_assert_int_eq(thirty->alert_count, 2);
    ck_assert_int_eq(thirty->alerts[0].threshold_pct, 15);
    ck_assert_int_eq(thirty->alerts[1].threshold_pct, 30);
    g_autoptr(Decision) fifty = world_ask(world, ASK_CONSUME, upload, 20);
    ck_assert_int_eq(fifty->alert_count, 1);
    ck_assert_int_eq(fifty->alerts[0].threshold_pct, 50);
}
END_TEST

START_TEST(what_fires_no_alert)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 3, "day");
    warn_at(limit, 50, 100, 0);
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 3);
    ck_assert_int_eq(hold->alert_count, 0);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(denied->alert_count, 0);

    int pcts[WARN_AT_MAX];
    Counter counter = {.used = 1};
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, 3, pcts), 0);
    counter.used = 2;
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, 0, pcts), 0);
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, AMOUNT_UNLIMITED, pcts), 0);
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, 3, pcts), 1);
    ck_assert_int_eq(pcts[0], 50);
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, 3, pcts), 0);
    counter = (Counter){.used = UNITS_MAX};
    ck_assert_int_eq(counter_thresholds_crossed(&counter, limit, NULL, UNITS_MAX, pcts), 2);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        two_of_two_then_denied, two_thousand_in_portions, a_thousand_and_one, amount_zero_is_not_included,
        not_included_comes_before_full, amount_lowered_and_raised, more_than_the_whole_never_fits, unlimited_counts,
        a_feature_without_limits_is_allowed, largest_numbers, suspended_and_not_listed,
        those_on_their_own_have_no_organization, a_child_counts_for_its_ancestors,
        zone_of_the_limit_then_the_subject_then_the_policy, held_units_count, a_check_charges_nothing,
        rolling_frees_bucket_by_bucket, rolled_over_units_widen_the_next_window, a_threshold_fires_when_reached,
        several_thresholds_in_one_call, what_fires_no_alert,
    };
    return run_tests("decide", tests, G_N_ELEMENTS(tests), 10);
}
