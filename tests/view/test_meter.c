/* The meter: lengths that agree with the words beside it, at both ends and for absurd numbers. */
#include "base/base.h"

#include <check.h>

#include "view/meter.h"

static UsageLine measured(int64_t amount, int64_t used, int64_t held, int64_t bonus)
{
    static Limit limit;
    return (UsageLine){ .limit = &limit, .amount = amount, .used = used, .held = held, .bonus = bonus };
}

static char *length_of(int thousandths)
{
    GString *out = g_string_new(NULL);
    meter_add_length(out, thousandths);
    return g_string_free(out, FALSE);
}

START_TEST(meter_lengths)
{
    static const struct {
        int64_t amount, used, held, bonus;
        Meter meter;
    } cases[] = {
        { 15, 5, 0, 0, { 333, 0, 0 } },
        { 15, 12, 1, 0, { 800, 66, 0 } },
        { 1, 0, 0, 2, { 0, 0, 666 } },
        { 10, 10, 0, 0, { 1000, 0, 0 } },
        { 3, 5, 0, 0, { 1000, 0, 0 } },          /* lowered below what was used */
        { 1000000, 1, 0, 0, { 10, 0, 0 } },      /* something used is seen */
        { 1000000, 999999, 0, 0, { 990, 0, 0 } }, /* something left is seen */
        { 10, 0, 10, 0, { 0, 1000, 0 } },
        { 3, 2, 1, 0, { 667, 333, 0 } },
        { UNITS_MAX, UNITS_MAX, 0, 0, { 1000, 0, 0 } },
        { UNITS_MAX, UNITS_MAX - 1, 0, 0, { 990, 0, 0 } },
        { 0, 0, 0, 5, { 0, 0, 1000 } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        UsageLine line = measured(cases[i].amount, cases[i].used, cases[i].held, cases[i].bonus);
        Meter meter = { -1, -1, -1 };
        ck_assert_msg(meter_of(&line, &meter), "case %zu has no meter", i);
        bool same = memcmp(&meter, &cases[i].meter, sizeof meter) == 0;
        ck_assert_msg(same, "case %zu is %d, %d, %d", i, meter.used, meter.held, meter.bonus);
    }
}
END_TEST

/* Over a grid of small numbers and odd large ones: within bounds, parts seen, full only when nothing is left. */
START_TEST(meter_promises)
{
    static const int64_t some[] = { 0, 1, 2, 3, 99, 100, 1000003, UNITS_MAX };
    for (int i = 0; i < 8 * 8 * 8 * 8; i++) {
        UsageLine line = measured(some[i & 7], some[i >> 3 & 7], some[i >> 6 & 7], some[i >> 9]);
        Meter meter;
        if (!meter_of(&line, &meter)) {
            ck_assert(line.amount == 0 && line.bonus == 0);
            continue;
        }
        int sum = meter.used + meter.held + meter.bonus;
        int64_t left = line.amount - MIN(line.amount, line.used) - MIN(line.held, line.amount - MIN(line.amount, line.used));
        ck_assert(meter.used >= 0 && meter.held >= 0 && meter.bonus >= 0 && sum <= 1000);
        ck_assert((line.used > 0 && line.amount > 0) == (meter.used > 0));
        ck_assert(line.bonus > 0 || (left == 0) == (sum == 1000));
    }
}
END_TEST

START_TEST(meter_none)
{
    Meter meter;
    UsageLine unlimited = measured(AMOUNT_UNLIMITED, 3, 0, 0), nothing = measured(0, 0, 0, 0), unlisted = { 0 };
    ck_assert(!meter_of(&unlimited, &meter) && !meter_of(&nothing, &meter) && !meter_of(&unlisted, &meter));
    g_autofree char *full = length_of(1000), *part = length_of(666), *tenth = length_of(3);
    ck_assert_str_eq(full, "100");
    ck_assert_str_eq(part, "66.6");
    ck_assert_str_eq(tenth, "0.3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("meter");
    TCase *lengths = tcase_create("lengths");
    tcase_add_test(lengths, meter_lengths);
    tcase_add_test(lengths, meter_promises);
    tcase_add_test(lengths, meter_none);
    suite_add_tcase(suite, lengths);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
