/* The page for what went wrong: a clause for programs is a sentence for people. */
#include <check.h>

#include "view/view.h"

static void assert_detail(const char *detail, const char *shown)
{
    const PageContext context = { .mount = "/quota", .path = "/nowhere", .who = "ada", .signed_in = true };
    Value *value = view_error(404, "Not Found", detail, &context);
    const char *text = value_string(value_get(value, "detail"));
    if (shown)
        ck_assert_str_eq(text, shown);
    else
        ck_assert_ptr_null(text);
    value_free(value);
}

START_TEST(a_clause_becomes_a_sentence)
{
    assert_detail("there is nothing at this address", "There is nothing at this address.");
    assert_detail("This is one already.", "This is one already.");
    assert_detail(NULL, NULL);
}
END_TEST

START_TEST(a_status_has_words)
{
    const PageContext context = { .mount = "/quota", .path = "/nowhere" };
    g_autoptr(Value) known = view_error(405, "Method Not Allowed", NULL, &context);
    ck_assert_str_eq(value_string(value_get(known, "title")), "This address cannot be used that way");
    ck_assert_str_eq(value_string(value_get(value_get(known, "page"), "title")), "This address cannot be used that way");
    g_autoptr(Value) other = view_error(418, "I'm a teapot", NULL, &context);
    ck_assert_str_eq(value_string(value_get(other, "title")), "I'm a teapot");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error page");
    TCase *tests = tcase_create("error page");
    tcase_add_test(tests, a_clause_becomes_a_sentence);
    tcase_add_test(tests, a_status_has_words);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
