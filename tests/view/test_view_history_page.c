/* The page of history, its twin and its statement. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

static Templates *templates;

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "history", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

static void has(const char *html, const char *words)
{
    ck_assert_msg(strstr(html, words) != NULL, "'%s' is not in: %.2000s", words, html);
}

static void lacks(const char *html, const char *words)
{
    ck_assert_msg(strstr(html, words) == NULL, "'%s' is in: %.2000s", words, html);
}

static int count_of(const char *html, const char *words)
{
    int count = 0;
    for (const char *at = html; (at = strstr(at, words)); at += strlen(words))
        count++;
    return count;
}

/* Days with something in them, a bar each; the tightest of its limits in a day is the line. */
START_TEST(a_month)
{
    g_autofree char *html = rendered(history_month());
    has(html, "menu generations in the last 30 days</h1>");
    has(html, "<span>24 Oct to 22 Nov</span>");
    has(html, "Limit as it is now: 15 a day</span>");
    has(html, "href=\"/quota/history?feature=menu_generation&amp;days=30\" aria-current=\"page\">30 days</a>");
    has(html, "href=\"/quota/history?feature=message&amp;days=30\"><bdi>Message</bdi>");
    has(html, "href=\"/quota/history.csv?feature=menu_generation&amp;days=30\"");
    has(html, "<time datetime=\"2026-11-22\">Today</time></th>");
    ck_assert_int_eq(count_of(html, "<tr><th scope=\"row\"><time"), 25);
    ck_assert_int_eq(count_of(html, "var(--accent)"), 24 + 1);
    lacks(html, "priority_export");
    lacks(html, "style=");
}
END_TEST

START_TEST(shorter_and_longer)
{
    g_autofree char *week = rendered(history_week());
    has(week, "3 menu uploads in the last 7 days</h1>");
    has(week, "<span>0.4 a day on average</span>");
    has(week, "aria-current=\"page\">7 days</a>");
    has(week, "Limit as it is now: 1 a week</span>");
    lacks(week, "stroke-dasharray");
    g_autofree char *once = rendered(history_once());
    has(once, "1 menu upload in the last 30 days</h1>");
    has(once, "<span>less than 1 a day on average</span>");
    g_autofree char *quarter = rendered(history_quarter());
    has(quarter, "messages in the last 90 days</h1>");
    has(quarter, "1,000 a month, which is 33 a day");
    g_autofree char *above = rendered(history_limit_above());
    has(above, "Limit as it is now: 150 a day, above this chart");
    lacks(above, "<line x2=\"24\"");
}
END_TEST

START_TEST(nothing_there_and_whose)
{
    g_autofree char *empty = rendered(history_empty());
    has(empty, "<h1>Nothing used in the last 30 days</h1>");
    has(empty, "No requests in that time.");
    lacks(empty, "<svg");
    lacks(empty, "history.csv");
    g_autofree char *whose = rendered(history_whose());
    has(whose, "History of <bdi>grace &amp; co</bdi>: <bdi>Priority export</bdi></p>");
    has(whose, "Nothing used in the last 7 days");
    has(whose, "<span>1 request stopped</span>");
    has(whose, "/history?feature=priority_export&amp;days=90&amp;subject=grace%20%26%20co\"");
    lacks(whose, "/features/");
}
END_TEST

START_TEST(names_are_only_names)
{
    g_autofree char *html = rendered(history_hostile());
    lacks(html, "<script>alert");
    lacks(html, "onload='");
    has(html, "&lt;script&gt;alert(1)");
    has(html, "9,007,199,254,740,991");
}
END_TEST

static HistoryShown shown_of(Sample *sample, History *history, int feature)
{
    sample_finish(sample);
    return (HistoryShown){ .feature = &sample->policy->features[feature], .report = &sample->report, .history = history };
}

