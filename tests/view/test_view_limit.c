/* The limit page: who was stopped reads why, until when, what to do and how to get back; and it fits into
 * what a web server lets through. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

/* The web server that cuts refusals does so at 8192 bytes with the headers. */
#define BYTES_MOST 7300

static Templates *templates;

static const char *text_of(const Value *page, const char *name)
{
    const char *text = value_string(value_get(page, name));
    return text ? text : "(none)";
}

/* Null, not missing: a template does not look for it further out. */
static bool is_null(const Value *value)
{
    return value && value_is_null(value);
}

static bool is_true(const Value *page, const char *name)
{
    return value_is_true(value_get(page, name));
}

static const Value *offer(const Value *page, const char *name)
{
    return value_get(value_get(page, "offer"), name);
}

static const char *shown_of(const Value *page, size_t line, const char *name)
{
    return text_of(value_get(value_item(value_get(page, "lines"), line), "shown"), name);
}

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "limit", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

/* --- refused --- */

START_TEST(refused_by_a_full_limit)
{
    g_autoptr(Value) page = limit_week();
    ck_assert(is_true(page, "stopped") && is_true(page, "waits") && !is_true(page, "form"));
    ck_assert_str_eq(text_of(page, "message"), "You've used your 1 menu upload for this week. You can use it again on "
                                               "2026-11-23 at 00:00 (America/New_York).");
    ck_assert_str_eq(text_of(page, "back_at"), "2026-11-23T05:00:00Z");
    ck_assert_str_eq(text_of(page, "back_in"), "in 9 h 55 min");
    ck_assert_str_eq(text_of(page, "back"), "/menus/new?day=monday&meal=lunch");
    ck_assert_str_eq(text_of(page, "usage_url"), "/quota/");
    ck_assert_str_eq(text_of(page, "reference"), "d-7f3kq2m9x4c8v1b6n5z0");
    ck_assert_str_eq(text_of(offer(page, "upgrade"), "text"), "Pro: 20 a week instead of 1");
}
END_TEST

/* The limit that decided stands first, then those that refused too, then the others; a sum nobody knows is "about". */
START_TEST(order_of_the_limits)
{
    g_autoptr(Value) page = limit_form();
    ck_assert_str_eq(shown_of(page, 0, "figure_rest"), " of 300 menu generations used this month");
    ck_assert_str_eq(shown_of(page, 1, "figure_rest"), " of 15 menu generations used today");
    ck_assert_str_eq(shown_of(page, 2, "figure_rest"), " of 100 menu generations used today by your organization");
    const Value *about = value_get(value_item(value_get(page, "lines"), 3), "shown");
    ck_assert(is_true(about, "approximate"));
    ck_assert(!is_true(value_get(value_item(value_get(page, "lines"), 0), "shown"),
                     "approximate"));
    ck_assert(is_null(value_get(page, "hidden")));
}
END_TEST

START_TEST(form_was_not_saved)
{
    g_autoptr(Value) page = limit_form();
    ck_assert(is_true(page, "form"));
    g_autofree char *html = rendered(limit_form());
    ck_assert_ptr_nonnull(strstr(html, "nothing of it was saved or counted"));
    ck_assert_ptr_nonnull(strstr(html, "send it again"));
    g_autofree char *other = rendered(limit_week());
    ck_assert_ptr_null(strstr(other, "nothing of it was saved"));
}
END_TEST

START_TEST(members_ask_their_administrator)
{
    g_autoptr(Value) page = limit_form();
    ck_assert_str_eq(text_of(offer(page, "ask"), "organization"), "Sunrise Gym and Wellness Centre, Springfield");
    ck_assert(is_null(offer(page, "upgrade")));
}
END_TEST

START_TEST(visitors_sign_in)
{
    g_autoptr(Value) page = limit_visitor();
    const Value *gains = value_get(offer(page, "sign_in"), "gains");
    ck_assert_uint_eq(value_count(gains), 1);
    ck_assert_str_eq(text_of(value_item(gains, 0), "amount"), "15");
    g_autoptr(Value) lacking = limit_not_included();
    ck_assert_str_eq(text_of(lacking, "message"), "Premium messages are not part of Anonymous. Sign in to get 20 a month.");
    ck_assert(!is_true(lacking, "waits"));
    const Value *more = value_item(value_get(offer(lacking, "sign_in"), "gains"), 0);
    ck_assert_str_eq(text_of(more, "amount"), "20");
    ck_assert_uint_eq(value_count(value_get(lacking, "lines")), 0);
}
END_TEST

