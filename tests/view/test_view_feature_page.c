/* The page of one feature, and its twin. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

static Templates *templates;

static const char *text_of(const Value *value, const char *name)
{
    const char *text = value_string(value_get(value, name));
    return text ? text : "(none)";
}

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "feature", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

static void has(const char *html, const char *words)
{
    ck_assert_msg(strstr(html, words) != NULL, "'%s' is not in: %s", words, html);
}

START_TEST(limits_and_what_was_done)
{
    g_autoptr(Value) page = feature_used();
    const Value *done = value_get(page, "done");
    ck_assert_str_eq(text_of(page, "left"), "2 left, 1 held for work in progress");
    ck_assert_uint_eq(value_count(value_get(page, "lines")), 2);
    ck_assert_uint_eq(value_count(done), 12);
    ck_assert_str_eq(text_of(value_item(done, 0), "when"), "2026-11-22 14:05:20");
    ck_assert_str_eq(text_of(value_item(done, 0), "url"), "/quota/decisions/dec_AQEABkQZ0a00");
    ck_assert_str_eq(text_of(value_item(done, 3), "units"), "1,200 menu generations");
    ck_assert(!value_is_true(value_get(page, "has_clients")));
    g_autofree char *html = rendered(feature_used());
    has(html, "When (America/New_York)");
    has(html, "<strong>Stopped</strong>");
    has(html, "Released; 3 given back");
    ck_assert_ptr_null(strstr(html, "For whom"));
}
END_TEST

/* The tightest of all that may stop it, its parent's too. */
START_TEST(what_counts_where)
{
    g_autofree char *html = rendered(feature_child());
    has(html, "<bdi>Premium message</bdi>: 4 left</h1>");
    has(html, "counts for <a class=\"tap\" href=\"/quota/features/message\"><bdi>Message</bdi></a> too.");
    has(html, "claude-*, o1, gpt-4*");
    g_autofree char *parent = rendered(feature_parent());
    has(parent, "<a class=\"tap\" href=\"/quota/features/premium_message\"><bdi>Premium message</bdi></a> count here too.");
    has(parent, "<bdi>Message</bdi>: 0 left</h1>");
}
END_TEST

START_TEST(nothing_there_yet)
{
    g_autofree char *html = rendered(feature_unused());
    has(html, "Nothing in the last 90 days.");
    has(html, "∞ unlimited");
    g_autofree char *lacking = rendered(feature_not_included());
    has(lacking, "Priority exports are not part of Free. Pro has 50 a day.");
    ck_assert_ptr_null(strstr(lacking, "Your limits"));
    g_autofree char *suspended = rendered(feature_suspended());
    has(suspended, "your account is suspended");
}
END_TEST

START_TEST(for_whom)
{
    g_autofree char *html = rendered(feature_clients());
    has(html, "<bdi>Client 17</bdi></th><td data-th=\"Used\">12,345 menu generations</td>");
    has(html, "Nobody named</th>");
    has(html, "there were more");
}
END_TEST

START_TEST(names_are_only_names)
{
    g_autofree char *html = rendered(feature_hostile());
    ck_assert_ptr_null(strstr(html, "<script>alert"));
    has(html, "&lt;script&gt;alert(1)");
}
END_TEST

START_TEST(twin)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_finish(&sample);
    g_autoptr(Activity) activity = sample_activity("premium_message", 2);
    sample_clients(activity, (const char *const[]){ "Client 17" }, 1);
    FeatureShown shown = { .feature = &sample.policy->features[PREMIUM_MESSAGE], .report = &sample.report, .activity = activity };
    json_auto_t *json = view_feature(&shown, "/quota");
    const char *key, *instance, *client, *at;
    json_int_t units;
    ck_assert_int_eq(json_unpack(json, "{s:{s:s}, s:[{s:s, s:s}], s:[{s:s, s:I}]}", "feature", "feature", &key, "decisions",
                                 "instance", &instance, "at", &at, "clients", "on_behalf_of", &client, "units", &units), 0);
    ck_assert_str_eq(key, "premium_message");
    ck_assert_str_eq(instance, "/quota/decisions/dec_AQEABkQZ0a00");
    ck_assert_str_eq(at, "2026-11-22T19:05:20Z");
    ck_assert_str_eq(client, "Client 17");
    ck_assert_int_eq(units, 12345);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "limits")), 1);
    sample_clear(&sample);
}
END_TEST

int main(void)
{
    templates = sample_templates("templates");
    Suite *suite = suite_create("feature page");
    TCase *tests = tcase_create("feature page");
    tcase_add_test(tests, limits_and_what_was_done);
    tcase_add_test(tests, what_counts_where);
    tcase_add_test(tests, nothing_there_yet);
    tcase_add_test(tests, for_whom);
    tcase_add_test(tests, names_are_only_names);
    tcase_add_test(tests, twin);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
