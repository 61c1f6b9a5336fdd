/* What a policy that is to come changes: said only where it is so for this person, at that time. */
#include "fixtures.h"

#include "domain/coming.h"

/* A policy in force and the one to come, of one plan each: 5 a day of messages, and files. */
typedef struct {
    World *now, *next;
    Limit *daily, *then;
    GArray *changes;
} Case;

static Case case_new(void)
{
    Case it = {.now = world_new(), .next = world_new(), .changes = g_array_new(FALSE, FALSE, sizeof(ComingChange))};
    for (int i = 0; i < 2; i++) {
        World *world = i ? it.next : it.now;
        world_feature(world, i ? "file" : "message", -1); /* in another order there */
        world_feature(world, i ? "message" : "file", -1);
    }
    it.daily = world_limit(it.now, 0, "daily", 5, "day");
    it.then = world_limit(it.next, 1, "daily", 5, "day");
    return it;
}

static void case_clear(Case *it)
{
    world_free(it->now);
    world_free(it->next);
    g_array_unref(it->changes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

#define IN_DAYS(world, days) ((world)->now + (days) * INT64_C(86400) * US_PER_S)

/* How many changes there are on the feature (index; -1: all). */
static int look(Case *it, int feature)
{
    const Situation situation = world_situation(it->now);
    g_array_set_size(it->changes, 0);
    coming_changes(&situation, &it->next->policy, &it->next->plan, IN_DAYS(it->now, 9), feature, it->changes);
    return (int)it->changes->len;
}

static void assert_change(const Case *it, guint i, ComingKind kind, const char *feature, Amount from, Amount to)
{
    ck_assert_uint_lt(i, it->changes->len);
    const ComingChange *change = &g_array_index(it->changes, ComingChange, i);
    ck_assert_str_eq(coming_kind_word(change->kind), coming_kind_word(kind));
    ck_assert_str_eq(change->feature->key, feature);
    ck_assert_int_eq(change->from_amount, from);
    ck_assert_int_eq(change->to_amount, to);
}

START_TEST(the_same_is_no_change)
{
    g_auto(Case) it = case_new();
    ck_assert_int_eq(look(&it, -1), 0);
    it.then->key = (char *)"every_day"; /* another name stops nobody otherwise */
    it.then->on_exceed = EXCEED_QUEUE;
    ck_assert_int_eq(look(&it, -1), 0);
}
END_TEST

START_TEST(amounts_and_windows)
{
    g_auto(Case) it = case_new();
    it.then->plan_amount = 11;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_AMOUNT, "message", 5, 11);
    ck_assert_int_eq(look(&it, 1), 0); /* files are not concerned */
    ck_assert_int_eq(look(&it, 0), 1);
    it.then->plan_amount = 5;
    it.then->window = it.daily->window;
    it.then->window.unit = WINDOW_WEEK;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_AMOUNT, "message", 5, 5);
    it.then->plan_amount = AMOUNT_UNLIMITED;
    ck_assert_int_eq(look(&it, -1), 1);
    it.daily->plan_amount = AMOUNT_UNLIMITED; /* in whatever window */
    ck_assert_int_eq(look(&it, -1), 0);
}
END_TEST

START_TEST(what_is_above_the_plan_stays)
{
    g_auto(Case) it = case_new();
    it.then->plan_amount = 11;
    Override *override = world_override(it.now, 0, 50);
    ck_assert_int_eq(look(&it, -1), 0);
    override->expires_at = IN_DAYS(it.now, 20);
    ck_assert_int_eq(look(&it, -1), 0);
    override->expires_at = IN_DAYS(it.now, 3); /* over by then: what the plan gives is what they have */
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_AMOUNT, "message", 5, 11);
    override->expires_at = INSTANT_MAX;
    override->kind = OVERRIDE_MULTIPLIER;
    override->multiplier = 2;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_AMOUNT, "message", 10, 22);
}
END_TEST

START_TEST(limits_that_come_and_go)
{
    g_auto(Case) it = case_new();
    Limit *weekly = world_limit(it.next, 1, "weekly", 20, "week");
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_LIMIT, "message", 0, 20);
    weekly->mode = MODE_SHADOW; /* stops nobody */
    ck_assert_int_eq(look(&it, -1), 0);
    it.then->mode = MODE_OFF;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_NO_LIMIT, "message", 5, 0);
    weekly->mode = MODE_ENFORCE;
    weekly->scope = SCOPE_ORGANIZATION;
    it.now->subject.organization = NULL; /* on their own: a pool is not theirs */
    ck_assert_int_eq(look(&it, -1), 1);
}
END_TEST