START_TEST(fewer_at_a_time)
{
    g_autoptr(Value) some = limit_fewer(), whole = limit_never_fits(), one = limit_week();
    ck_assert(is_true(some, "fewer") && is_true(some, "waits"));
    ck_assert(is_true(whole, "fewer") && !is_true(whole, "waits"));
    ck_assert(is_null(value_get(whole, "back_in")) && is_null(value_get(whole, "back_at")));
    ck_assert(!is_true(one, "fewer"));
}
END_TEST

START_TEST(suspended_offers_nothing)
{
    g_autoptr(Value) page = limit_suspended();
    ck_assert(is_true(page, "stopped") && is_true(page, "suspended") && !is_true(page, "waits"));
    ck_assert(is_null(value_get(page, "offer")));
    ck_assert_str_eq(text_of(page, "message"), "Use of messages is suspended for this account. Contact support.");

    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.suspended = true;
    sample_line(&sample, MESSAGE, "monthly", 100);
    g_autoptr(Value) looked = sample_limit_page(&sample, NULL);
    ck_assert(is_true(looked, "stopped") && !is_true(looked, "waits"));
    ck_assert(is_null(value_get(looked, "message")));
}
END_TEST

/* --- looked at --- */

START_TEST(looked_at_while_stopped)
{
    g_autoptr(Value) page = limit_look_stopped();
    ck_assert(is_true(page, "stopped") && is_true(page, "waits"));
    ck_assert_str_eq(text_of(page, "title"), "Premium message");
    ck_assert_str_eq(text_of(page, "message"), "You've used all 20 premium messages for this month. You can use it again on "
                                               "2026-12-01 at 00:00 (America/New_York).");
    ck_assert(is_null(value_get(page, "reference")));
}
END_TEST

/* A full limit of the parent stops the child as well. */
START_TEST(looked_at_while_the_parent_is_full)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 3);
    sample_line(&sample, MESSAGE, "monthly", 100);
    g_autoptr(Value) page = sample_limit_page(&sample, NULL);
    ck_assert(is_true(page, "stopped"));
    ck_assert(g_str_has_prefix(text_of(page, "message"), "You've used all 100 messages for this month."));
}
END_TEST

START_TEST(not_stopped_any_more)
{
    g_autoptr(Value) page = limit_look_available();
    ck_assert(!is_true(page, "stopped") && is_null(value_get(page, "message")));
    ck_assert_str_eq(text_of(page, "left"), "3 left");
    ck_assert(is_null(value_get(page, "offer")));
    g_autofree char *html = rendered(limit_look_available());
    ck_assert_ptr_nonnull(strstr(html, "<h1 class=\"message\">You can use this now: 3 left</h1>"));
    ck_assert_ptr_null(strstr(html, "What you can do"));
    g_autofree char *unlimited = rendered(limit_look_unlimited());
    ck_assert_ptr_nonnull(strstr(unlimited, ">You can use this now</h1>"));
}
END_TEST

/* Nothing is said to be over that never stops anybody. */
START_TEST(limits_that_stop_nobody)
{
    Sample sample;
    sample_init(&sample, FREE);
    UsageLine *allowed = sample_line(&sample, MESSAGE, "monthly", 130);
    UsageLine *trial = sample_line(&sample, MENU_UPLOAD, "weekly", 9);
    ((Limit *)allowed->limit)->on_exceed = EXCEED_ALLOW;
    ((Limit *)trial->limit)->mode = MODE_SHADOW;
    g_autoptr(Value) page = sample_limit_page(&sample, NULL);
    ck_assert(!is_true(page, "stopped"));
}
END_TEST

/* --- what it weighs --- */

START_TEST(fits)
{
    if (!g_str_equal(page_states[_i].template, "limit"))
        return;
    g_autofree char *html = sample_render(templates, (size_t)_i);
    ck_assert_msg(strlen(html) <= BYTES_MOST, "%s has %zu bytes", page_states[_i].name, strlen(html));
}
END_TEST

