/* What Linux says of its processors, and how long a batch waits by it. */
#include "base/tempo.h"

#include <check.h>

START_TEST(the_line_is_read_whole)
{
    BusyTicks ticks;
    ck_assert(busy_parse("cpu  100 20 30 400 50 6 7 8 0 0", &ticks));
    ck_assert_int_eq(ticks.all, 621);
    ck_assert_int_eq(ticks.idle, 470); /* idle, waiting for disks, and what is nice to others */
    ck_assert(!busy_parse("cpu  100 20 30", &ticks));
    ck_assert(!busy_parse("", &ticks));
    ck_assert_int_eq(ticks.all, 0);
}
END_TEST

START_TEST(a_share_lies_between_none_and_all)
{
    ck_assert_double_eq_tol(busy_idle_share((BusyTicks){10, 100}, (BusyTicks){15, 120}), 0.25, 1e-9);
    ck_assert_double_eq_tol(busy_idle_share((BusyTicks){10, 100}, (BusyTicks){10, 100}), 1, 1e-9);
    ck_assert_double_eq_tol(busy_idle_share((BusyTicks){10, 100}, (BusyTicks){5, 120}), 0, 1e-9); /* iowait may go back */
}
END_TEST

START_TEST(this_machine_tells)
{
    BusyTicks ticks;
    ck_assert(busy_read(&ticks));
    ck_assert_int_gt(ticks.all, ticks.idle);
    ck_assert_int_gt(ticks.idle, 0);
}
END_TEST

START_TEST(a_busy_machine_waits_longer_up_to_a_bound)
{
    int64_t wait = 0;
    for (int i = 0; i < 3; i++) {
        int64_t next = tempo_next(wait, 0.02);
        ck_assert_int_gt(next, wait);
        wait = next;
    }
    for (int i = 0; i < 100; i++)
        wait = tempo_next(wait, 0.02);
    ck_assert_int_eq(wait, TEMPO_MOST_US);
    ck_assert_int_eq(tempo_next(wait, 0.13), wait);
}
END_TEST

START_TEST(an_idle_machine_soon_waits_no_more)
{
    int64_t wait = TEMPO_MOST_US;
    for (int i = 0; i < 7; i++)
        wait = tempo_next(wait, 0.5);
    ck_assert_int_eq(wait, 0);
    ck_assert_int_eq(tempo_next(0, 1), 0);
}
END_TEST

START_TEST(after_a_pause_nothing_is_known)
{
    Tempo tempo = {.wait_us = 2000, .looked_us = 1000000};
    ck_assert_int_eq(tempo_wait_us(&tempo, 1000000 + TEMPO_LOOK_US / 2), 2000);
    ck_assert_int_eq(tempo_wait_us(&tempo, 1000000 + 60 * TEMPO_LOOK_US), 0);
    Tempo fresh = {0};
    ck_assert_int_eq(tempo_wait_us(&fresh, 5), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("busy");
    TCase *all = tcase_create("all");
    tcase_add_test(all, the_line_is_read_whole);
    tcase_add_test(all, a_share_lies_between_none_and_all);
    tcase_add_test(all, this_machine_tells);
    tcase_add_test(all, a_busy_machine_waits_longer_up_to_a_bound);
    tcase_add_test(all, an_idle_machine_soon_waits_no_more);
    tcase_add_test(all, after_a_pause_nothing_is_known);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
