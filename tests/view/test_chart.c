/* The geometry of the chart of days. */
#include "base/base.h"

#include <check.h>

#include "view/chart.h"

START_TEST(scales_are_round)
{
    static const struct {
        int64_t number, round;
    } cases[] = { { 0, 1 }, { 1, 1 }, { 2, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }, { 9, 10 }, { 11, 20 }, { 61, 80 }, { 100, 100 }, { 101, 200 },
                  { UNITS_MAX, INT64_C(10000000000000000) } };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ck_assert_int_eq(chart_round(cases[i].number), cases[i].round);
}
END_TEST

START_TEST(bars_have_their_heights)
{
    static const ChartDay days[] = { { 0, 0 }, { 1, 0 }, { 10, 3 }, { 20, 0 }, { 1, 4 } };
    Chart chart;
    chart_lay(&chart, days, 5, -1);
    ck_assert_int_eq(chart.used_top, 20);
    ck_assert_int_eq(chart.refused_top, 4);
    ck_assert_int_eq(chart.bars[0].used, 0);
    ck_assert_int_eq(chart.bars[0].refused, 0);
    ck_assert_int_eq(chart.bars[1].used, 70);
    ck_assert_int_eq(chart.bars[2].used, 700);
    ck_assert_int_eq(chart.bars[2].refused, 300);
    ck_assert_int_eq(chart.bars[3].used, CHART_USED_PX * CHART_TENTHS);
    ck_assert_int_eq(chart.bars[4].refused, CHART_REFUSED_PX * CHART_TENTHS);
    ck_assert_int_eq(chart.limit, -1);
    ck_assert(!chart.limit_above);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(chart.bars[i].width, 800);
        ck_assert_int_eq(chart.bars[i].at, 2000 * i + 600);
    }
}
END_TEST

/* Something is seen, however little; and what is drawn stays inside, however much. */
START_TEST(extremes)
{
    static const ChartDay days[] = { { UNITS_MAX, UNITS_MAX }, { 1, 1 }, { -5, 0 } };
    Chart chart;
    chart_lay(&chart, days, 3, (double)UNITS_MAX * 3);
    ck_assert_int_gt(chart.bars[0].used, 0);
    ck_assert_int_le(chart.bars[0].used, CHART_USED_PX * CHART_TENTHS);
    ck_assert_int_gt(chart.bars[1].used, 0);
    ck_assert_int_gt(chart.bars[1].refused, 0);
    ck_assert_int_eq(chart.bars[2].used, 0);
    ChartDay many[CHART_DAYS_MAX] = { { 1, 1 } };
    chart_lay(&chart, many, CHART_DAYS_MAX, 0);
    ck_assert_int_le(chart.bars[89].at + chart.bars[89].width, CHART_ACROSS);
    ck_assert_int_eq(chart.bars[89].width, 78);
    chart_lay(&chart, many, 0, 0);
    ck_assert_int_eq(chart.count, 0);
}
END_TEST

START_TEST(the_limit_is_drawn_where_it_hides_nothing)
{
    static const ChartDay days[] = { { 5, 0 }, { 3, 0 } }, none[] = { { 0, 0 }, { 0, 2 } };
    Chart chart;
    chart_lay(&chart, days, 2, 10);
    ck_assert_int_eq(chart.used_top, 10);
    ck_assert_int_eq(chart.limit, CHART_USED_PX * CHART_TENTHS);
    chart_lay(&chart, days, 2, 3.25);
    ck_assert_int_eq(chart.used_top, 6);
    ck_assert_int_eq(chart.limit, 758);
    chart_lay(&chart, days, 2, 20);
    ck_assert_int_eq(chart.used_top, 20);
    chart_lay(&chart, days, 2, 21);
    ck_assert(chart.limit_above);
    ck_assert_int_eq(chart.limit, -1);
    ck_assert_int_eq(chart.used_top, 6);
    chart_lay(&chart, none, 2, 1000);
    ck_assert(!chart.limit_above);
    ck_assert_int_eq(chart.used_top, 1000);
}
END_TEST

static void assert_text(void (*add)(GString *out, int number), int number, const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    add(out, number);
    ck_assert_str_eq(out->str, text);
}

START_TEST(lengths_as_text)
{
    assert_text(chart_add_across, 3333, "33.33");
    assert_text(chart_add_across, 3300, "33");
    assert_text(chart_add_across, 5, "0.05");
    assert_text(chart_add_across, 50, "0.5");
    assert_text(chart_add_across, 10000, "100");
    assert_text(chart_add_tenths, 125, "12.5");
    assert_text(chart_add_tenths, 1400, "140");
    assert_text(chart_add_tenths, 0, "0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chart");
    TCase *tests = tcase_create("chart");
    tcase_add_test(tests, scales_are_round);
    tcase_add_test(tests, bars_have_their_heights);
    tcase_add_test(tests, extremes);
    tcase_add_test(tests, the_limit_is_drawn_where_it_hides_nothing);
    tcase_add_test(tests, lengths_as_text);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