/* Names as long as the policy lets them be, in characters that take most room when escaped, and many limits. */
START_TEST(fits_at_its_longest)
{
    Sample sample;
    sample_init(&sample, FREE);
    g_autofree char *name = g_strnfill(_i, '"'), *back = g_strnfill(_i * 4, '&');
    Feature *feature = &sample.policy->features[HOSTILE];
    g_free(feature->units);
    feature->units = g_strdup(name);
    sample.context.back = back;
    sample.context.sent_form = true;
    sample.subject.organization = name;
    sample.context.who = name;
    for (int i = 0; i < 12; i++)
        sample_line(&sample, HOSTILE, i ? "rolling" : "daily", 1000000);
    const Answer *refusal = sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1);
    g_autofree char *html = rendered(sample_limit_page(&sample, refusal));
    ck_assert_msg(strlen(html) <= BYTES_MOST, "%d: %zu bytes", _i, strlen(html));
    ck_assert_ptr_nonnull(strstr(html, "What you can do"));
    ck_assert_ptr_nonnull(strstr(html, "</html>\n"));
}
END_TEST

/* Short names, so that nearly all of it is markup: limits with everything that may stand beside one. The address to
 * go back to moves the end of the page byte by byte. */
START_TEST(fits_with_every_fact)
{
    Sample sample;
    sample_init(&sample, FREE);
    g_autofree char *back = g_strnfill(_i * 13, 'x');
    sample.context.back = back;
    sample.context.sent_form = true;
    sample.subject.organization = "o";
    for (int i = 0; i < 10; i++) {
        UsageLine *line = sample_line(&sample, MENU_GENERATION, i ? "team_daily" : "daily", 400);
        line->source |= SOURCE_OVERRIDE | SOURCE_GRACE | SOURCE_ROLLOVER;
        line->carried = line->held = line->bonus = 9;
        if (i > 0)
            ((Limit *)line->limit)->on_exceed = EXCEED_ALLOW;
    }
    const Answer *refusal = sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 500);
    g_autofree char *html = rendered(sample_limit_page(&sample, refusal));
    ck_assert_msg(strlen(html) <= BYTES_MOST, "%d: %zu bytes", _i, strlen(html));
}
END_TEST

/* What does not fit is counted; what fits is shown. */
START_TEST(uses_the_room_it_has)
{
    Sample sample;
    sample_init(&sample, FREE);
    for (int i = 0; i < 12; i++)
        sample_line(&sample, MENU_GENERATION, i ? "monthly" : "daily", 15);
    g_autoptr(Value) page = sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
    size_t lines = value_count(value_get(page, "lines"));
    ck_assert_uint_ge(lines, 6);
    ck_assert_uint_eq(lines + g_ascii_strtoull(text_of(page, "hidden"), NULL, 10), 12);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("limit page");
    TCase *refused = tcase_create("refused");
    tcase_add_test(refused, refused_by_a_full_limit);
    tcase_add_test(refused, order_of_the_limits);
    tcase_add_test(refused, form_was_not_saved);
    tcase_add_test(refused, members_ask_their_administrator);
    tcase_add_test(refused, visitors_sign_in);
    tcase_add_test(refused, fewer_at_a_time);
    tcase_add_test(refused, suspended_offers_nothing);
    suite_add_tcase(all, refused);
    TCase *looked = tcase_create("looked at");
    tcase_add_test(looked, looked_at_while_stopped);
    tcase_add_test(looked, looked_at_while_the_parent_is_full);
    tcase_add_test(looked, not_stopped_any_more);
    tcase_add_test(looked, limits_that_stop_nobody);
    suite_add_tcase(all, looked);
    TCase *weight = tcase_create("weight");
    tcase_add_loop_test(weight, fits, 0, G_N_ELEMENTS(page_states));
    tcase_add_loop_test(weight, fits_at_its_longest, 1, 120);
    tcase_add_loop_test(weight, fits_with_every_fact, 0, 90);
    tcase_add_test(weight, uses_the_room_it_has);
    suite_add_tcase(all, weight);
    return all;
}

int main(void)
{
    templates = sample_templates("templates");
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? 1 : 0;
}
