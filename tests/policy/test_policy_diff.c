/* What two policies differ in. */
#include "policy_tests.h"

#include "policy/policy_diff.h"

#define OLD                                                                                                        \
    "default_plan = free\n"                                                                                        \
    "feature a { title = \"A\" }  feature b {}  feature c { parent = a  resources = {\"x*\"} }\n"                   \
    "plan free { limit daily { feature = a amount = 2 window = day }  limit gone { feature = b amount = 1 window = week }\n" \
    "            grant extra { feature = a amount = 1 every = \"28 day\" } }\n"                                     \
    "plan old { inherits = free }\n"                                                                                \
    "route { method = POST path = \"/one\" feature = a }  route { path = \"/two\" feature = b }\n"

static json_t *diff_of(const char *from, const char *to)
{
    g_autoptr(Policy) old = policy_of(from), new = policy_of(to);
    return policy_diff(old, new);
}

static void check_text(const char *from, const char *to, const char *expected)
{
    json_t *diff = diff_of(from, to);
    g_autofree char *text = policy_diff_text(diff);
    ck_assert_str_eq(text, expected);
    json_decref(diff);
}

START_TEST(nothing)
{
    check_text(OLD, OLD, "");
    check_text(OLD, "# a comment\n" OLD, "");
}
END_TEST

START_TEST(everything)
{
    check_text(OLD,
               "default_plan = free  anonymous_plan = new  timezone = \"Asia/Tokyo\"\n"
               "feature a { title = \"Aa\" }  feature c { parent = a }  feature d {}\n"
               "plan free { limit daily { feature = a amount = 3 window = day mode = shadow timezone = UTC }\n"
               "            grant extra { feature = a amount = 2 every = \"28 day\" } }\n"
               "plan new { limit hourly { feature = d unlimited = true window = hour timezone = UTC } }\n"
               "route { path = \"/three\" feature = d query = {\"id\"} }  route { method = POST path = \"/one\" feature = c }\n",
               "setting: timezone: UTC → Asia/Tokyo\n"
               "setting: anonymous_plan: none → new\n"
               "feature a: title: A → Aa\n"
               "feature b: removed (title B)\n"
               "feature c: resources: x* → none\n"
               "feature d: added (title D)\n"
               "plan free: limit daily: amount: 2 → 3\n"
               "plan free: limit daily: mode: enforce → shadow\n"
               "plan free: limit gone: removed (feature b, amount 1, window week, align calendar, scope subject)\n"
               "plan free: grant extra: amount: 1 → 2\n"
               "plan old: removed (title Old, rank 2)\n"
               "plan old: limit daily: removed (feature a, amount 2, window day, align calendar, scope subject)\n"
               "plan old: limit gone: removed (feature b, amount 1, window week, align calendar, scope subject)\n"
               "plan old: grant extra: removed (feature a, amount 1, every 28 day)\n"
               "plan new: added (title New, rank 2)\n"
               "plan new: limit hourly: added (feature d, amount unlimited, window hour, align calendar, scope subject)\n"
               "route POST /one: feature: a → c\n"
               "route any /two: removed (feature b, charge admit)\n"
               "route any /three id=*: added (feature d, charge admit)\n");
}
END_TEST

static const json_t *first_change(const json_t *diff)
{
    return json_array_get(json_object_get(diff, "changes"), 0);
}

static void check_change(const char *from, const char *to, const char *expected)
{
    json_t *diff = diff_of(from, to), *wanted = json_loads(expected, 0, NULL);
    ck_assert_ptr_nonnull(wanted);
    g_autofree char *got = json_dumps(first_change(diff), JSON_INDENT(1));
    ck_assert_uint_eq(json_array_size(json_object_get(diff, "changes")), 1);
    ck_assert_msg(json_equal(first_change(diff), wanted), "%s", got);
    json_decref(wanted);
    json_decref(diff);
}

#define ONE(limit) "default_plan = p feature a {} feature b {} plan p { limit l { feature = a amount = 1 " limit " } } plan q {}"
#define LIMIT_CHANGE "\"what\": \"limit\", \"plan\": \"p\", \"limit\": \"l\", \"feature\": \"a\", \"change\": \"changed\", \"plans\": [\"p\"]"

START_TEST(as_values)
{
    check_change(ONE("window = day"), ONE("window = day on_exceed = queue"),
                 "{" LIMIT_CHANGE ", \"field\": \"on_exceed\", \"from\": \"block\", \"to\": \"queue\"}");
    check_change(ONE("window = day"), ONE("window = month"),
                 "{" LIMIT_CHANGE ", \"field\": \"window\", \"from\": \"day\", \"to\": \"month\", \"restarts\": true}");
    check_change(ONE("window = day"), ONE("window = day day_starts = \"06:00\""),
                 "{" LIMIT_CHANGE ", \"field\": \"day_starts\", \"from\": \"00:00\", \"to\": \"06:00\", \"restarts\": true}");
    check_change(ONE("window = day"), ONE("window = day warn_at = {}"),
                 "{" LIMIT_CHANGE ", \"field\": \"warn_at\", \"from\": \"75, 90\", \"to\": null}");
    check_change(ONE("window = day"), ONE("window = day") " support_url = \"/help\"",
                 "{\"what\": \"setting\", \"change\": \"changed\", \"field\": \"support_url\", \"from\": null, \"to\": \"/help\","
                 " \"plans\": [\"p\", \"q\"]}");
}
END_TEST

/* Who is concerned by a feature: the plans that list it, before or after. */
START_TEST(plans_concerned)
{
    check_change("default_plan = p feature a {} feature b { parent = a } plan p { limit l { feature = a amount = 1 window = day } } plan q {}",
                 "default_plan = p feature a {} feature b { parent = a unit = x units = bs }"
                 " plan p { limit l { feature = a amount = 1 window = day } } plan q {}",
                 "{\"what\": \"feature\", \"feature\": \"b\", \"change\": \"changed\", \"field\": \"unit\", \"from\": \"b\", \"to\": \"x\","
                 " \"plans\": [\"p\"]}");
}
END_TEST

START_TEST(order_of_routes)
{
    check_text("default_plan = p feature a {} plan p {} route { path = \"/x\" feature = a } route { path = \"/*\" feature = a }",
               "default_plan = p feature a {} plan p {} route { path = \"/*\" feature = a } route { path = \"/x\" feature = a }",
               "route any /*: reordered\n");
}
END_TEST

START_TEST(windows_that_do_not_care_when_a_day_starts)
{
    check_text(ONE("window = \"28 day\""), ONE("window = \"28 day\" day_starts = \"06:00\" week_starts = friday"), "");
    check_text(ONE("window = day align = rolling"), ONE("window = day align = rolling day_starts = \"06:00\""), "");
    check_text(ONE("window = lifetime"), ONE("window = lifetime day_starts = \"06:00\""), "");
    check_text(ONE("window = minute"), ONE("window = minute day_starts = \"06:00\""), "");
    check_text(ONE("window = \"6 hour\""), ONE("window = \"6 hour\" day_starts = \"06:00\""), "");
    check_text(ONE("window = day"), "week_starts = friday " ONE("window = day"), "setting: week_starts: monday → friday\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy diff");
    TCase *tcase = tcase_create("diff");
    tcase_add_test(tcase, nothing);
    tcase_add_test(tcase, everything);
    tcase_add_test(tcase, as_values);
    tcase_add_test(tcase, plans_concerned);
    tcase_add_test(tcase, order_of_routes);
    tcase_add_test(tcase, windows_that_do_not_care_when_a_day_starts);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
