/* One feature in little: a fragment for other pages, or a small document for a frame. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

#define BYTES_MOST 2048

static Templates *templates;

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "widget", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

/* Byte by byte against golden/fragment-STYLE.html; GOLDEN=update writes it anew. */
static void is_golden(const char *html, WidgetStyle style)
{
    static const char *const names[] = {[WIDGET_CARD] = "card", [WIDGET_BAR] = "bar", [WIDGET_LINE] = "line"};
    g_autofree char *path = g_strdup_printf("tests/view/golden/fragment-%s.html", names[style]), *expected = NULL;
    if (g_strcmp0(g_getenv("GOLDEN"), "update") == 0)
        ck_assert(g_file_set_contents(path, html, -1, NULL));
    ck_assert_msg(g_file_get_contents(path, &expected, NULL, NULL), "%s is missing: GOLDEN=update writes it", path);
    ck_assert_str_eq(html, expected);
}

START_TEST(a_fragment_is_no_document)
{
    g_autofree char *html = rendered(sample_widget_used((WidgetStyle)_i, false));
    is_golden(html, (WidgetStyle)_i);
    ck_assert(g_str_has_prefix(html, "<link rel=\"stylesheet\" href=\"/quota/static/widget.css?v="));
    ck_assert_ptr_null(strstr(html, "<html"));
    ck_assert_ptr_null(strstr(html, "<h1"));
    ck_assert_ptr_null(strstr(html, "<script"));
    ck_assert_ptr_nonnull(strstr(html, "12 of 15 menu generations used today"));
    ck_assert_int_eq(strstr(html, "role=\"meter\"") != NULL, _i != WIDGET_LINE);
    ck_assert_int_eq(strstr(html, "Resets at 00:00 (America/New_York), in 9 h 55 min") != NULL, _i == WIDGET_CARD);
    ck_assert_msg(strlen(html) <= BYTES_MOST, "%zu bytes", strlen(html));
}
END_TEST

START_TEST(a_frame_is_one)
{
    g_autofree char *html = rendered(sample_widget_used((WidgetStyle)_i, true));
    ck_assert(g_str_has_prefix(html, "<!doctype html>"));
    ck_assert_ptr_nonnull(strstr(html, "target=\"_top\""));
    ck_assert_msg(strlen(html) <= BYTES_MOST, "%zu bytes", strlen(html));
}
END_TEST

START_TEST(what_cannot_be_used)
{
    g_autofree char *lacking = rendered(widget_not_included());
    ck_assert_ptr_nonnull(strstr(lacking, "Priority exports are not part of Free."));
    g_autofree char *suspended = rendered(widget_suspended());
    ck_assert_ptr_nonnull(strstr(suspended, "Your account is suspended"));
    ck_assert_ptr_null(strstr(suspended, "meter"));
}
END_TEST

START_TEST(names_are_only_names)
{
    g_autofree char *html = rendered(widget_hostile());
    ck_assert_ptr_null(strstr(html, "<script>alert"));
    ck_assert_ptr_nonnull(strstr(html, "&lt;script&gt;"));
}
END_TEST

int main(void)
{
    templates = sample_templates("templates");
    Suite *suite = suite_create("widget");
    TCase *tests = tcase_create("widget");
    tcase_add_loop_test(tests, a_fragment_is_no_document, WIDGET_CARD, WIDGET_LINE + 1);
    tcase_add_loop_test(tests, a_frame_is_one, WIDGET_CARD, WIDGET_LINE + 1);
    tcase_add_test(tests, what_cannot_be_used);
    tcase_add_test(tests, names_are_only_names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
