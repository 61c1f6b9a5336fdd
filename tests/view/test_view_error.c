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

int main(void)
{
    Suite *suite = suite_create("error page");
    TCase *tests = tcase_create("error page");
    tcase_add_test(tests, a_clause_becomes_a_sentence);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
