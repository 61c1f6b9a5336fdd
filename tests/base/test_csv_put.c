/* Comma-separated values that are safe to open. */
#include "base/csv_put.h"

#include <check.h>

static void assert_field(const char *text, const char *field)
{
    g_autoptr(GString) out = g_string_new(NULL);
    csv_put_text(out, text);
    csv_put_end(out);
    g_string_truncate(out, out->len - 2);
    ck_assert_str_eq(out->str, field);
}

START_TEST(fields)
{
    assert_field("plain", "plain");
    assert_field(NULL, "");
    assert_field("", "");
    assert_field("a,b", "\"a,b\"");
    assert_field("say \"so\"", "\"say \"\"so\"\"\"");
    assert_field("two\r\nlines", "\"two\r\nlines\"");
    assert_field(" led", "\" led\"");
    assert_field("ends ", "\"ends \"");
    assert_field("Grüße", "Grüße");
}
END_TEST

START_TEST(formulas_are_texts)
{
    assert_field("=1+1", "'=1+1");
    assert_field("+1", "'+1");
    assert_field("-1", "'-1");
    assert_field("@x", "'@x");
    assert_field("\t=1", "'\t=1");
    assert_field("\r=1", "\"'\r=1\"");
    assert_field("=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\"");
    assert_field("1=1", "1=1");
}
END_TEST

START_TEST(records)
{
    g_autoptr(GString) out = g_string_new(NULL);
    csv_put_text(out, "a");
    csv_put_number(out, -5);
    csv_put_text(out, NULL);
    csv_put_end(out);
    csv_put_text(out, "b");
    csv_put_end(out);
    ck_assert_str_eq(out->str, "a,-5,\r\nb\r\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv put");
    TCase *tests = tcase_create("csv put");
    tcase_add_test(tests, fields);
    tcase_add_test(tests, formulas_are_texts);
    tcase_add_test(tests, records);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
