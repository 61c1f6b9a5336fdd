/* Grants: when they live, in which order they are spent, which limits they help and which not. */
#include "fixtures.h"

static int64_t grant_used(World *world, const Grant *grant)
{
    return world->grant_counters[ABS(grant->slot)].used;
}

/* --- the order of spending --- */

/* A feature that has nothing but two grants of 100. */
typedef struct {
    World *world;
    int feature;
    Grant *first, *second;
} Pair;

static Pair pair_new(void)
{
    Pair pair = {.world = world_new()};
    pair.feature = world_feature(pair.world, "upload", -1);
    world_limit(pair.world, pair.feature, "none", 0, "day");
    pair.first = world_grant(pair.world, pair.feature, 100);
    pair.second = world_grant(pair.world, pair.feature, 100);
    return pair;
}

/* Uses 120 and sees that the second was emptied before the first was touched. */
static void pair_spends_second_first(Pair pair)
{
    g_autoptr(World) world = pair.world;
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, pair.feature, 120);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(decision->draw_count, 2);
    ck_assert_ptr_eq(decision->draws[0].grant, pair.second);
    ck_assert_int_eq(grant_used(world, pair.second), 100);
    ck_assert_int_eq(grant_used(world, pair.first), 20);
    ck_assert_int_eq(remaining_first(decision), 80);
    ck_assert_int_eq(decision->looks[0].charged, 0);
    ck_assert_int_eq(world->limit_counters[1].used, 0);
}

START_TEST(lower_priority_number_first)
{
    Pair pair = pair_new();
    pair.first->priority = 2;
    pair.second->priority = 1;
    pair.first->expires_at = pair.world->now + DAY_US;
    pair_spends_second_first(pair);
}
END_TEST

START_TEST(then_earlier_expiry)
{
    Pair pair = pair_new();
    pair.first->expires_at = pair.world->now + 2 * DAY_US;
    pair.second->expires_at = pair.world->now + DAY_US;
    pair.first->created_at -= DAY_US;
    pair_spends_second_first(pair);
}
END_TEST

START_TEST(then_the_end_of_a_period)
{
    Pair pair = pair_new();
    pair.first->expires_at = pair.world->now + 2 * DAY_US;
    grant_every(pair.second, "1 day");
    pair_spends_second_first(pair);
}
END_TEST

START_TEST(then_age)
{
    Pair pair = pair_new();
    pair.second->created_at -= 1;
    pair_spends_second_first(pair);
}
END_TEST

START_TEST(then_the_lower_number)
{
    Pair pair = pair_new();
    pair.first->slot = -7;
    pair.second->slot = -6;
    pair_spends_second_first(pair);
}
END_TEST

/* --- when they live --- */

START_TEST(live_from_effective_until_just_before_expiry)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "none", 0, "day");
    Grant *grant = world_grant(world, upload, 5);
    Instant from = world->now, until = from + HOUR_US;
    grant->effective_at = from;
    grant->expires_at = until;
    Counter counter = {0};
    ck_assert_int_eq(grant_left(grant, &counter, from - 1), 0);
    ck_assert_int_eq(grant_left(grant, &counter, from), 5);
    ck_assert_int_eq(grant_left(grant, &counter, until - 1), 5);
    ck_assert_int_eq(grant_left(grant, &counter, until), 0);

    world->now = from - 1;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_FORBIDDEN);
    world->now = from;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    world->now = until - 1;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    world->now = until;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_FORBIDDEN);
    ck_assert_int_eq(grant_used(world, grant), 2);
}
END_TEST

START_TEST(a_recurring_one_is_there_anew)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "weekly", 1, "week");
    Grant *grant = world_grant(world, upload, 2);
    grant_every(grant, "28 day");
    world->now = grant->effective_at;
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    /* The week is over on Monday the 5th, long before the 28 days. */
    ck_assert_int_eq(denied->looks[0].frees_at, instant("2026-01-05T00:00:00Z"));
    g_autoptr(Decision) three = world_ask(world, ASK_CONSUME, upload, 3);
    ck_assert_int_eq(three->reason, REASON_LIMIT);
    ck_assert_int_eq(three->looks[0].frees_at, grant->effective_at + 28 * DAY_US);

    Instant renewed = grant->effective_at + 28 * DAY_US;
    world->now = renewed - 1;
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_DENIED);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    world->now = renewed;
    g_autoptr(Decision) anew = world_ask(world, ASK_CONSUME, upload, 2);
    ck_assert_int_eq(anew->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(anew->draws[0].counted_at, renewed);
    ck_assert_int_eq(anew->draws[0].window.end, renewed + 28 * DAY_US);
    ck_assert_int_eq(grant_used(world, grant), 2);
}
END_TEST

