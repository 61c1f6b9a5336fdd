/* A policy's text is changed where it has to be, and nowhere else. */
#include <check.h>

#include "policy/policy_edit.h"
#include "policy/policy_limit.h"
#include "policy/policy_read.h"

static const char text[] =
    "# The first comment: plan free { limit daily { amount = 7 } }\n"
    "default_plan = free\n"
    "embedders = {\"https://a.example\", \"https://b.example\"}\n"
    "feature call { title = \"limit daily { amount = 9 }\" }\n"
    "plan 'free-2' { limit daily { feature = call  amount = 1  window = day } }\n"
    "plan free {\n"
    "  title = \"Free\"   /* plan free */\n"
    "  grant daily { feature = call  amount = 3 }\n"
    "  limit other { feature = call  amount = 50  window = week }\n"
    "  limit daily {\n"
    "    feature = call   # what it is about\n"
    "    amount  = 10     # ten\n"
    "    warn_at = {80, 100}  window = \"day\"\n"
    "    # the last word\n"
    "  }\n"
    "}\n"
    "plan pro { inherits = free }\n";

static void assert_edit(const char *name, const char *value, const char *was, const char *is)
{
    const PolicyEdit edit = {name, value};
    g_autofree char *edited = policy_edit_limit(text, "free", "daily", &edit, 1);
    ck_assert_ptr_nonnull(edited);
    const char *place = strstr(strstr(text, "  limit daily"), was);
    g_autofree char *expected = g_strdup_printf("%.*s%s%s", (int) (place - text), text, is, place + strlen(was));
    ck_assert_str_eq(edited, expected);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_msg(policy != NULL, "%s", mistakes_text(mistakes));
}

START_TEST(only_the_value_is_changed)
{
    assert_edit("amount", "12", "10", "12");
    assert_edit("window", "2 week", "\"day\"", "\"2 week\"");
    assert_edit("warn_at", NULL, "    warn_at = {80, 100}", "");
    assert_edit("mode", "off", "window = \"day\"", "window = \"day\"  mode = \"off\"");
    assert_edit("rollover", NULL, "ten", "ten");
}
END_TEST

START_TEST(several_changes_at_once)
{
    const PolicyEdit edits[] = {{"amount", NULL}, {"unlimited", "true"}, {"window", "month"}};
    g_autofree char *edited = policy_edit_limit(text, "free", "daily", edits, 3);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_msg(policy != NULL, "%s", mistakes_text(mistakes));
    ck_assert_int_eq(policy_plan(policy, "free")->limits[1].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(policy_plan(policy, "pro")->limits[1].plan_amount, AMOUNT_UNLIMITED);
    ck_assert_int_eq(policy_plan(policy, "free")->limits[1].window.unit, WINDOW_MONTH);
    ck_assert_ptr_nonnull(strstr(edited, "# ten\n"));
    ck_assert_ptr_nonnull(strstr(edited, "# the last word\n"));
}
END_TEST

START_TEST(what_is_written_is_told)
{
    g_autofree char *amount = policy_written(text, "free", "daily", "amount");
    g_autofree char *window = policy_written(text, "free", "daily", "window");
    g_autofree char *mode = policy_written(text, "free", "daily", "mode");
    g_autofree char *quoted = policy_written(text, "free-2", "daily", "amount");
    ck_assert_str_eq(amount, "10");
    ck_assert_str_eq(window, "day");
    ck_assert_ptr_null(mode);
    ck_assert_str_eq(quoted, "1");
    ck_assert(policy_writes_limit(text, "free", "daily"));
    ck_assert(!policy_writes_limit(text, "pro", "daily"));
    ck_assert(!policy_writes_limit(text, "free", "amount"));
    g_autofree char *home = policy_limit_home(text, "pro", "daily");
    g_autofree char *nowhere = policy_limit_home(text, "pro", "weekly");
    ck_assert_str_eq(home, "free");
    ck_assert_ptr_null(nowhere);
    const PolicyEdit edit = {"amount", "1"};
    ck_assert_ptr_null(policy_edit_limit(text, "pro", "daily", &edit, 1));
}
END_TEST

/* What comes from a form ends up within its quotes, whatever it is. */
START_TEST(a_value_stays_a_value)
{
    const PolicyEdit edit = {"window", "day\" } } plan x { title = \"\\"};
    g_autofree char *edited = policy_edit_limit(text, "free", "daily", &edit, 1);
    g_autofree char *window = policy_written(edited, "free", "daily", "window");
    ck_assert_str_eq(window, edit.value);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) policy = policy_read(edited, "edited", mistakes);
    ck_assert_ptr_null(policy);
    ck_assert_int_eq(mistakes->len, 1);
    ck_assert_ptr_nonnull(strstr(((Mistake *) mistakes->pdata[0])->field, "window"));
}
END_TEST

/* The policy that a wish makes of the one above; NULL with its mistakes. */
static Policy *wished(const char *plan, const LimitWish *wish, GPtrArray *mistakes)
{
    g_autoptr(GPtrArray) none = mistakes_new();
    g_autoptr(Policy) policy = policy_read(text, "text", none);
    g_auto(LimitChosen) chosen = {0};
    ck_assert(limit_choose(policy, plan, "daily", &chosen));
    return policy_with_limit(policy, &chosen, wish, mistakes);
}

START_TEST(a_limit_is_changed_where_it_is_defined)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const LimitWish wish = {.amount = "unlimited", .mode = "off", .window = "day"};
    g_autoptr(Policy) policy = wished("pro", &wish, mistakes);
    ck_assert_ptr_nonnull(policy);
    g_autofree char *unlimited = policy_written(policy->text, "free", "daily", "unlimited");
    g_autofree char *amount = policy_written(policy->text, "free", "daily", "amount");
    ck_assert_str_eq(unlimited, "true");
    ck_assert_ptr_null(amount);
    ck_assert_int_eq(policy_plan(policy, "pro")->limits[1].mode, MODE_OFF);
    g_auto(LimitChosen) none = {0};
    ck_assert(!limit_choose(policy, "pro", "weekly", &none) && none.plan);
    g_auto(LimitChosen) nothing = {0};
    ck_assert(!limit_choose(policy, "none", "daily", &nothing) && !nothing.plan);
}
END_TEST

START_TEST(every_mistake_of_a_change_is_told)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const LimitWish wish = {.amount = "-1", .window = "fortnight", .scope = "world", .mode = "maybe"};
    ck_assert_ptr_null(wished("free", &wish, mistakes));
    static const char *const fields[] = {"amount", "window", "scope", "mode"};
    json_t *list = mistakes_json(mistakes);
    ck_assert_int_eq(json_array_size(list), G_N_ELEMENTS(fields));
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        bool found = false;
        for (guint m = 0; m < mistakes->len; m++)
            found |= g_str_has_suffix(((Mistake *) mistakes->pdata[m])->field, fields[i]);
        ck_assert_msg(found, "%s", fields[i]);
    }
    ck_assert_int_gt(json_integer_value(json_object_get(json_array_get(list, 0), "line")), 0);
    json_decref(list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_edit");
    TCase *tests = tcase_create("policy_edit");
    tcase_add_test(tests, only_the_value_is_changed);
    tcase_add_test(tests, several_changes_at_once);
    tcase_add_test(tests, what_is_written_is_told);
    tcase_add_test(tests, a_value_stays_a_value);
    tcase_add_test(tests, a_limit_is_changed_where_it_is_defined);
    tcase_add_test(tests, every_mistake_of_a_change_is_told);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