/* Every day of the time, and the children's with its own. */
START_TEST(twin)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 4);
    g_autoptr(History) history = sample_history_new(7, 4);
    history->rows[0] = (HistoryRow){ .day = SAMPLE_TODAY - 6, .feature = g_strdup("message"), .allowed = 2, .units = 3 };
    history->rows[1] = (HistoryRow){ .day = SAMPLE_TODAY - 6, .feature = g_strdup("premium_message"), .allowed = 1, .refused = 2, .units = 1 };
    history->rows[2] = (HistoryRow){ .day = SAMPLE_TODAY - 1, .feature = g_strdup("menu_upload"), .allowed = 50, .units = 50 };
    history->rows[3] = (HistoryRow){ .day = SAMPLE_TODAY, .feature = g_strdup("gone_since"), .allowed = 50, .units = 50 };
    HistoryShown shown = shown_of(&sample, history, MESSAGE);
    json_auto_t *json = view_history(&shown);
    json_int_t allowed, refused, units, first, amount;
    const char *from, *to, *zone, *day, *window;
    ck_assert_int_eq(json_unpack(json, "{s:s, s:s, s:s, s:{s:I, s:I, s:I}, s:[{s:s, s:I}], s:{s:I, s:s}}", "from", &from, "to", &to,
                                 "timezone", &zone, "total", "allowed", &allowed, "refused", &refused, "units", &units, "history",
                                 "day", &day, "units", &first, "limit", "amount", &amount, "window", &window), 0);
    ck_assert_str_eq(from, "2026-11-16");
    ck_assert_str_eq(to, "2026-11-22");
    ck_assert_str_eq(day, from);
    ck_assert_str_eq(window, "month");
    ck_assert_int_eq(allowed, 3);
    ck_assert_int_eq(refused, 2);
    ck_assert_int_eq(units, 4);
    ck_assert_int_eq(first, 4);
    ck_assert_int_eq(amount, 100);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "history")), 7);
    sample_clear(&sample);
}
END_TEST

START_TEST(statement)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.key = (char *)"=cmd|' /C calc'!A0";
    sample_line(&sample, MESSAGE, "monthly", 4);
    g_autoptr(History) history = sample_history_new(7, 3);
    history->rows[0] = (HistoryRow){ .day = SAMPLE_TODAY - 6, .feature = g_strdup("message"), .allowed = 2, .units = 3 };
    history->rows[1] = (HistoryRow){ .day = SAMPLE_TODAY - 6, .feature = g_strdup("premium_message"), .client = g_strdup("@SUM(A1), \"x\""),
                                     .allowed = 1, .refused = 2, .units = 1 };
    history->rows[2] = (HistoryRow){ .day = SAMPLE_TODAY - 1, .feature = g_strdup("menu_upload"), .allowed = 50, .units = 50 };
    HistoryShown shown = shown_of(&sample, history, MESSAGE);
    GString *csv = view_history_csv(&shown);
    ck_assert_str_eq(csv->str,
                     "day,feature,on_behalf_of,allowed,refused,units\r\n"
                     "2026-11-16,message,,2,0,3\r\n"
                     "2026-11-16,premium_message,\"'@SUM(A1), \"\"x\"\"\",1,2,1\r\n"
                     "\"Statement of =cmd|' /C calc'!A0: all from 2026-11-16 to 2026-11-22 (America/New_York), as recorded at"
                     " 2026-11-22T19:05:20Z\",message,,3,2,4\r\n");
    g_string_free(csv, TRUE);
    sample_clear(&sample);
}
END_TEST

int main(void)
{
    templates = sample_templates("templates");
    Suite *suite = suite_create("history page");
    TCase *tests = tcase_create("history page");
    tcase_add_test(tests, a_month);
    tcase_add_test(tests, shorter_and_longer);
    tcase_add_test(tests, nothing_there_and_whose);
    tcase_add_test(tests, names_are_only_names);
    tcase_add_test(tests, twin);
    tcase_add_test(tests, statement);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
