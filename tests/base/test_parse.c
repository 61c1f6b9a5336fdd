/* Strict parsing, patterns and instants. */
#include <check.h>

#include "base/instant.h"
#include "base/parse.h"

START_TEST(whole_numbers_are_plain_digits)
{
    int64_t value = -1;
    ck_assert(parse_whole("0", 0, 9, &value) && value == 0);
    ck_assert(parse_whole("9007199254740991", 0, UNITS_MAX, &value) && value == UNITS_MAX);
    const char *const wrong[] = { "", "007", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "99999999999999999999" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!parse_whole(wrong[i], 0, INT64_MAX, &value), "%s", wrong[i]);
    ck_assert(!parse_whole(NULL, 0, 9, &value) && !parse_whole("10", 0, 9, &value) && !parse_whole("1", 2, 9, &value));
}
END_TEST

START_TEST(plain_text_hides_nothing)
{
    ck_assert(text_is_plain("Ada Lovelace", 12, 255) && text_is_plain("ádá", 5, 5));
    ck_assert(!text_is_plain("", 0, 255) && !text_is_plain("ab", 2, 1) && !text_is_plain(NULL, 1, 9));
    const char *const wrong[] = { "a\nb", "a\x7f", "\xc2\x85", "\xe2\x80\xae" "x", "\xe2\x81\xa6x", "\xef\xbb\xbfx", "\xc3", "\xc0\xaf", "\xe2\x80\xa8" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!text_is_plain(wrong[i], strlen(wrong[i]), 255), "%zu", i);
    ck_assert(!text_is_plain("a\0b", 3, 255));
}
END_TEST

START_TEST(what_is_hidden_is_shown_as_a_mark)
{
    const char *cases[][2] = {{"Ada", "Ada"}, {"", ""}, {"a\x07" "b\n", "a?b?"}, {"a\xe2\x80\xae" "b", "a?b"}, {"\xff", "\xef\xbf\xbd"},
                              {"12345678", "12345678"}, {"123456789", "12345678"}, {"1234567\xc3\xa1", "1234567"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *made = text_made_plain(cases[i][0], 8);
        ck_assert_str_eq(made, cases[i][1]);
        ck_assert(!*made || text_is_plain(made, strlen(made), 8));
    }
}
END_TEST

START_TEST(keys_are_short_and_lower_case)
{
    ck_assert(text_is_key("menu_upload") && text_is_key("a") && text_is_key("a-1"));
    ck_assert(!text_is_key("") && !text_is_key("1a") && !text_is_key("A") && !text_is_key("a b") && !text_is_key(NULL));
    ck_assert(!text_is_key("a0123456789012345678901234567890123456789012345678901234567890123456789"));
}
END_TEST

START_TEST(patterns_match_whole_texts)
{
    static const struct { const char *pattern, *text; bool matches; } cases[] = {
        { "claude-*", "claude-3-opus", true }, { "claude-*", "claude-", true }, { "claude-*", "xclaude-3", false },
        { "a*b*c", "aXXbYYc", true }, { "a*b*c", "aXXcYYb", false }, { "*", "", true }, { "", "", true }, { "", "a", false },
        { "?", "á", true }, { "?", "áb", false }, { "a?c", "abc", true }, { "?", "", false }, { "**a", "bba", true },
        { "A", "a", false }, { "?", "\xc3", true }, { "?", "\xe2\x80", true },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        ck_assert_msg(pattern_match(cases[i].pattern, cases[i].text) == cases[i].matches, "%s ~ %s", cases[i].pattern, cases[i].text);
}
END_TEST

START_TEST(instants_are_rfc_3339)
{
    Instant at = 0;
    ck_assert(instant_parse("2026-11-22T17:00:00Z", &at) && at == INT64_C(1795366800) * US_PER_S);
    ck_assert(instant_parse("2026-11-22T18:00:00.25+01:00", &at) && at == INT64_C(1795366800) * US_PER_S + 250000);
    ck_assert(instant_parse("2026-11-22", &at) && at == INT64_C(1795305600) * US_PER_S);
    const char *const wrong[] = { "", "2026", "2026-11-22T17:00", "2026-11-22T17:00:00", "2026-13-01", "2026-02-30", "2026-11-22T25:00:00Z",
                                  "2026-11-22T17:00:00.Z", "2026-11-22T17:00:00+1", "2026-W47-7", "20261122T170000Z", " 2026-11-22" };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!instant_parse(wrong[i], &at), "%s", wrong[i]);
    ck_assert(!instant_parse(NULL, &at));
}
END_TEST

START_TEST(instants_print_in_utc)
{
    g_autofree char *whole = instant_text(INT64_C(1795366800) * US_PER_S + 999999);
    g_autofree char *exact = instant_text_exact(INT64_C(1795366800) * US_PER_S + 250000);
    g_autofree char *before = instant_text(-1);
    ck_assert_str_eq(whole, "2026-11-22T17:00:00Z");
    ck_assert_str_eq(exact, "2026-11-22T17:00:00.25Z");
    ck_assert_str_eq(before, "1969-12-31T23:59:59Z");
    g_autofree char *first = instant_text(INT64_C(-62135596800) * US_PER_S);
    ck_assert_str_eq(first, "0001-01-01T00:00:00Z");
    ck_assert_ptr_null(instant_text(INSTANT_MAX));
    ck_assert_ptr_null(instant_text_exact(INSTANT_MIN));
}
END_TEST

/* As GLib writes it, but for years before 1000. */
static char *instant_by_glib(Instant at)
{
    int64_t seconds = at / US_PER_S - (at % US_PER_S < 0);
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *rest = time ? g_date_time_format(time, "-%m-%dT%H:%M:%SZ") : NULL;
    return time ? g_strdup_printf("%04d%s", g_date_time_get_year(time), rest) : NULL;
}

START_TEST(instants_print_as_glib_prints_them)
{
    static const int64_t edges_s[] = {-62135596800, 253402300799, 0, -1, 951782400, 4107542400, -2208988800, -30610224000};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
        Instant at = (Instant)bits >> g_rand_int_range(random, 0, 32);
        if (i < (int)G_N_ELEMENTS(edges_s) * 1000)
            at = edges_s[i / 1000] * US_PER_S + (i % 1000 - 500) * US_PER_S / 250;
        g_autofree char *text = instant_text(at), *expected = instant_by_glib(at);
        ck_assert_pstr_eq(text, expected);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");
    tcase_add_test(tests, whole_numbers_are_plain_digits);
    tcase_add_test(tests, plain_text_hides_nothing);
    tcase_add_test(tests, what_is_hidden_is_shown_as_a_mark);
    tcase_add_test(tests, keys_are_short_and_lower_case);
    tcase_add_test(tests, patterns_match_whole_texts);
    tcase_add_test(tests, instants_are_rfc_3339);
    tcase_add_test(tests, instants_print_in_utc);
    tcase_add_test(tests, instants_print_as_glib_prints_them);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
