/* The decision page: what was answered then, and what has become of it. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

static Templates *templates;

static const char *text_of(const Value *value, const char *name)
{
    const char *text = value_string(value_get(value, name));
    return text ? text : "(none)";
}

static const Value *row(const Value *page, size_t index)
{
    return value_item(value_get(page, "lines"), index);
}

static bool is_true(const Value *value, const char *name)
{
    return value_is_true(value_get(value, name));
}

static bool is_null(const Value *value, const char *name)
{
    const Value *member = value_get(value, name);
    return member && value_is_null(member); /* set, so that a template does not look further out */
}

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "decision", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

static void has(const char *html, const char *words)
{
    ck_assert_msg(strstr(html, words) != NULL, "'%s' is not in: %s", words, html);
}

START_TEST(stopped_and_stopped_still)
{
    g_autoptr(Value) page = decision_stopped();
    ck_assert_str_eq(text_of(page, "message"), "You've used your 1 menu upload for this week. You can use it again on "
                                               "2026-11-23 at 00:00 (America/New_York).");
    ck_assert_str_eq(text_of(page, "frees_in"), "in 9 h 51 min");
    ck_assert_str_eq(text_of(page, "asked_at"), "2026-11-22 at 14:05:20 (America/New_York)");
    ck_assert_str_eq(text_of(page, "ago"), "4 min ago");
    ck_assert(is_null(page, "room") && !is_true(page, "full_again") && is_null(page, "whose"));
    ck_assert(is_true(row(page, 0), "refused") && is_true(row(page, 0), "decided") && !is_true(row(page, 0), "freed"));
    ck_assert_str_eq(text_of(value_get(row(page, 0), "now"), "figures"), "1 of 1 menu uploads used this week");
}
END_TEST

START_TEST(room_again_by_now)
{
    g_autoptr(Value) page = decision_freed();
    ck_assert_str_eq(text_of(page, "room"), "13 left");
    ck_assert(is_null(page, "frees_in"));
    ck_assert(is_true(row(page, 0), "freed") && is_true(value_get(row(page, 0), "now"), "later"));
    ck_assert(is_true(row(page, 1), "refused") && !is_true(row(page, 1), "decided"));
    ck_assert(is_true(row(page, 2), "fits") && is_true(row(page, 2), "gone"));
    g_autofree char *html = rendered(decision_freed());
    has(html, "About <b>100</b> of 100");
    has(html, "25 a day: from plan Free, more while the account was new; 10 of it rolled over from before");
    has(html, "Bonus units could be spent beside it: 4 were left");
    has(html, "Counted from 2026-11-22 at 00:00 (America/New_York) until 2026-11-23 at 00:00 (America/New_York)");
    has(html, "<dt>For</dt><dd><bdi>Client 17</bdi></dd>");
}
END_TEST

START_TEST(used_up_once_more)
{
    g_autofree char *html = rendered(decision_full_again());
    has(html, "There was room again since, but there is none now.");
}
END_TEST

START_TEST(allowed_with_all_that_came_of_it)
{
    g_autofree char *html = rendered(decision_allowed());
    has(html, "<h1 class=\"message\">Allowed: 3 menu generations</h1>");
    has(html, "50 a day: changed for this account, instead of 15 a day on plan Free");
    has(html, "On trial: it would have stopped it");
    has(html, "<dt>Reservation</dt><dd>Committed</dd>");
    has(html, "<dt>Given back</dt><dd>1 of them, later</dd>");
    has(html, "3 asked for, 3 held");
}
END_TEST

START_TEST(no_limit_was_the_reason)
{
    g_autofree char *html = rendered(decision_not_listed());
    has(html, "Priority exports are not part of Free. Pro has 50 a day.");
    ck_assert_ptr_null(strstr(html, "<section"));
}
END_TEST

START_TEST(records_that_nobody_asked_for)
{
    g_autoptr(Value) page = decision_refund();
    ck_assert(is_null(page, "message") && !is_true(page, "allowed") && is_null(row(page, 0), "asked"));
    g_autofree char *html = rendered(decision_refund());
    has(html, "Given back: 3 Get Solution requests");
}
END_TEST

START_TEST(others_decisions_say_whose)
{
    g_autofree char *html = rendered(decision_hostile());
    has(html, "<dt>Whose</dt><dd><bdi>&lt;script&gt;");
    ck_assert_ptr_null(strstr(html, "<script>alert"));
    ck_assert_ptr_null(strstr(html, "What you can do now"));
    has(html, " are used.");
    ck_assert_ptr_null(strstr(html, "You&#39;ve"));
    ck_assert_ptr_null(strstr(html, "You can"));
    has(html, "href=\"/%22%3E%3Cscript%3Ealert(1)%3C/script%3E\"");
}
END_TEST

int main(void)
{
    templates = sample_templates("templates");
    Suite *suite = suite_create("decision page");
    TCase *tests = tcase_create("decision page");
    tcase_add_test(tests, stopped_and_stopped_still);
    tcase_add_test(tests, room_again_by_now);
    tcase_add_test(tests, used_up_once_more);
    tcase_add_test(tests, allowed_with_all_that_came_of_it);
    tcase_add_test(tests, no_limit_was_the_reason);
    tcase_add_test(tests, records_that_nobody_asked_for);
    tcase_add_test(tests, others_decisions_say_whose);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
