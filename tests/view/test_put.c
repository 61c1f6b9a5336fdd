/* JSON as text against what jansson makes of the same, byte for byte; and words against the formats of old. */
#include "base/base.h"

#include <check.h>
#include <jansson.h>

#include "view/put.h"
#include "view/view_parts.h"
#include "view/words.h"

static void assert_text(GString *text, const char *expected)
{
    ck_assert_str_eq(text->str, expected);
    ck_assert_uint_eq(text->len, strlen(expected));
    g_string_free(text, TRUE);
}

START_TEST(commas_and_names)
{
    GString *out = g_string_new(NULL);
    put_begin_object(out);
    put_object(out, "empty");
    put_end(out, '}');
    put_list(out, "list");
    put_number_value(out, 1);
    put_text_value(out, "{");
    put_begin_list(out);
    put_end(out, ']');
    put_begin_object(out);
    put_flag(out, "yes", true);
    put_flag(out, "no", false);
    put_end(out, '}');
    put_null_value(out);
    put_end(out, ']');
    put_text(out, "text", "[,");
    put_text(out, "none", NULL);
    put_instant(out, "at", INT64_C(1795366800) * US_PER_S + 999999);
    put_instant(out, "never", INSTANT_MAX);
    put_amount(out, "amount", 5);
    put_amount(out, "unlimited", AMOUNT_UNLIMITED);
    put_number_if(out, "unknown", false, 5);
    put_null(out, "nothing");
    put_end(out, '}');
    put_finish(out);
    assert_text(out, "{\"empty\":{},\"list\":[1,\"{\",[],{\"yes\":true,\"no\":false},null],\"text\":\"[,\",\"none\":null,"
                     "\"at\":\"2026-11-22T17:00:00Z\",\"never\":null,\"amount\":5,\"unlimited\":null,\"unknown\":null,\"nothing\":null}");
}
END_TEST

/* As jansson writes it, what is no UTF-8 replaced as everywhere. */
static char *string_by_jansson(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_auto_t *value = json_string(valid);
    return json_dumps(value, JSON_ENCODE_ANY);
}

static void string_is_as_jansson_writes_it(const char *text)
{
    char *expected = string_by_jansson(text);
    GString *whole = g_string_new(NULL), *pieces = g_string_new(NULL);
    put_text_value(whole, text);
    put_finish(whole);
    size_t began = put_words_value(pieces), half = strlen(text) / 2;
    text_add_len(pieces, text, half);
    text_add(pieces, text + half);
    put_words_end(pieces, began);
    put_finish(pieces);
    assert_text(pieces, expected);
    assert_text(whole, expected);
    free(expected);
}

/* Every byte at every place of a text, of short texts and of long ones. */
START_TEST(strings_of_every_byte_at_every_place)
{
    for (int byte = 1; byte < 256; byte++)
        for (int length = 1; length <= 36; length += length < 30 ? 7 : 1)
            for (int at = 0; at < length; at++) {
                char text[40];
                memset(text, at % 2 ? 'a' : '~', sizeof text);
                text[at] = (char)byte;
                text[length] = '\0';
                string_is_as_jansson_writes_it(text);
            }
}
END_TEST

START_TEST(strings_at_random)
{
    static const char *const bits[] = {"a", "\"", "\\", "/", "\n", "\x01", "\x1f", "\x7f", "é", "∞", "\xF0\x9F\x98\x80", "\xff",
                                       "\xed\xa0\x80", "\xc0\xaf", "\xe2\x80\xa8", "long enough to be copied at once ", "\xf4\x90\x80\x80"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 20000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_rand_int_range(random, 0, 12); n > 0; n--)
            g_string_append(text, bits[g_rand_int_range(random, 0, G_N_ELEMENTS(bits))]);
        string_is_as_jansson_writes_it(text->str);
    }
}
END_TEST

