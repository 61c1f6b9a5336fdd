/* Usage reports: the figures, states and order of lines, and the same limit on another plan. */
#include "fixtures.h"

static UsageReport *report_of(World *world, int feature, bool with_unlisted)
{
    Situation situation = world_situation(world);
    Book book = world_book(world);
    return usage_report(&situation, &book, feature, with_unlisted);
}

START_TEST(states_by_share)
{
    static const struct {
        Amount amount;
        int64_t used;
        int percent;
        int64_t remaining;
        UsageState state;
    } rows[] = {
        {100, 0, 0, 100, USAGE_OK},        {100, 74, 74, 26, USAGE_OK},   {100, 75, 75, 25, USAGE_NOTICE},
        {100, 89, 89, 11, USAGE_NOTICE},   {100, 90, 90, 10, USAGE_WARNING}, {100, 99, 99, 1, USAGE_WARNING},
        {100, 100, 100, 0, USAGE_EXHAUSTED}, {3, 5, 100, 0, USAGE_EXHAUSTED}, {3, 2, 66, 1, USAGE_OK},
        {AMOUNT_UNLIMITED, 12, 0, UNITS_MAX, USAGE_UNLIMITED}, {0, 0, 100, 0, USAGE_NOT_INCLUDED},
        {UNITS_MAX, UNITS_MAX - 1, 99, 1, USAGE_WARNING},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        Limit *limit = world_limit(world, upload, "daily", AMOUNT_UNLIMITED, "day");
        if (rows[i].used)
            ck_assert_int_eq(world_consume(world, upload, rows[i].used), OUTCOME_ALLOWED);
        limit->plan_amount = rows[i].amount;
        g_autoptr(UsageReport) report = report_of(world, -1, true);
        ck_assert_int_eq(report->line_count, 1);
        const UsageLine *line = &report->lines[0];
        ck_assert_int_eq(line->used, rows[i].used);
        ck_assert_int_eq(line->amount, rows[i].amount);
        ck_assert_int_eq(line->percent, rows[i].percent);
        ck_assert_int_eq(line->remaining, rows[i].remaining);
        ck_assert_int_eq(line->state, rows[i].state);
        ck_assert_int_eq(line->resets_at, instant("2026-01-16T00:00:00Z"));
        ck_assert_str_eq(line->zone, "UTC");
        ck_assert_ptr_eq(line->limit, limit);
    }
}
END_TEST

START_TEST(words_of_states)
{
    ck_assert_str_eq(usage_state_word(USAGE_OK), "ok");
    ck_assert_str_eq(usage_state_word(USAGE_NOTICE), "notice");
    ck_assert_str_eq(usage_state_word(USAGE_WARNING), "warning");
    ck_assert_str_eq(usage_state_word(USAGE_EXHAUSTED), "exhausted");
    ck_assert_str_eq(usage_state_word(USAGE_UNLIMITED), "unlimited");
    ck_assert_str_eq(usage_state_word(USAGE_NOT_INCLUDED), "not_included");
}
END_TEST

