/* The page of plans: what the viewer has, what the next plan changes, and all of them side by side. */
#include "base/base.h"

#include <check.h>

#include "view/page_states.h"

static Templates *templates;

static const char *text_of(const Value *value, const char *name)
{
    const char *text = value_string(value_get(value, name));
    return text ? text : "(none)";
}

static bool is_true(const Value *value, const char *name)
{
    return value_is_true(value_get(value, name));
}

static const Value *cell(const Value *page, size_t feature, size_t plan)
{
    return value_item(value_get(value_item(value_get(page, "rows"), feature), "cells"), plan);
}

static const char *part(const Value *page, size_t feature, size_t plan, size_t index)
{
    return text_of(value_item(value_get(cell(page, feature, plan), "parts"), index), "text");
}

static char *rendered(Value *value)
{
    char *error = NULL;
    GString *page = templates_render(templates, "plans", value, &error);
    ck_assert_msg(page != NULL, "%s", error);
    value_free(value);
    return g_string_free(page, FALSE);
}

START_TEST(what_each_plan_gives)
{
    g_autoptr(Value) page = plans_free();
    ck_assert_str_eq(part(page, MENU_UPLOAD, FREE, 0), "1 a week");
    ck_assert_str_eq(part(page, MENU_UPLOAD, PRO, 0), "20 a week, up to 5 roll over");
    ck_assert_str_eq(part(page, MESSAGE, PRO, 0), "1,000 a month, more is counted");
    ck_assert_str_eq(part(page, MENU_GENERATION, FREE, 2), "100 a day, shared in the organization");
    ck_assert_str_eq(part(page, MENU_GENERATION, FREE, 3), "5 a minute, shared by all on the plan");
    ck_assert_str_eq(part(page, INVOICE_UPLOAD, PRO, 1), "2 bonus every 28 days");
    ck_assert_str_eq(part(page, SOLUTION, PRO, 0), "Unlimited");
    ck_assert(is_true(cell(page, EXPORT, FREE), "none") && !is_true(cell(page, EXPORT, PRO), "none"));
    ck_assert(is_true(cell(page, EXPORT, FREE), "current") && !is_true(cell(page, EXPORT, PRO), "current"));
}
END_TEST

START_TEST(counted_by_the_parent_only)
{
    g_autoptr(Value) page = plans_many();
    ck_assert(is_true(cell(page, PREMIUM_MESSAGE, 7), "unlimited")); /* listed, and nothing limits it */
    Sample sample;
    sample_init(&sample, FREE);
    sample.policy->plans[ANONYMOUS].lists[PREMIUM_MESSAGE] = true;
    g_autoptr(Value) other = sample_plans_page(&sample);
    ck_assert(is_true(cell(other, PREMIUM_MESSAGE, ANONYMOUS), "within"));
}
END_TEST

START_TEST(unlimited_is_said_once)
{
    Sample sample;
    sample_init(&sample, FREE);
    Plan *free_plan = &sample.policy->plans[FREE];
    for (int i = 0; i < free_plan->limit_count; i++)
        if (free_plan->limits[i].feature == MENU_GENERATION)
            free_plan->limits[i].plan_amount = AMOUNT_UNLIMITED;
    g_autoptr(Value) page = sample_plans_page(&sample);
    ck_assert_str_eq(part(page, MENU_GENERATION, FREE, 0), "Unlimited");
    ck_assert_str_eq(part(page, MENU_GENERATION, FREE, 1), "(none)");
}
END_TEST

/* "$9 a month": over 20 a week, 150 a day (which are more than 3,000 a month), and nothing where more may pass, or all. */
START_TEST(what_one_unit_comes_to)
{
    g_autoptr(Value) page = plans_free();
    ck_assert_str_eq(text_of(cell(page, MENU_UPLOAD, PRO), "cost"), "$0.11");
    ck_assert_str_eq(text_of(cell(page, MENU_GENERATION, PRO), "cost"), "$0.0030");
    ck_assert_str_eq(text_of(cell(page, MESSAGE, PRO), "cost"), "(none)");
    ck_assert_str_eq(text_of(cell(page, SOLUTION, PRO), "cost"), "(none)");
    ck_assert_str_eq(text_of(cell(page, MENU_UPLOAD, FREE), "cost"), "(none)");
    ck_assert(is_true(page, "has_costs"));
    Sample sample;
    sample_init(&sample, FREE);
    g_free(sample.policy->plans[PRO].price);
    sample.policy->plans[PRO].price = g_strdup("9 € on request");
    g_autoptr(Value) other = sample_plans_page(&sample);
    ck_assert(!is_true(other, "has_costs"));
}
END_TEST

START_TEST(the_next_plan_in_words)
{
    g_autoptr(Value) page = plans_free();
    const Value *next = value_get(page, "next"), *gains = value_get(next, "gains");
    ck_assert_str_eq(text_of(next, "title"), "Pro");
    ck_assert_str_eq(text_of(next, "url"), "https://menu.example/upgrade?to=pro&for=");
    ck_assert_uint_eq(value_count(gains), 5);
    ck_assert_str_eq(text_of(value_item(gains, 0), "amount"), "20");
    ck_assert_str_eq(text_of(value_item(gains, 0), "now"), "1");
    g_autoptr(Value) highest = plans_highest();
    ck_assert(value_is_null(value_get(highest, "next")));
    g_autoptr(Value) visitor = plans_visitor();
    ck_assert(is_true(value_get(visitor, "next"), "by_signing_in"));
}
END_TEST

START_TEST(who_can_go_up_by_themselves)
{
    g_autofree char *html = rendered(plans_free());
    ck_assert_ptr_nonnull(strstr(html, "href=\"https://menu.example/upgrade?to=pro&amp;for=\">Go to Pro</a>"));
    ck_assert_ptr_null(strstr(html, "to=free"));
    g_autofree char *member = rendered(plans_organization());
    ck_assert_ptr_nonnull(strstr(member, "ask your administrator at <bdi>Sunrise Gym"));
    ck_assert_ptr_null(strstr(member, "Go to Pro"));
    g_autofree char *suspended = rendered(plans_suspended());
    ck_assert_ptr_null(strstr(suspended, "Go to Pro"));
}
END_TEST

START_TEST(names_are_only_names)
{
    g_autofree char *html = rendered(plans_many());
    ck_assert_ptr_null(strstr(html, "<script>alert"));
    ck_assert_ptr_nonnull(strstr(html, "&lt;script&gt;alert(1)"));
}
END_TEST

int main(void)
{
    templates = sample_templates("templates");
    Suite *suite = suite_create("page of plans");
    TCase *tests = tcase_create("page of plans");
    tcase_add_test(tests, what_each_plan_gives);
    tcase_add_test(tests, counted_by_the_parent_only);
    tcase_add_test(tests, unlimited_is_said_once);
    tcase_add_test(tests, what_one_unit_comes_to);
    tcase_add_test(tests, the_next_plan_in_words);
    tcase_add_test(tests, who_can_go_up_by_themselves);
    tcase_add_test(tests, names_are_only_names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    templates_free(templates);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
