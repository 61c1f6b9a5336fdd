/* Reports: the target has one edge, wherever it is told. */
#include "base/base.h"

#include <check.h>

#include "view/report.h"

START_TEST(exactly_the_target_is_not_within_it)
{
    ck_assert(report_on_target(0, 0));
    ck_assert(report_on_target(0, 10));
    ck_assert(report_on_target(4, 100));
    ck_assert(!report_on_target(5, 100));
    ck_assert(report_on_target(499, 10000)); /* said as 5 % */
    ck_assert(!report_on_target(1, 1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");
    tcase_add_test(tests, exactly_the_target_is_not_within_it);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