START_TEST(a_period_that_ends_sooner_frees_sooner)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "monthly", 1, "month");
    grant_every(world_grant(world, upload, 1), "1 day");
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    g_autoptr(Decision) one = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(one->looks[0].frees_at, instant("2026-01-16T00:00:00Z"));
    g_autoptr(Decision) two = world_ask(world, ASK_CONSUME, upload, 2);
    ck_assert_int_eq(two->looks[0].frees_at, instant("2026-02-01T00:00:00Z"));
    g_autoptr(Decision) three = world_ask(world, ASK_CONSUME, upload, 3);
    ck_assert_int_eq(three->reason, REASON_NEVER_FITS);
}
END_TEST

START_TEST(one_that_ends_with_the_window_does_not_help_after_it)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 3, "day");
    Grant *grant = world_grant(world, upload, 2);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    g_autoptr(Decision) waits = world_ask(world, ASK_CONSUME, upload, 5);
    ck_assert_int_eq(waits->reason, REASON_LIMIT);
    ck_assert_int_eq(waits->looks[0].frees_at, instant("2026-01-16T00:00:00Z"));
    grant->expires_at = instant("2026-01-16T00:00:00Z");
    g_autoptr(Decision) too_late = world_ask(world, ASK_CONSUME, upload, 5);
    ck_assert_int_eq(too_late->looks[0].frees_at, INSTANT_MAX);
    grant->expires_at++;
    g_autoptr(Decision) in_time = world_ask(world, ASK_CONSUME, upload, 5);
    ck_assert_int_eq(in_time->looks[0].frees_at, instant("2026-01-16T00:00:00Z"));
}
END_TEST

START_TEST(an_empty_one_is_not_drawn_from)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "none", 0, "day");
    world_grant(world, upload, 2)->priority = 1;
    Grant *second = world_grant(world, upload, 2);
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(decision->draw_count, 1);
    ck_assert_ptr_eq(decision->draws[0].grant, second);
}
END_TEST

START_TEST(a_spent_one_does_not_count_as_included)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "none", 0, "month");
    Grant *once = world_grant(world, upload, 1);
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 1);
    ck_assert_int_eq(hold->outcome, OUTCOME_ALLOWED);
    /* Held units may come back; used ones never do. */
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
    world->grant_counters[1].held = 0;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_FORBIDDEN);

    world->grant_counters[1].used = 0;
    grant_every(once, "1 week");
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(denied->looks[0].frees_at, instant("2026-01-22T00:00:00Z"));
}
END_TEST

/* --- what they cover --- */

START_TEST(own_units_go_first)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 3, "day");
    Grant *grant = world_grant(world, upload, 4);
    g_autoptr(Decision) both = world_ask(world, ASK_CONSUME, upload, 5);
    ck_assert_int_eq(both->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(both->looks[0].charged, 3);
    ck_assert_int_eq(both->looks[0].bonus, 4);
    ck_assert_int_eq(both->looks[0].bonus_drawn, 2);
    ck_assert_uint_eq(both->looks[0].source, SOURCE_PLAN | SOURCE_GRANT);
    ck_assert_int_eq(both->draws[0].units, 2);
    ck_assert_int_eq(remaining_first(both), 2);
    ck_assert_int_eq(world_used(world, limit), 3);
    ck_assert_int_eq(grant_used(world, grant), 2);
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_DENIED);
    ck_assert_int_eq(grant_used(world, grant), 2);
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_used(world, limit), 3);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
}
END_TEST

