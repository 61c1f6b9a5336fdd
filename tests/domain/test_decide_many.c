/* Decisions on several limits and several items at once. */
#include "fixtures.h"

/* --- several limits --- */

START_TEST(all_or_none)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *a = world_limit(world, upload, "a", 10, "day");
    Limit *b = world_limit(world, upload, "b", 10, "month");
    a->plan_amount = 0;
    a->mode = MODE_OFF;
    ck_assert_int_eq(world_consume(world, upload, 9), OUTCOME_ALLOWED);
    a->plan_amount = 10;
    a->mode = MODE_ENFORCE;
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 5);
    ck_assert_int_eq(decision->outcome, OUTCOME_DENIED);
    ck_assert_str_eq(deciding_key(decision), "b");
    ck_assert(decision->looks[0].holds);
    ck_assert_int_eq(decision->looks[0].charged, 0);
    ck_assert_int_eq(world_used(world, a), 0);
    ck_assert_int_eq(world_used(world, b), 9);
}
END_TEST

START_TEST(the_one_that_frees_last_is_named)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "daily", 3, "day");
    world_limit(world, upload, "monthly", 60, "month");
    world_limit(world, upload, "hourly", 3, "hour");
    for (int day = 0; day < 20; day++) {
        world->now = instant("2026-01-01T12:00:00Z") + day * DAY_US;
        ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    }
    g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(decision->outcome, OUTCOME_DENIED);
    ck_assert_str_eq(deciding_key(decision), "monthly");
    ck_assert_int_eq(decision->looks[decision->deciding].frees_at, instant("2026-02-01T00:00:00Z"));
    Limit *ever = world_limit(world, upload, "ever", 1, "lifetime");
    world->now = instant("2026-02-01T12:00:00Z");
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_ALLOWED);
    ck_assert_int_eq(world_consume(world, upload, 1), OUTCOME_DENIED);
    g_autoptr(Decision) never = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_ptr_eq(never->looks[never->deciding].limit, ever);
    ck_assert_int_eq(never->reason, REASON_LIMIT);
    ck_assert_int_eq(never->looks[never->deciding].frees_at, INSTANT_MAX);
}
END_TEST

START_TEST(block_outranks_queue)
{
    g_autoptr(World) world = world_new();
    int summary = world_feature(world, "summary", -1);
    Limit *minute = world_limit(world, summary, "minute", 2, "minute");
    minute->scope = SCOPE_PLAN;
    minute->on_exceed = EXCEED_QUEUE;
    Limit *month = world_limit(world, summary, "month_queue", 4, "month");
    month->on_exceed = EXCEED_QUEUE;
    world_limit(world, summary, "daily", 3, "day");
    ck_assert_int_eq(world_consume(world, summary, 2), OUTCOME_ALLOWED);
    g_autoptr(Decision) queued = world_ask(world, ASK_CONSUME, summary, 1);
    ck_assert_int_eq(queued->outcome, OUTCOME_QUEUED);
    ck_assert_int_eq(queued->reason, REASON_LIMIT);
    ck_assert_str_eq(deciding_key(queued), "minute");
    ck_assert_int_eq(queued->looks[0].frees_at, world->now + MINUTE_US);
    ck_assert_int_eq(world_used(world, minute), 2);
    g_autoptr(Decision) both = world_ask(world, ASK_CONSUME, summary, 2);
    ck_assert_int_eq(both->outcome, OUTCOME_DENIED);
    ck_assert_str_eq(deciding_key(both), "daily");
    world->now += DAY_US;
    ck_assert_int_eq(world_consume(world, summary, 2), OUTCOME_ALLOWED);
    g_autoptr(Decision) longest = world_ask(world, ASK_CONSUME, summary, 1);
    ck_assert_int_eq(longest->outcome, OUTCOME_QUEUED);
    ck_assert_str_eq(deciding_key(longest), "month_queue");
}
END_TEST

START_TEST(the_tightest_is_the_headline)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    world_limit(world, upload, "unlimited", AMOUNT_UNLIMITED, "hour");
    world_limit(world, upload, "monthly", 60, "month");
    world_limit(world, upload, "daily", 6, "day");
    world_limit(world, upload, "shadow", 2, "day")->mode = MODE_SHADOW;
    g_autoptr(Decision) share = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_str_eq(deciding_key(share), "daily");
    world->limits[1].plan_amount = 6;
    g_autoptr(Decision) tie = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_str_eq(deciding_key(tie), "daily");
    world->limits[1].plan_amount = 5;
    g_autoptr(Decision) month = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_str_eq(deciding_key(month), "monthly");
    world->limits[1].mode = world->limits[2].mode = MODE_OFF;
    g_autoptr(Decision) unlimited = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_int_eq(unlimited->deciding, -1);
    world->limits[0].mode = MODE_OFF;
    g_autoptr(Decision) shadow = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_str_eq(deciding_key(shadow), "shadow");
}
END_TEST

