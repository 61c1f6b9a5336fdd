/* The reader of comma-separated values, against RFC 4180. */
#include "cli/csv.h"

#include <check.h>

/* Everything read, as "LINE:field|field" lines; quoted fields stand in [], a mistake as "!AT:…". New string. */
static char *read_all(const char *text, size_t len)
{
    g_autofree char *copy = g_memdup2(text, len + 1);
    GString *out = g_string_new(NULL);
    g_auto(Csv) csv = { 0 };
    csv_begin(&csv, copy, len);
    while (csv_next(&csv)) {
        g_string_append_printf(out, "%d:", csv.line);
        if (csv.mistake)
            g_string_append_printf(out, "!%u:%s", csv.mistake_at, csv.mistake);
        for (guint i = 0; !csv.mistake && i < csv.fields->len; i++) {
            const CsvField *field = &g_array_index(csv.fields, CsvField, i);
            g_string_append_printf(out, field->quoted ? "%s[%s]" : "%s%s", i ? "|" : "", field->text);
        }
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

static const struct {
    const char *text, *read;
} cases[] = {
    { "", "" },
    { "\n\r\n\n", "" },
    { "a", "1:a\n" },
    { "a,b\nc,d\n", "1:a|b\n2:c|d\n" },
    { "a,b\r\nc,d", "1:a|b\n2:c|d\n" },
    { "\xef\xbb\xbf" "a,b\n", "1:a|b\n" },
    { "a,\n,b\n", "1:a|\n2:|b\n" },
    { ",", "1:|\n" },
    { "\"\"\n", "1:[]\n" },
    { "\"a,b\",\"c\"\"d\"\n", "1:[a,b]|[c\"d]\n" },
    { "\"\"\"\"", "1:[\"]\n" },
    { "\"a\r\nb\",c\nd,e\n", "1:[a\r\nb]|c\n3:d|e\n" },
    { "a,\"b\"\r\nc,\"d\"", "1:a|[b]\n2:c|[d]\n" },
    { "a\n\n\nb\n", "1:a\n4:b\n" },
    { " a , b \n", "1: a | b \n" },
    { "a,b\"c,d\ne\n", "1:!1:a quote stands in a field that has none around it\n2:e\n" },
    { "a,\"b\"c,d\ne\n", "1:!1:something follows the closing quote\n2:e\n" },
    { "a,\"b\" ,d\ne\n", "1:!1:something follows the closing quote\n2:e\n" },
    { "a\n\"b,c\nd\n", "1:a\n2:!0:a quote is never closed\n" },
    { "\"a\"\r", "1:!0:something follows the closing quote\n" },
    { "\"", "1:!0:a quote is never closed\n" },
};

START_TEST(reads)
{
    g_autofree char *read = read_all(cases[_i].text, strlen(cases[_i].text));
    ck_assert_str_eq(read, cases[_i].read);
}
END_TEST

/* Whatever fields hold, quoted as RFC 4180 says, comes back as it was. */
START_TEST(gives_back_what_was_written)
{
    static const char letters[] = "ab,\"\n\r ";
    g_autoptr(GRand) random = g_rand_new_with_seed(4180);
    for (int round = 0; round < 20000; round++) {
        GString *text = g_string_new(NULL), *expected = g_string_new("1:");
        int fields = g_rand_int_range(random, 1, 4);
        for (int f = 0; f < fields; f++) {
            g_string_append(text, f ? ",\"" : "\"");
            g_string_append(expected, f ? "|[" : "[");
            for (int c = g_rand_int_range(random, 0, 6); c > 0; c--) {
                char letter = letters[g_rand_int_range(random, 0, (int)sizeof letters - 1)];
                g_string_append_c(expected, letter);
                g_string_append_printf(text, letter == '"' ? "\"\"" : "%c", letter);
            }
            g_string_append_c(text, '"');
            g_string_append_c(expected, ']');
        }
        g_string_append(text, round % 2 ? "\r\n" : "");
        g_string_append_c(expected, '\n');
        g_autofree char *read = read_all(text->str, text->len);
        ck_assert_str_eq(read, expected->str);
        g_string_free(text, TRUE);
        g_string_free(expected, TRUE);
    }
}
END_TEST

/* Any bytes at all: it ends, and stays within the text (the sanitizer looks on). */
START_TEST(survives_anything)
{
    static const char letters[] = "a,\"\n\r";
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (int round = 0; round < 50000; round++) {
        char text[13] = { 0 };
        int len = g_rand_int_range(random, 0, 12);
        for (int i = 0; i < len; i++)
            text[i] = letters[g_rand_int_range(random, 0, (int)sizeof letters - 1)];
        g_autofree char *read = read_all(text, (size_t)len);
        ck_assert_ptr_nonnull(read);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *tests = tcase_create("csv");
    tcase_add_loop_test(tests, reads, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tests, gives_back_what_was_written);
    tcase_add_test(tests, survives_anything);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