START_TEST(the_largest_shortfall_once)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *daily = world_limit(world, upload, "daily", 3, "day");
    Limit *monthly = world_limit(world, upload, "monthly", 4, "month");
    Grant *grant = world_grant(world, upload, 10);
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 6);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(world_used(world, daily), 3);
    ck_assert_int_eq(world_used(world, monthly), 4);
    ck_assert_int_eq(grant_used(world, grant), 3);
}
END_TEST

START_TEST(shared_limits_are_never_widened)
{
    for (Scope scope = SCOPE_ORGANIZATION; scope <= SCOPE_SITE; scope++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        world_limit(world, upload, "own", 1, "day");
        Limit *shared = world_limit(world, upload, "shared", 3, "day");
        shared->scope = scope;
        Grant *grant = world_grant(world, upload, 10);
        grant->of_organization = scope == SCOPE_ORGANIZATION;
        g_autoptr(Decision) allowed = world_ask(world, ASK_CONSUME, upload, 3);
        ck_assert_int_eq(allowed->outcome, OUTCOME_ALLOWED);
        ck_assert_int_eq(allowed->looks[1].charged, 3);
        ck_assert_int_eq(allowed->looks[1].bonus, 0);
        ck_assert_int_eq(grant_used(world, grant), 2);
        g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
        ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
        ck_assert_str_eq(deciding_key(denied), "shared");
        ck_assert_int_eq(grant_used(world, grant), 2);
        shared->plan_amount = 0;
        ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_FORBIDDEN);
    }
}
END_TEST

START_TEST(a_grant_on_the_child_passes_the_parent_too)
{
    g_autoptr(World) world = world_new();
    int message = world_feature(world, "message", -1);
    int premium = world_feature(world, "premium", message);
    Limit *all = world_limit(world, message, "monthly", 10, "month");
    Limit *some = world_limit(world, premium, "monthly_premium", 2, "month");
    Grant *on_child = world_grant(world, premium, 3);
    ck_assert_int_eq(world_consume(world, message, 9), OUTCOME_ALLOWED);
    /* Short of 2 on the child and of 3 on the parent: three granted units pass both. */
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, premium, 4);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(world_used(world, all), 10);
    ck_assert_int_eq(world_used(world, some), 2);
    ck_assert_int_eq(grant_used(world, on_child), 3);
    /* A plain message cannot have them. */
    on_child->amount = 100;
    ck_assert_int_eq(world_consume(world, message, 1), OUTCOME_DENIED);
}
END_TEST

START_TEST(a_grant_on_the_parent_does_not_open_the_child)
{
    g_autoptr(World) world = world_new();
    int message = world_feature(world, "message", -1);
    int premium = world_feature(world, "premium", message);
    world_limit(world, message, "monthly", 1, "month");
    Limit *some = world_limit(world, premium, "monthly_premium", 2, "month");
    Grant *on_parent = world_grant(world, message, 100);
    ck_assert_int_eq(world_consume(world, premium, 2), OUTCOME_ALLOWED);
    ck_assert_int_eq(grant_used(world, on_parent), 1);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, premium, 1);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_str_eq(deciding_key(denied), "monthly_premium");
    some->plan_amount = 0;
    ck_assert_int_eq(world_consume(world, premium, 1), OUTCOME_FORBIDDEN);
    ck_assert_int_eq(world_consume(world, message, 5), OUTCOME_ALLOWED);
    ck_assert_int_eq(grant_used(world, on_parent), 6);
}
END_TEST

START_TEST(child_and_parent_each_draw_their_own)
{
    g_autoptr(World) world = world_new();
    int message = world_feature(world, "message", -1);
    int premium = world_feature(world, "premium", message);
    world_limit(world, message, "monthly", 1, "month");
    world_limit(world, premium, "monthly_premium", 3, "month");
    Grant *on_parent = world_grant(world, message, 10);
    on_parent->priority = 1;
    Grant *on_child = world_grant(world, premium, 10);
    /* 5 asked: the child is short of 2, the parent of 4, of which 2 are covered already. */
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, premium, 5);
    ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(grant_used(world, on_child), 2);
    ck_assert_int_eq(grant_used(world, on_parent), 2);
    ck_assert_int_eq(decision->looks[0].charged, 1);
    ck_assert_int_eq(decision->looks[1].charged, 3);
    ck_assert_int_eq(decision->looks[0].bonus_drawn, 4);
    ck_assert_int_eq(decision->looks[1].bonus_drawn, 2);
}
END_TEST

