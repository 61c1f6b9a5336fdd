/* Which limits are too tight or never felt, and who would do better on which plan. */
#include "fixtures.h"

#include "domain/recommend.h"

START_TEST(a_limit_is_judged_by_who_reaches_it)
{
    const struct {
        Amount amount;
        int64_t active, asked, reached;
        Recommend is;
    } cases[] = {
        {10, 100, 500, 6, RECOMMEND_RAISE}, {10, 100, 500, 5, RECOMMEND_NOTHING}, {10, 100, 500, 1, RECOMMEND_NOTHING},
        {10, 100, 500, 0, RECOMMEND_LOWER}, {10, 100, 0, 0, RECOMMEND_NOTHING},   {1, 100, 500, 0, RECOMMEND_NOTHING},
        {1, 1, 1, 1, RECOMMEND_RAISE},      {0, 100, 0, 100, RECOMMEND_NOTHING},  {10, 0, 0, 3, RECOMMEND_NOTHING},
        {AMOUNT_UNLIMITED, 100, 500, 0, RECOMMEND_NOTHING},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Limit limit = {.plan_amount = cases[i].amount};
        ck_assert_msg(recommend_limit(&limit, cases[i].active, cases[i].asked, cases[i].reached) == cases[i].is, "case %zu", i);
    }
    const Limit shared = {.plan_amount = 10, .scope = SCOPE_ORGANIZATION}, off = {.plan_amount = 10, .mode = MODE_OFF};
    const Limit watching = {.plan_amount = 10, .mode = MODE_SHADOW};
    ck_assert_int_eq(recommend_limit(&shared, 100, 500, 50), RECOMMEND_NOTHING);
    ck_assert_int_eq(recommend_limit(&off, 100, 500, 50), RECOMMEND_NOTHING);
    ck_assert_int_eq(recommend_limit(&watching, 100, 500, 50), RECOMMEND_RAISE);
    ck_assert_int_eq(recommend_amount(&watching, RECOMMEND_RAISE), 20);
    ck_assert_int_eq(recommend_amount(&watching, RECOMMEND_LOWER), 5);
    ck_assert_int_le(recommend_amount(&(Limit){.plan_amount = UNITS_MAX}, RECOMMEND_RAISE), UNITS_MAX);
}
END_TEST

/* Three plans, each leading to the next: 3 a day and 60 a month of calls, 9 and 90, 30 and 90; reports are on the last only. */
typedef struct {
    World *worlds[3];
    Plan plans[3];
    Policy *policy;
    int call, report;
} Ladder;

static void ladder_clear(Ladder *ladder)
{
    for (int i = 0; i < 3; i++)
        world_free(ladder->worlds[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ladder, ladder_clear)

static void ladder_init(Ladder *ladder)
{
    static const Amount a_day[] = {3, 9, 30}, a_month[] = {60, 90, 90};
    static char two[] = "$9", three[] = "$29", *const prices[] = {NULL, two, three};
    for (int i = 0; i < 3; i++) {
        World *world = ladder->worlds[i] = world_new();
        ladder->call = world_feature(world, "call", -1);
        ladder->report = world_feature(world, "report", -1);
        world->lists[ladder->report] = i == 2;
        world_limit(world, ladder->call, "daily", a_day[i], "day");
        world_limit(world, ladder->call, "monthly", a_month[i], "month");
        world->plan.index = world->plan.rank = i;
        world->plan.price = prices[i];
        world->plan.upgrade = i < 2 ? i + 1 : -1;
        ladder->plans[i] = world->plan;
    }
    ladder->policy = &ladder->worlds[0]->policy;
    ladder->policy->plans = ladder->plans;
    ladder->policy->plan_count = 3;
    ladder->policy->anonymous_plan = -1;
}

/* The plan's number; -1: none. */
static int above(const Ladder *ladder, int plan, PersonUse use, int days)
{
    const Plan *found = recommend_plan_above(ladder->policy, &ladder->plans[plan], &use, 1, days);
    return found ? found->index : -1;
}

static int below(const Ladder *ladder, int plan, PersonUse use)
{
    const Plan *found = recommend_plan_below(ladder->policy, &ladder->plans[plan], &use, use.units || use.refused ? 1 : 0);
    return found ? found->index : -1;
}

START_TEST(who_is_stopped_again_and_again_is_better_on_a_plan_that_gives_more)
{
    g_auto(Ladder) ladder = {0};
    ladder_init(&ladder);
    const PersonUse calls = {.feature = ladder.call, .refused = 9}, reports = {.feature = ladder.report, .refused = 9};
    ck_assert_int_eq(above(&ladder, 0, calls, 3), 1);
    ck_assert_int_eq(above(&ladder, 0, calls, 2), -1); /* not again and again */
    ck_assert_int_eq(above(&ladder, 1, calls, 3), 2);
    ck_assert_int_eq(above(&ladder, 2, calls, 3), -1); /* there is no other */
    ck_assert_int_eq(above(&ladder, 0, reports, 3), 2); /* the next does not have it either */
    ck_assert_int_eq(above(&ladder, 0, (PersonUse){.feature = ladder.call, .units = 100}, 30), -1); /* never refused */
    ladder.plans[1].limits[0].plan_amount = 2; /* less a day, more a month */
    ck_assert_int_eq(above(&ladder, 0, calls, 3), 2);
    ladder.plans[2].upgrade = 0; /* round in a circle */
    ladder.plans[1].limits[0].plan_amount = ladder.plans[2].limits[0].plan_amount = 1;
    ck_assert_int_eq(above(&ladder, 0, calls, 3), -1);
}
END_TEST

START_TEST(who_could_do_with_less_is_better_on_the_lowest_plan_that_is_enough)
{
    g_auto(Ladder) ladder = {0};
    ladder_init(&ladder);
    const int call = ladder.call;
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = call, .units = 60, .most = 3}), 0);
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = call, .units = 60, .most = 4}), 1); /* more than 3 on a day */
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = call, .units = 61, .most = 3}), 1); /* more than 60 in a month */
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = call, .units = 20, .most = 10}), -1);
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = ladder.report, .units = 1, .most = 1}), -1); /* no other has it */
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){0}), 0);                                               /* used nothing */
    ck_assert_int_eq(below(&ladder, 1, (PersonUse){.feature = call, .units = 1, .most = 1}), 0);
    ck_assert_int_eq(below(&ladder, 0, (PersonUse){0}), -1);
    const WindowSpec ever = {.unit = WINDOW_LIFETIME, .count = 1};
    ladder.plans[0].limits[1].window = ever; /* what was used before is not known */
    ck_assert_int_eq(below(&ladder, 2, (PersonUse){.feature = call, .units = 2, .most = 2}), 1);
    ladder.policy->anonymous_plan = 0; /* those who have signed in are not sent there */
    ck_assert_int_eq(below(&ladder, 1, (PersonUse){0}), -1);
    ck_assert(!recommend_has_below(ladder.policy, &ladder.plans[1]));
    ck_assert(recommend_has_below(ladder.policy, &ladder.plans[2]));
    ladder.plans[2].price = NULL;
    ck_assert(!recommend_has_below(ladder.policy, &ladder.plans[2])); /* nobody pays for it */
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        a_limit_is_judged_by_who_reaches_it, who_is_stopped_again_and_again_is_better_on_a_plan_that_gives_more,
        who_could_do_with_less_is_better_on_the_lowest_plan_that_is_enough,
    };
    return run_tests("recommend", tests, G_N_ELEMENTS(tests), 10);
}
