/* What those who support people may give alone. */
#include <check.h>

#include "domain/ceiling.h"

static Limit limits[] = {{.key = (char *) "day", .feature = 1, .plan_amount = 10, .scope = SCOPE_SUBJECT},
                         {.key = (char *) "month", .feature = 1, .plan_amount = 100, .scope = SCOPE_SUBJECT},
                         {.key = (char *) "pool", .feature = 1, .plan_amount = 5, .scope = SCOPE_ORGANIZATION},
                         {.key = (char *) "free", .feature = 2, .plan_amount = AMOUNT_UNLIMITED, .scope = SCOPE_SUBJECT},
                         {.key = (char *) "none", .feature = 3, .plan_amount = 0, .scope = SCOPE_SUBJECT}};
static const Plan plan = {.limits = limits, .limit_count = G_N_ELEMENTS(limits)};
static const Feature features[] = {{.index = 0}, {.index = 1}, {.index = 2}, {.index = 3}};
static const Policy policy = {.support = {.multiplier = 2.9, .days = 30}}, without = {.version = 1};

static bool override(int feature, const char *limit, OverrideKind kind, int64_t amount, double multiplier)
{
    bool allowed = ceiling_allows_override(&policy, &plan, &features[feature], limit, kind, amount, multiplier);
    ck_assert(!allowed || !ceiling_allows_override(&without, &plan, &features[feature], limit, kind, amount, multiplier));
    return allowed;
}

START_TEST(overrides_go_up_to_the_multiple_of_each_limit_of_their_own)
{
    ck_assert(override(1, "day", OVERRIDE_AMOUNT, 29, 1) && !override(1, "day", OVERRIDE_AMOUNT, 30, 1));
    ck_assert(override(1, "month", OVERRIDE_AMOUNT, 290, 1) && !override(1, "month", OVERRIDE_AMOUNT, 291, 1));
    ck_assert(override(1, NULL, OVERRIDE_AMOUNT, 29, 1) && !override(1, NULL, OVERRIDE_AMOUNT, 30, 1)); /* all at once: the least */
    ck_assert(override(1, NULL, OVERRIDE_MULTIPLIER, 0, 2.9) && !override(1, NULL, OVERRIDE_MULTIPLIER, 0, 2.91));
    ck_assert(!override(1, "day", OVERRIDE_UNLIMITED, AMOUNT_UNLIMITED, 1));
    ck_assert(!override(1, "pool", OVERRIDE_AMOUNT, 1, 1) && !override(1, "other", OVERRIDE_AMOUNT, 1, 1) && !override(0, NULL, OVERRIDE_MULTIPLIER, 0, 1));
    ck_assert(!override(2, NULL, OVERRIDE_AMOUNT, 5, 1)); /* less than everything: for somebody else to say */
    ck_assert(!override(3, NULL, OVERRIDE_AMOUNT, 1, 1) && override(3, NULL, OVERRIDE_AMOUNT, 0, 1));
}
END_TEST

START_TEST(bonuses_go_up_to_what_is_above_the_plan)
{
    ck_assert(ceiling_allows_bonus(&policy, &plan, &features[1], 19) && !ceiling_allows_bonus(&policy, &plan, &features[1], 20));
    ck_assert(!ceiling_allows_bonus(&without, &plan, &features[1], 1) && !ceiling_allows_bonus(&policy, &plan, &features[0], 1));
    ck_assert(!ceiling_allows_bonus(&policy, &plan, &features[3], 1) && !ceiling_allows_bonus(&policy, &plan, &features[2], 1));
    ck_assert(!ceiling_allows_bonus(&policy, &plan, &features[1], UNITS_MAX));
}
END_TEST

START_TEST(they_end)
{
    Instant now = 1000 * US_PER_S, last = now + INT64_C(30) * 86400 * US_PER_S;
    ck_assert(ceiling_allows_until(&policy, last, now) && !ceiling_allows_until(&policy, last + 1, now));
    ck_assert(!ceiling_allows_until(&policy, INSTANT_MAX, now) && !ceiling_allows_until(&without, now + 1, now));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ceiling");
    TCase *tests = tcase_create("ceiling");
    tcase_add_test(tests, overrides_go_up_to_the_multiple_of_each_limit_of_their_own);
    tcase_add_test(tests, bonuses_go_up_to_what_is_above_the_plan);
    tcase_add_test(tests, they_end);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