START_TEST(features_that_come_and_go)
{
    g_auto(Case) it = case_new();
    it.next->lists[1] = false;
    it.next->plan.limit_count = 0;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_NO_FEATURE, "message", 0, 0);
    it.next->lists[1] = true;
    it.next->plan.limit_count = 1;
    it.then->plan_amount = 0;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_NO_FEATURE, "message", 0, 0);
    it.then->plan_amount = 5;
    it.daily->plan_amount = 0;
    world_limit(it.next, world_feature(it.next, "image", -1), "monthly", 9, "month");
    ck_assert_int_eq(look(&it, -1), 2);
    assert_change(&it, 0, COMING_FEATURE, "message", 0, 5);
    assert_change(&it, 1, COMING_FEATURE, "image", 0, 9);
    ck_assert_int_eq(look(&it, 0), 1);
}
END_TEST

START_TEST(a_plan_that_is_no_more)
{
    g_auto(Case) it = case_new();
    it.next->plan.key = (char *)"basic";
    it.then->plan_amount = 3;
    ck_assert_int_eq(look(&it, -1), 2);
    ck_assert_int_eq(g_array_index(it.changes, ComingChange, 0).kind, COMING_PLAN);
    assert_change(&it, 1, COMING_AMOUNT, "message", 5, 3);
    g_array_set_size(it.changes, 0);
    coming_of_plans(&it.now->policy, &it.next->policy, it.now->now, it.changes);
    ck_assert_uint_eq(it.changes->len, 1);
    ck_assert_ptr_null(g_array_index(it.changes, ComingChange, 0).then);
}
END_TEST

START_TEST(bonuses_of_the_plan)
{
    g_auto(Case) it = case_new();
    PlanGrant now[] = {{.key = (char *)"weekly", .feature = 0, .amount = 5}, {.key = (char *)"welcome", .feature = 1, .amount = 3}};
    PlanGrant then[] = {{.key = (char *)"weekly", .feature = 1, .amount = 5}, {.key = (char *)"welcome", .feature = 0, .amount = 3}};
    now[0].every = then[0].every = (WindowSpec){.unit = WINDOW_WEEK, .count = 1, .align = ALIGN_ANCHOR};
    it.now->plan.grants = now;
    it.next->plan.grants = then;
    it.now->plan.grant_count = it.next->plan.grant_count = 2;
    world_limit(it.now, 1, "files", 5, "day");
    world_limit(it.next, 0, "files", 5, "day");
    ck_assert_int_eq(look(&it, -1), 0);
    then[0].amount = 20;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_BONUS, "message", 5, 20);
    ck_assert_int_eq(look(&it, 1), 0); /* files are not concerned */
    then[0].amount = 5;
    then[0].every.unit = WINDOW_MONTH; /* as much, less often */
    ck_assert_int_eq(look(&it, -1), 1);
    then[0].every = then[1].every;     /* once */
    ck_assert_int_eq(look(&it, -1), 1);
    it.next->plan.grants = &then[1];
    it.next->plan.grant_count = 1;
    ck_assert_int_eq(look(&it, -1), 1);
    assert_change(&it, 0, COMING_NO_BONUS, "message", 5, 0);
    then[1].key = (char *)"hello"; /* another one */
    ck_assert_int_eq(look(&it, -1), 3);
    assert_change(&it, 1, COMING_NO_BONUS, "file", 3, 0);
    assert_change(&it, 2, COMING_NEW_BONUS, "file", 0, 3);
    it.next->lists[0] = it.next->lists[1] = false; /* no bonus of what is not part of the plan */
    ck_assert_int_eq(look(&it, -1), 2);
    assert_change(&it, 1, COMING_NO_FEATURE, "file", 0, 0);
    it.now->plan.grant_count = it.next->plan.grant_count = 0;
    it.now->plan.grants = it.next->plan.grants = NULL;
}
END_TEST

int main(void)
{
    const TTest *tests[] = {
        the_same_is_no_change, amounts_and_windows, what_is_above_the_plan_stays, limits_that_come_and_go, features_that_come_and_go,
        a_plan_that_is_no_more, bonuses_of_the_plan,
    };
    return run_tests("coming", tests, G_N_ELEMENTS(tests), 10);
}