START_TEST(held_bonus_and_overrides_are_shown)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 3, "day");
    world_limit(world, upload, "pool", 50, "day")->scope = SCOPE_ORGANIZATION;
    Grant *ends = world_grant(world, upload, 4);
    ends->expires_at = world->now + 3 * DAY_US;
    Grant *recurs = world_grant(world, upload, 1);
    grant_every(recurs, "1 day");
    Override *override = world_override(world, upload, 10);
    override->expires_at = world->now + 5 * DAY_US;
    g_autoptr(Decision) hold = world_ask(world, ASK_HOLD, upload, 8);
    ck_assert_int_eq(hold->outcome, OUTCOME_ALLOWED);

    g_autoptr(UsageReport) report = report_of(world, upload, false);
    ck_assert_int_eq(report->line_count, 2);
    ck_assert_str_eq(report->lines[0].limit->key, "daily");
    const UsageLine *line = &report->lines[0];
    ck_assert_int_eq(line->held, 8);
    ck_assert_int_eq(line->used, 0);
    ck_assert_int_eq(line->bonus, 5);
    ck_assert_int_eq(line->remaining, 7);
    ck_assert_int_eq(line->percent, 80);
    ck_assert_int_eq(line->state, USAGE_NOTICE);
    ck_assert_uint_eq(line->source, SOURCE_OVERRIDE | SOURCE_GRANT);
    ck_assert_int_eq(line->override_expires, override->expires_at);
    ck_assert_int_eq(line->bonus_expires, instant("2026-01-16T00:00:00Z"));
    ck_assert_int_eq(report->lines[1].bonus, 0);
    ck_assert_int_eq(report->lines[1].bonus_expires, INSTANT_MAX);

    /* What is spent of the first bonus no longer ends. */
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    g_autoptr(UsageReport) later = report_of(world, upload, false);
    ck_assert_int_eq(later->lines[0].bonus, 4);
    ck_assert_int_eq(later->lines[0].bonus_expires, ends->expires_at);
}
END_TEST

START_TEST(a_report_and_a_decision_agree)
{
    g_autoptr(World) world = world_new();
    int message = world_feature(world, "message", -1);
    int premium = world_feature(world, "premium", message);
    world_limit(world, message, "monthly", 10, "month");
    world_limit(world, premium, "monthly_premium", 2, "month");
    world_grant(world, premium, 3);
    ck_assert_int_eq(world_consume(world, premium, 1), OUTCOME_ALLOWED);
    g_autoptr(UsageReport) report = report_of(world, premium, false);
    g_autoptr(Decision) check = world_ask(world, ASK_CHECK, premium, 1);
    ck_assert_int_eq(report->line_count, 2);
    /* Its own limits first, then those above it. */
    ck_assert_str_eq(report->lines[0].limit->key, "monthly_premium");
    ck_assert_int_eq(report->lines[0].remaining, look_remaining(&check->looks[1], check));
    ck_assert_int_eq(report->lines[1].remaining, look_remaining(&check->looks[0], check));
    ck_assert_int_eq(report->lines[1].bonus, 3);
    /* A message that is not premium cannot have premium's bonus. */
    g_autoptr(UsageReport) all = report_of(world, -1, false);
    ck_assert_str_eq(all->lines[0].limit->key, "monthly");
    ck_assert_int_eq(all->lines[0].bonus, 0);
    ck_assert_int_eq(all->lines[1].bonus, 3);
}
END_TEST

START_TEST(amount_zero_with_a_grant)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "none", 0, "day");
    Grant *grant = world_grant(world, upload, 1);
    grant_every(grant, "1 week");
    g_autoptr(UsageReport) before = report_of(world, -1, false);
    ck_assert_int_eq(before->lines[0].state, USAGE_OK);
    ck_assert_int_eq(before->lines[0].remaining, 1);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    g_autoptr(UsageReport) after = report_of(world, -1, false);
    ck_assert_int_eq(after->lines[0].state, USAGE_EXHAUSTED);
}
END_TEST