START_TEST(items_do_not_spend_the_same_unit_twice)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 3, "day");
    Grant *grant = world_grant(world, upload, 2);
    AskItem too_many[] = {{upload, 3}, {upload, 2}, {upload, 1}};
    g_autoptr(Decision) denied = world_ask_items(world, ASK_CONSUME, too_many, 3);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(denied->draw_count, 0);
    ck_assert_int_eq(grant_used(world, grant), 0);
    g_autoptr(Decision) allowed = world_ask_items(world, ASK_CONSUME, too_many, 2);
    ck_assert_int_eq(allowed->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(allowed->draw_count, 1);
    ck_assert_int_eq(allowed->draws[0].units, 2);
    ck_assert_int_eq(world_used(world, limit), 3);
}
END_TEST

/* --- the plan's own --- */

START_TEST(the_plan_s_grants)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world->plan.grants = g_new0(PlanGrant, 2);
    world->plan.grant_count = 2;
    world->plan.grants[0] = (PlanGrant){(char *)"welcome", upload, 5, {.count = 0}, 100, 11};
    world->plan.grants[1] = (PlanGrant){(char *)"bonus", upload, 2, {WINDOW_DAY, 28, ALIGN_ANCHOR, 1, 0}, 7, 12};
    world->subject.anchor = instant("2025-12-25T10:00:00Z");
    g_autoptr(GArray) grants = g_array_new(FALSE, FALSE, sizeof(Grant));
    decide_plan_grants(&world->subject, grants);
    ck_assert_uint_eq(grants->len, 2);
    const Grant *welcome = &g_array_index(grants, Grant, 0), *bonus = &g_array_index(grants, Grant, 1);
    ck_assert_int_eq(welcome->slot, 11);
    ck_assert_int_eq(welcome->amount, 5);
    ck_assert_int_eq(welcome->effective_at, world->subject.first_met);
    ck_assert_int_eq(welcome->expires_at, INSTANT_MAX);
    ck_assert_int_eq(welcome->created_at, world->subject.first_met);
    ck_assert_int_eq(bonus->effective_at, world->subject.anchor);
    ck_assert_int_eq(bonus->priority, 7);
    ck_assert_int_eq(bonus->every.count, 28);

    /* An anchor still to come: the period that the subject was met in, counted back from it. */
    world->subject.anchor = instant("2026-03-01T10:00:00Z");
    g_array_set_size(grants, 0);
    decide_plan_grants(&world->subject, grants);
    bonus = &g_array_index(grants, Grant, 1);
    ck_assert_int_eq(bonus->effective_at, instant("2025-12-07T10:00:00Z"));
    Counter counter = {0};
    ck_assert_int_eq(grant_left(bonus, &counter, world->now), 2);
    ck_assert_int_eq(counter.window_start, instant("2026-01-04T10:00:00Z"));
}
END_TEST

START_TEST(a_clock_that_goes_back_gives_nothing_anew)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "none", 0, "day");
    Grant *grant = world_grant(world, upload, 2);
    grant_every(grant, "1 day");
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    world->now -= DAY_US;
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
    ck_assert_int_eq(grant_used(world, grant), 2);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        lower_priority_number_first, then_earlier_expiry, then_the_end_of_a_period, then_age, then_the_lower_number,
        live_from_effective_until_just_before_expiry, a_recurring_one_is_there_anew, a_period_that_ends_sooner_frees_sooner,
        one_that_ends_with_the_window_does_not_help_after_it, an_empty_one_is_not_drawn_from,
        a_spent_one_does_not_count_as_included, own_units_go_first, the_largest_shortfall_once,
        shared_limits_are_never_widened, a_grant_on_the_child_passes_the_parent_too,
        a_grant_on_the_parent_does_not_open_the_child, child_and_parent_each_draw_their_own,
        items_do_not_spend_the_same_unit_twice, the_plan_s_grants, a_clock_that_goes_back_gives_nothing_anew,
    };
    return run_tests("grants", tests, G_N_ELEMENTS(tests), 10);
}
