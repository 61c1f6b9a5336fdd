/* Escaping for HTML. */
#include <check.h>

#include "view/escape.h"

static char *escaped(const char *text, size_t length)
{
    GString *out = g_string_new("before|");
    escape_html(out, text, length);
    return g_string_free(out, FALSE);
}

static void check_escape(const char *text, const char *expected)
{
    g_autofree char *got = escaped(text, strlen(text));
    ck_assert_str_eq(got, expected);
}

START_TEST(markup_becomes_text)
{
    check_escape("<b class=\"x\" id='y'>Fish & Chips</b>",
                 "before|&lt;b class=&quot;x&quot; id=&#39;y&#39;&gt;Fish &amp; Chips&lt;/b&gt;");
    check_escape("&&", "before|&amp;&amp;");
    check_escape("&amp;", "before|&amp;amp;");
    check_escape("'", "before|&#39;");
}
END_TEST

START_TEST(the_rest_stays)
{
    check_escape("", "before|");
    check_escape("plain", "before|plain");
    check_escape("5 of 15 · ∞ \xff`=/\t\n", "before|5 of 15 · ∞ \xff`=/\t\n");
}
END_TEST

/* Wherever it stands in a text of any length, beside whatever: texts are looked through by the word. */
START_TEST(each_is_found_at_every_place)
{
    static const char *const marks[][2] = {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};
    for (size_t length = 1; length <= 24; length++)
        for (size_t at = 0; at < length; at++)
            for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
                g_autofree char *before = g_strnfill(at, '%'), *after = g_strnfill(length - at - 1, '=');
                g_autofree char *text = g_strconcat(before, marks[i][0], after, NULL);
                g_autofree char *expected = g_strconcat("before|", before, marks[i][1], after, NULL);
                check_escape(text, expected);
            }
}
END_TEST

START_TEST(only_the_five_change)
{
    for (int byte = 1; byte < 256; byte++) {
        char text = (char)byte;
        g_autofree char *got = escaped(&text, 1);
        bool same = got[strlen("before|")] == text && got[strlen("before|") + 1] == '\0';
        ck_assert_msg(same == !strchr("&<>\"'", text), "byte %d gives %s", byte, got);
    }
}
END_TEST

START_TEST(length_counts)
{
    GString *out = g_string_new(NULL);
    escape_html(out, "<a\0b><never>", 5);
    ck_assert_uint_eq(out->len, strlen("&lt;a") + 1 + strlen("b&gt;"));
    ck_assert_mem_eq(out->str, "&lt;a\0b&gt;", out->len);
    g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("escape");
    TCase *html = tcase_create("html");
    tcase_add_test(html, markup_becomes_text);
    tcase_add_test(html, the_rest_stays);
    tcase_add_test(html, each_is_found_at_every_place);
    tcase_add_test(html, only_the_five_change);
    tcase_add_test(html, length_counts);
    suite_add_tcase(suite, html);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
