/* A refusal written from the one before it reads as if it had been written anew, at whatever time, or is not written that way. */
#include "view/answers_sample.h"

#include "view/view.h"

#define PAIRS 200000

static Site *site;

static void start(void)
{
    site = site_new();
}

static void stop(void)
{
    g_free(site);
}

/* Two limits, of which the first refuses; they reset `first_us` and `second_us` from now. */
static Answer *refused(Instant at, Instant first, Instant second)
{
    Answer *answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_LIMIT, at);
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 2, 2, first));
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 1, 2, second));
    answer->lines[0].refused = true;
    answer->lines[0].frees_at = first;
    answer->lines[1].refused = false;
    answer->lines[1].frees_at = at; /* it would fit at once */
    answer->deciding = 0;
    return answer;
}

static void set_id(Answer *answer, const char *id)
{
    g_free(answer->id);
    answer->id = g_strdup(id);
}

/* Moments like those of windows: on the minute, or on some second of it. */
static Instant moment(GRand *random, Instant from)
{
    static const int64_t ranges[] = {2 * MINUTE_US, HOUR_US, 2 * HOUR_US, DAY_US, 2 * DAY_US, 400 * DAY_US};
    int64_t range = ranges[g_rand_int_range(random, 0, G_N_ELEMENTS(ranges))];
    Instant at = from + (Instant)(g_rand_double(random) * (double)range);
    return g_rand_boolean(random) ? at - at % MINUTE_US : at - at % US_PER_S;
}

START_TEST(it_reads_as_if_written_anew)
{
    GRand *random = g_rand_new_with_seed(20260107);
    int times = 0;
    for (int i = 0; i < PAIRS; i++) {
        Instant at = instant("2025-12-28T12:00:00Z") + (Instant)(g_rand_double(random) * 400.0 * (double)DAY_US);
        Instant first = moment(random, at), second = moment(random, at);
        if (i % 16 == 0)
            first = at + (i % 32 ? DAY_US : HOUR_US); /* right where the words change */
        Instant later = at + (Instant)(g_rand_double(random) * (g_rand_boolean(random) ? 90e6 : i % 3 ? 3e6 : 3));
        g_autoptr(Answer) one = refused(at, first, second);
        g_autoptr(Answer) other = refused(later, first, second);
        set_id(one, "dec_00one");
        set_id(other, "dec_00another");
        GString *written = view_refusal(one, "/quota"), *expected = view_refusal(other, "/quota");
        RefusalText *kept = view_refusal_keep(one, "/quota", written);
        GString *again = kept ? view_refusal_again(kept, other, "/quota") : NULL;
        if (again) {
            ck_assert_str_eq(again->str, expected->str);
            ck_assert_uint_eq(again->len, expected->len);
            g_string_free(again, TRUE);
            times++;
        }
        view_refusal_text_free(kept);
        g_string_free(written, TRUE);
        g_string_free(expected, TRUE);
    }
    g_rand_free(random);
    ck_assert_int_gt(times, PAIRS / 10);
}
END_TEST

typedef struct {
    const char *name, *id, *other_id, *mount;
    int64_t units;
    bool again;
} Case;

static const Case cases[] = {
    {"the same", "dec_1", "dec_2", "/quota", 1, true},
    {"other units", "dec_1", "dec_2", "/quota", 2, false},
    {"another mount", "dec_1", "dec_2", "/other", 1, false},
    {"no mount", "dec_1", "dec_2", NULL, 1, false},
    {"an id that is a part of other words", "day", "dec_2", "/quota", 1, false},
    {"an id that is to be escaped", "dec%", "dec_2", "/quota", 1, false},
    {"another id that is to be escaped", "dec_1", "dec\"2", "/quota", 1, false},
};

START_TEST(it_is_written_anew_where_it_would_differ)
{
    const Case *one = &cases[_i];
    Instant at = instant("2025-12-28T12:00:30Z"), resets = instant("2025-12-29");
    g_autoptr(Answer) first = refused(at, resets, resets);
    g_autoptr(Answer) other = refused(at + US_PER_S, resets, resets);
    set_id(first, one->id);
    set_id(other, one->other_id);
    other->units = one->units;
    GString *written = view_refusal(first, "/quota");
    RefusalText *kept = view_refusal_keep(first, "/quota", written);
    GString *again = kept ? view_refusal_again(kept, other, one->mount) : NULL;
    ck_assert_msg((again != NULL) == one->again, "%s", one->name);
    if (again)
        g_string_free(again, TRUE);
    view_refusal_text_free(kept);
    g_string_free(written, TRUE);
}
END_TEST

START_TEST(a_window_that_goes_along_with_the_clock_is_not_kept)
{
    Instant at = instant("2025-12-28T12:00:30Z"), resets = instant("2025-12-29");
    g_autoptr(Answer) answer = refused(at, resets, resets);
    site->limits[FREE][0].window.align = ALIGN_ROLLING;
    GString *written = view_refusal(answer, "/quota");
    ck_assert_ptr_null(view_refusal_keep(answer, "/quota", written));
    g_string_free(written, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusals given again");
    TCase *tests = tcase_create("again");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, it_reads_as_if_written_anew);
    tcase_add_loop_test(tests, it_is_written_anew_where_it_would_differ, 0, (int)G_N_ELEMENTS(cases));
    tcase_add_test(tests, a_window_that_goes_along_with_the_clock_is_not_kept);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
