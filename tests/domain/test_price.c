/* What a label of a price says, and what one unit comes to. */
#include <check.h>

#include "domain/price.h"

START_TEST(labels_that_say_an_amount_and_a_period)
{
    static const struct {
        const char *label, *before, *after;
        double amount;
        WindowUnit period;
    } rows[] = {
        {"₹199 a month", "₹", "", 199, WINDOW_MONTH},    {"$9 a month", "$", "", 9, WINDOW_MONTH},
        {"9.90 €/year", "", " €", 9.90, WINDOW_YEAR},    {"9,90 € per week", "", " €", 9.90, WINDOW_WEEK},
        {"EUR 1,299.50 a year", "EUR ", "", 1299.5, WINDOW_YEAR}, {"US$0 / day", "US$", "", 0, WINDOW_DAY},
        {"12 per month", "", "", 12, WINDOW_MONTH},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Price price;
        ck_assert_msg(price_read(rows[i].label, &price), "%s", rows[i].label);
        ck_assert_str_eq(price.before, rows[i].before);
        ck_assert_str_eq(price.after, rows[i].after);
        ck_assert_double_eq_tol(price.amount, rows[i].amount, 1e-9);
        ck_assert_int_eq(price.period, rows[i].period);
    }
}
END_TEST

START_TEST(others_are_only_labels)
{
    static const char *const labels[] = {"", "$5", "0 €", "free", "from $9 a month", "$9 a month, billed yearly", "$9 a month ",
                                         "1.299 € a month", "$1,29,9 a month", "-9 a month", "$9 every month", "$ a month", "$9 to $12 a month",
                                         "$99999999999 a month", "<script>9 a month", "a month $9", "\xff 9 a month"};
    Price price;
    ck_assert(!price_read(NULL, &price));
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        ck_assert_msg(!price_read(labels[i], &price), "%s", labels[i]);
}
END_TEST

static double cost(const char *label, Limit *limits, int count)
{
    const Feature feature = {.index = 1};
    Price price;
    ck_assert(price_read(label, &price));
    return price_of_unit(&price, &(Plan){.limits = limits, .limit_count = count}, &feature);
}

START_TEST(one_unit_of_all_that_the_plan_gives)
{
    Limit limits[] = {{.feature = 1, .plan_amount = 100, .window = {.unit = WINDOW_DAY, .count = 1}},
                      {.feature = 1, .plan_amount = 1500, .window = {.unit = WINDOW_MONTH, .count = 1}},
                      {.feature = 2, .plan_amount = 1, .window = {.unit = WINDOW_MONTH, .count = 1}}};
    ck_assert_double_eq_tol(cost("₹199 a month", limits, 1), 199.0 / 3000, 1e-9);
    ck_assert_double_eq_tol(cost("₹199 a month", limits, 3), 199.0 / 1500, 1e-9); /* the one that gives least */
    ck_assert_double_eq_tol(cost("₹199 a year", limits + 1, 1), 199.0 / 18000, 1e-9);
    ck_assert_double_eq_tol(cost("$0 a month", limits, 1), 0, 1e-9);
    limits[0].window = (WindowSpec){.unit = WINDOW_DAY, .count = 28};
    ck_assert_double_eq_tol(cost("$7 a week", limits, 1), 7 / (100 * 7.0 / 28), 1e-9);
}
END_TEST

START_TEST(limits_that_say_nothing_of_a_price)
{
    Limit others[] = {{.plan_amount = AMOUNT_UNLIMITED}, {.plan_amount = 0}, {.plan_amount = 5, .mode = MODE_SHADOW},
                      {.plan_amount = 5, .scope = SCOPE_ORGANIZATION}, {.plan_amount = 5, .on_exceed = EXCEED_ALLOW},
                      {.plan_amount = 5, .window.unit = WINDOW_HOUR}, {.plan_amount = 5, .window.unit = WINDOW_LIFETIME}};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        others[i].feature = 1;
        others[i].window.count = 1;
        if (others[i].window.unit == WINDOW_MINUTE)
            others[i].window.unit = WINDOW_MONTH;
        ck_assert_msg(cost("$9 a month", &others[i], 1) == 0, "limit %zu", i);
    }
    ck_assert(cost("$9 a month", others, 0) == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("price");
    TCase *tests = tcase_create("price");
    tcase_add_test(tests, labels_that_say_an_amount_and_a_period);
    tcase_add_test(tests, others_are_only_labels);
    tcase_add_test(tests, one_unit_of_all_that_the_plan_gives);
    tcase_add_test(tests, limits_that_say_nothing_of_a_price);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