START_TEST(numbers_as_printf_writes_them)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    static const int64_t ends[] = {0, 1, -1, 9, 10, 99, 100, INT64_MAX, INT64_MIN, INT64_MIN + 1, UNITS_MAX, -UNITS_MAX};
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = (uint64_t)g_rand_int(random) << 32 | g_rand_int(random);
        int64_t number = i < (int)G_N_ELEMENTS(ends) ? ends[i] : (int64_t)bits >> g_rand_int_range(random, 0, 63);
        GString *out = g_string_new(NULL);
        g_autofree char *expected = g_strdup_printf("%" PRId64, number);
        text_add_number(out, number);
        assert_text(out, expected);
        g_autofree char *words = words_number(number);
        g_auto(GStrv) groups = g_strsplit(words, ",", -1);
        g_autofree char *joined = g_strjoinv("", groups);
        ck_assert_str_eq(joined, expected);
    }
}
END_TEST

/* The text grows from nothing, and is ended by a NUL after every step. */
START_TEST(texts_grow)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) expected = g_string_new(NULL);
    for (int i = 0; i < 5000; i++) {
        text_adds(out, "ab", "", "c");
        text_add_char(out, 'd');
        g_string_append(expected, "abcd");
        ck_assert_uint_eq(out->len, expected->len);
        ck_assert_int_eq(out->str[out->len], '\0');
    }
    ck_assert_str_eq(out->str, expected->str);
}
END_TEST

/* GLib knows these zones rightly until 2037. */
START_TEST(clocks_as_glib_reads_them)
{
    static const char *const zones[] = {"UTC", "America/New_York", "Europe/Dublin", "Asia/Kolkata", "Pacific/Apia",
                                        "Australia/Lord_Howe", "America/St_Johns"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int i = 0; i < 20000; i++) {
        const char *zone = zones[i % (int)G_N_ELEMENTS(zones)];
        int64_t minute = g_rand_int_range(random, 0, 67 * 366 * 24 * 60 / 64) * INT64_C(64) + g_rand_int_range(random, 0, 64);
        g_autoptr(GTimeZone) found = g_time_zone_new_identifier(zone);
        g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(minute * 60);
        g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, found);
        if (g_date_time_get_year(local) > 2036)
            continue;
        g_autofree char *time = words_time(minute * 60 * US_PER_S, zone, 0);
        g_autofree char *clock = words_clock(minute * 60 * US_PER_S, zone, 0);
        g_autofree char *day = words_day(minute * 60 * US_PER_S, zone, INSTANT_MIN);
        g_autofree char *plain = g_date_time_format(local, "%Y-%m-%d at %H:%M");
        g_autofree char *expected_clock = g_date_time_format(local, "%H:%M");
        g_autofree char *expected_day = g_date_time_format(local, "%-d %b %Y");
        g_autofree char *expected = g_strdup_printf("%s (%s)", plain, zone);
        ck_assert_str_eq(time, expected);
        ck_assert_str_eq(clock, expected_clock);
        ck_assert_str_eq(day, expected_day);
    }
}
END_TEST

START_TEST(windows_as_the_domain_writes_them)
{
    for (int unit = WINDOW_MINUTE; unit <= WINDOW_LIFETIME; unit++)
        for (int count = 1; count <= 1000; count += 37) {
            WindowSpec spec = {.unit = (WindowUnit)unit, .count = count};
            g_autofree char *text = window_text(&spec);
            g_autofree char *expected = g_strdup_printf("\"window\":\"%s\",", text);
            GString *out = g_string_new(NULL);
            put_window(out, &spec);
            assert_text(out, expected);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("put");
    TCase *tests = tcase_create("put");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, commas_and_names);
    tcase_add_test(tests, strings_of_every_byte_at_every_place);
    tcase_add_test(tests, strings_at_random);
    tcase_add_test(tests, numbers_as_printf_writes_them);
    tcase_add_test(tests, texts_grow);
    tcase_add_test(tests, windows_as_the_domain_writes_them);
    tcase_add_test(tests, clocks_as_glib_reads_them);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
