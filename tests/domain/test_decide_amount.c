/* Effective amounts: the plan's, overrides, multipliers, grace. */
#include "fixtures.h"

static Amount amount_of(World *world, const Limit *limit, unsigned *source)
{
    Situation situation = world_situation(world);
    return decide_amount(&situation, limit, source, NULL);
}

START_TEST(which_override_holds)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    int other = world_feature(world, "other", -1);
    Limit *limit = world_limit(world, upload, "daily", 5, "day");
    unsigned source;
    world_override(world, other, 99);
    world_override(world, upload, 98)->of_organization = true;
    world_override(world, upload, 97)->limit = "monthly";
    ck_assert_int_eq(amount_of(world, limit, &source), 5);
    ck_assert_uint_eq(source, SOURCE_PLAN);

    Override *named = world_override(world, upload, 20);
    named->limit = "daily";
    named->created_at = world->now - DAY_US;
    Override *general = world_override(world, upload, 30);
    ck_assert_int_eq(amount_of(world, limit, &source), 20);
    ck_assert_uint_eq(source, SOURCE_OVERRIDE);
    named->limit = NULL;
    ck_assert_int_eq(amount_of(world, limit, NULL), 30);
    named->created_at = general->created_at;
    ck_assert_int_eq(amount_of(world, limit, NULL), 30);
    named->id = general->id + 1;
    ck_assert_int_eq(amount_of(world, limit, NULL), 20);

    Situation situation = world_situation(world);
    Instant expires = 0;
    named->expires_at = world->now + 1;
    ck_assert_int_eq(decide_amount(&situation, limit, &source, &expires), 20);
    ck_assert_int_eq(expires, world->now + 1);
    named->expires_at = world->now;
    ck_assert_int_eq(decide_amount(&situation, limit, &source, &expires), 30);
    ck_assert_int_eq(expires, INSTANT_MAX);
    general->kind = OVERRIDE_UNLIMITED;
    ck_assert_int_eq(amount_of(world, limit, NULL), AMOUNT_UNLIMITED);
}
END_TEST

START_TEST(an_override_of_the_organization)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *own = world_limit(world, upload, "daily", 5, "day");
    Limit *shared = world_limit(world, upload, "pool", 1, "day");
    shared->scope = SCOPE_ORGANIZATION;
    Limit *plan = world_limit(world, upload, "plan", 7, "day");
    plan->scope = SCOPE_PLAN;
    world_override(world, upload, 3)->of_organization = true;
    ck_assert_int_eq(amount_of(world, own, NULL), 5);
    ck_assert_int_eq(amount_of(world, shared, NULL), 3);
    ck_assert_int_eq(amount_of(world, plan, NULL), 7);
    ck_assert_int_eq(world_consume(world, upload, 3), OUTCOME_ALLOWED);
    g_autoptr(Decision) denied = world_ask(world, ASK_CONSUME, upload, 1);
    ck_assert_str_eq(deciding_key(denied), "pool");
}
END_TEST

START_TEST(multipliers_round_down)
{
    static const struct {
        Amount plan;
        double multiplier;
        Amount amount;
    } rows[] = {
        {10, 1.5, 15}, {5, 1.5, 7},     {100, 0.29, 29}, {3, 0.1, 0},          {0, 50, 0},
        {7, 0, 0},     {7, -1, 0},      {1, 1e300, UNITS_MAX}, 
        {3, 2e9, 6000000000}, {UNITS_MAX, 1, UNITS_MAX}, {UNITS_MAX, 2, UNITS_MAX},
        {1, 1.999999999, 1}, {UNITS_MAX, 0.5, UNITS_MAX / 2}, {AMOUNT_UNLIMITED, 0.5, AMOUNT_UNLIMITED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        int upload = world_feature(world, "upload", -1);
        Limit *limit = world_limit(world, upload, "daily", rows[i].plan, "day");
        Override *override = world_override(world, upload, 0);
        override->kind = OVERRIDE_MULTIPLIER;
        override->multiplier = rows[i].multiplier;
        unsigned source;
        ck_assert_int_eq(amount_of(world, limit, &source), rows[i].amount);
        ck_assert_uint_eq(source, SOURCE_PLAN | SOURCE_OVERRIDE);
    }
}
END_TEST

START_TEST(grace_of_new_subjects)
{
    g_autoptr(World) world = world_new();
    int upload = world_feature(world, "upload", -1);
    Limit *limit = world_limit(world, upload, "daily", 5, "day");
    Limit *none = world_limit(world, upload, "none", 0, "day");
    Limit *shared = world_limit(world, upload, "pool", 9, "day");
    shared->scope = SCOPE_ORGANIZATION;
    unsigned source;
    world->plan.grace = (Grace){.days = 14, .multiplier = 1.5};
    world->now = world->subject.first_met + 14 * DAY_US - 1;
    ck_assert_int_eq(amount_of(world, limit, &source), 7);
    ck_assert_uint_eq(source, SOURCE_PLAN | SOURCE_GRACE);
    ck_assert_int_eq(amount_of(world, none, NULL), 0);
    ck_assert_int_eq(amount_of(world, shared, NULL), 9);
    Override *override = world_override(world, upload, 3);
    ck_assert_int_eq(amount_of(world, limit, &source), 4);
    ck_assert_uint_eq(source, SOURCE_OVERRIDE | SOURCE_GRACE);
    /* One rounding at the end: 5 x 0.5 x 1.5 is 3.75, not 2 x 1.5. */
    override->kind = OVERRIDE_MULTIPLIER;
    override->multiplier = 0.5;
    ck_assert_int_eq(amount_of(world, limit, NULL), 3);
    world->override_count = 0;
    world->plan.grace.unlimited = true;
    ck_assert_int_eq(amount_of(world, limit, NULL), AMOUNT_UNLIMITED);
    ck_assert_int_eq(amount_of(world, none, NULL), 0);
    world->now++;
    ck_assert_int_eq(amount_of(world, limit, &source), 5);
    ck_assert_uint_eq(source, SOURCE_PLAN);
    world->plan.grace.days = INT_MAX;
    world->subject.first_met = INSTANT_MAX - 1;
    ck_assert_int_eq(amount_of(world, limit, NULL), AMOUNT_UNLIMITED);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        which_override_holds, an_override_of_the_organization, multipliers_round_down, grace_of_new_subjects,
    };
    return run_tests("decide_amount", tests, G_N_ELEMENTS(tests), 10);
}