START_TEST(shadow_never_refuses)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *shadow = world_limit(world, upload, "shadow", 5, "day");
    shadow->mode = MODE_SHADOW;
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_ALLOWED);
    int would_deny = 0;
    for (int i = 0; i < 5; i++) {
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 1);
        ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
        ck_assert_int_eq(decision->shadow_refused, decision->looks[0].shadow_refused);
        ck_assert_int_eq(decision->looks[0].holds, !decision->shadow_refused);
        would_deny += decision->shadow_refused;
    }
    ck_assert_int_eq(world_used(world, shadow), 7);
    ck_assert_int_eq(would_deny, 2);
    /* What another limit denies is not charged on the shadow limit either. */
    world_limit(world, upload, "block", 1, "day");
    ck_assert_int_eq(world_consume(world, upload, 2), OUTCOME_DENIED);
    ck_assert_int_eq(world_used(world, shadow), 7);
}
END_TEST

START_TEST(overage_is_counted)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 3, "day");
    limit->on_exceed = EXCEED_ALLOW;
    world_grant(world, upload, 100);
    for (int i = 0; i < 2; i++) {
        g_autoptr(Decision) decision = world_ask(world, ASK_CONSUME, upload, 4);
        ck_assert_int_eq(decision->outcome, OUTCOME_ALLOWED);
        ck_assert(decision->looks[0].holds);
        ck_assert(!decision->shadow_refused);
        ck_assert_int_eq(decision->draw_count, 0);
        ck_assert_int_eq(remaining_first(decision), 0);
    }
    ck_assert_int_eq(world_used(world, limit), 8);
    limit->mode = MODE_SHADOW;
    g_autoptr(Decision) shadow = world_ask(world, ASK_CONSUME, upload, 4);
    ck_assert(!shadow->shadow_refused);
}
END_TEST

/* --- several items --- */

START_TEST(items_are_all_or_none)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    int invoice = world_feature(world, "invoice", upload);
    int review = world_feature(world, "review", -1);
    Limit *uploads = world_limit(world, upload, "uploads", 5, "day");
    Limit *invoices = world_limit(world, invoice, "invoices", 3, "day");
    Limit *reviews = world_limit(world, review, "reviews", 2, "day");
    world_limit(world, world_feature(world, "unasked", -1), "unasked", 0, "day");

    AskItem fits[] = {{invoice, 2}, {review, 1}, {upload, 1}};
    g_autoptr(Decision) allowed = world_ask_items(world, ASK_CONSUME, fits, 3);
    ck_assert_int_eq(allowed->outcome, OUTCOME_ALLOWED);
    ck_assert_int_eq(allowed->units, 4);
    ck_assert_int_eq(allowed->look_count, 3);
    ck_assert_int_eq(allowed->looks[0].asked, 3);
    ck_assert_int_eq(allowed->looks[0].charged, 3);
    ck_assert_int_eq(world_used(world, uploads), 3);
    ck_assert_int_eq(world_used(world, invoices), 2);
    ck_assert_int_eq(world_used(world, reviews), 1);

    /* Each fits alone, and both together do not. */
    AskItem together[] = {{review, 1}, {upload, 1}, {invoice, 1}, {upload, 1}};
    g_autoptr(Decision) denied = world_ask_items(world, ASK_CONSUME, together, 4);
    ck_assert_int_eq(denied->outcome, OUTCOME_DENIED);
    ck_assert_str_eq(deciding_key(denied), "uploads");
    ck_assert_int_eq(denied->looks[0].asked, 3);
    ck_assert_int_eq(world_used(world, uploads), 3);
    ck_assert_int_eq(world_used(world, invoices), 2);
    ck_assert_int_eq(world_used(world, reviews), 1);

    AskItem too_many[] = {{upload, 3}, {upload, 3}};
    g_autoptr(Decision) never = world_ask_items(world, ASK_CONSUME, too_many, 2);
    ck_assert_int_eq(never->reason, REASON_NEVER_FITS);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        all_or_none, the_one_that_frees_last_is_named, block_outranks_queue, the_tightest_is_the_headline,
        shadow_never_refuses, overage_is_counted, items_are_all_or_none,
    };
    return run_tests("decide_many", tests, G_N_ELEMENTS(tests), 10);
}