START_TEST(order_and_what_is_left_out)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    int review = world_feature(world, "review", -1);
    int hidden = world_feature(world, "hidden", -1);
    world->lists[hidden] = false;
    world_limit(world, upload, "shadow", 1, "day")->mode = MODE_SHADOW;
    world_limit(world, review, "review", 2, "day");
    world_limit(world, upload, "unlimited", AMOUNT_UNLIMITED, "minute");
    world_limit(world, upload, "ever", 10, "lifetime");
    world_limit(world, upload, "monthly", 10, "month");
    world_limit(world, upload, "daily", 10, "day");
    world_limit(world, upload, "tight", 4, "year");
    world_limit(world, upload, "off", 1, "day")->mode = MODE_OFF;
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    static const char *const order[] = {"tight", "daily", "monthly", "ever", "unlimited", "shadow", "review"};
    g_autoptr(UsageReport) report = report_of(world, -1, true);
    ck_assert_int_eq(report->line_count, 8);
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        ck_assert_str_eq(report->lines[i].limit->key, order[i]);
    const UsageLine *last = &report->lines[7];
    ck_assert_ptr_null(last->limit);
    ck_assert_ptr_eq(last->feature, &world->features[hidden]);
    ck_assert_int_eq(last->state, USAGE_NOT_INCLUDED);
    ck_assert_int_eq(last->remaining, 0);
    ck_assert_int_eq(last->resets_at, INSTANT_MAX);
    ck_assert_int_eq(report->as_of, world->now);
    ck_assert_int_eq(report->lines[3].resets_at, INSTANT_MAX);

    g_autoptr(UsageReport) listed = report_of(world, -1, false);
    ck_assert_int_eq(listed->line_count, 7);
    g_autoptr(UsageReport) one = report_of(world, review, true);
    ck_assert_int_eq(one->line_count, 1);
    g_autoptr(UsageReport) none = report_of(world, hidden, false);
    ck_assert_int_eq(none->line_count, 0);
}
END_TEST

START_TEST(rolling_resets_when_something_fits)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "hourly", 2, "hour")->window.align = ALIGN_ROLLING;
    Instant begin = world->now;
    g_autoptr(UsageReport) unused = report_of(world, -1, false);
    ck_assert_int_eq(unused->lines[0].resets_at, INSTANT_MAX);
    ck_assert_int_eq(unused->lines[0].window.start, begin - HOUR_US);
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    world->now += 10 * MINUTE_US;
    g_autoptr(UsageReport) full = report_of(world, -1, false);
    ck_assert_int_eq(full->lines[0].state, USAGE_EXHAUSTED);
    ck_assert_int_ge(full->lines[0].resets_at, begin + HOUR_US);
    ck_assert_int_le(full->lines[0].resets_at, begin + HOUR_US + 2 * MINUTE_US);
}
END_TEST

START_TEST(the_same_limit_on_another_plan)
{
    g_autoptr(World) world = world_new(), pro = world_new();
    int upload = world_feature(world, "upload", -1);
    world_feature(pro, "upload", -1);
    Limit *daily = world_limit(world, upload, "daily", 2, "day");
    Limit *pool = world_limit(world, upload, "pool", 2, "day");
    pool->scope = SCOPE_ORGANIZATION;
    world_limit(pro, upload, "off", 1, "day")->mode = MODE_OFF;
    world_limit(pro, upload, "pro_unlimited", AMOUNT_UNLIMITED, "minute");
    world_limit(pro, upload, "pro_monthly", 100, "month");
    ck_assert_str_eq(usage_same_limit(&pro->plan, daily)->key, "pro_monthly");
    world_limit(pro, upload, "pro_hourly", 100, "hour");
    ck_assert_str_eq(usage_same_limit(&pro->plan, daily)->key, "pro_hourly");
    world_limit(pro, upload, "pro_pool", 50, "day")->scope = SCOPE_ORGANIZATION;
    world_limit(pro, upload, "pro_daily", 10, "day");
    ck_assert_str_eq(usage_same_limit(&pro->plan, daily)->key, "pro_daily");
    ck_assert_str_eq(usage_same_limit(&pro->plan, pool)->key, "pro_pool");
    pro->lists[upload] = false;
    ck_assert_ptr_null(usage_same_limit(&pro->plan, daily));
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        states_by_share, words_of_states, held_bonus_and_overrides_are_shown, a_report_and_a_decision_agree,
        amount_zero_with_a_grant, order_and_what_is_left_out, rolling_resets_when_something_fits,
        the_same_limit_on_another_plan,
    };
    return run_tests("usage", tests, G_N_ELEMENTS(tests), 10);
}
