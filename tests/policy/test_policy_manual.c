/* docs/policy.md against the option tables of the parser: each option is there in its chapter, and no other. */
#include "policy_tests.h"

#include "policy/policy_options.h"

/* The options that a chapter's table names in its first column, "limit KEY { … }" as limit. */
static GHashTable *documented(const char *manual, const char *heading)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *line = g_strdup_printf("\n## %s\n", heading);
    const char *begin = strstr(manual, line);
    ck_assert_msg(begin != NULL, "no chapter %s", heading);
    const char *end = strstr(begin + 4, "\n## ");
    g_autofree char *chapter = end ? g_strndup(begin, (gsize) (end - begin)) : g_strdup(begin);
    g_auto(GStrv) lines = g_strsplit(chapter, "\n", -1);
    for (char **row = lines; *row; row++)
        if (g_str_has_prefix(*row, "| `"))
            ck_assert_msg(g_hash_table_add(names, g_strndup(*row + 3, strcspn(*row + 3, "` "))), "twice: %s", *row);
    return names;
}

static void compare(const char *manual, const char *heading, const cfg_opt_t *options)
{
    g_autoptr(GHashTable) names = documented(manual, heading);
    for (const cfg_opt_t *option = options; option->name; option++)
        ck_assert_msg(g_hash_table_remove(names, option->name), "%s: %s is not documented", heading, option->name);
    GHashTableIter left;
    gpointer name;
    g_hash_table_iter_init(&left, names);
    ck_assert_msg(!g_hash_table_iter_next(&left, &name, NULL), "%s: there is no option %s", heading, (char *) name);
}

static const cfg_opt_t *section(const cfg_opt_t *options, const char *name)
{
    return option_find(options, name)->subopts;
}

START_TEST(options)
{
    g_autofree char *manual = NULL;
    ck_assert(g_file_get_contents("docs/policy.md", &manual, NULL, NULL));
    const cfg_opt_t *plan = section(policy_options, "plan");
    compare(manual, "At the top of the file", policy_options);
    compare(manual, "feature", section(policy_options, "feature"));
    compare(manual, "plan", plan);
    compare(manual, "limit", section(plan, "limit"));
    compare(manual, "grant", section(plan, "grant"));
    compare(manual, "grace", section(plan, "grace"));
    compare(manual, "grace", section(policy_options, "grace"));
    compare(manual, "support_ceiling", section(policy_options, "support_ceiling"));
    compare(manual, "route", section(policy_options, "route"));
}
END_TEST

/* The first indented block that begins with default_plan is a whole policy. */
START_TEST(example)
{
    g_autofree char *manual = NULL;
    ck_assert(g_file_get_contents("docs/policy.md", &manual, NULL, NULL));
    const char *begin = strstr(manual, "    default_plan"), *end = strstr(begin, "\n## ");
    g_autofree char *block = g_strndup(begin, (gsize) (end - begin));
    g_autoptr(Policy) policy = policy_of(block);
    ck_assert_int_eq(policy->plan_count, 3);
    ck_assert_int_eq(policy_plan(policy, "pro")->limits[0].plan_amount, 5000);
}
END_TEST

START_TEST(warnings)
{
    static const char text[] = "default_plan = f feature a {} feature b {}\nfeature c {}\n"
                               "plan f { limit l { feature = a amount = 1 window = day week_starts = friday }\n"
                               " limit m { feature = a amount = 1 window = hour\n day_starts = \"06:00\" }\n"
                               " grant g { feature = b amount = 1 } }\n"
                               "plan g { limit k { feature = b amount = 1 window = week week_starts = friday day_starts = \"06:00\" } }\n"
                               "route { path = \"/x\" feature = a\n charge = success }\n"
                               "route { path = \"/a.php\" feature = a }\nroute { path = \"/b.cgi\" feature = a }\n"
                               "route { path = \"/{c}/c.pl\" feature = a }\nroute { path = \"/a.php*\" feature = a }\n"
                               "route { path = \"/a.php/x\" feature = a }\nroute { path = \"/a.phps\" feature = a }\n";
    g_autoptr(GPtrArray) mistakes = mistakes_new(), list = mistakes_new();
    g_autoptr(Policy) policy = policy_read_strictly(text, "p", mistakes, list);
    g_autofree char *got = mistakes_text(list);
    ck_assert_ptr_nonnull(policy);
    ck_assert_str_eq(got, "p:2: feature c: no plan lists this feature: everybody is refused\n"
                          "p:3: plan f: limit l: week_starts: has no meaning for this window\n"
                          "p:5: plan f: limit m: day_starts: has no meaning for this window\n"
                          "p:6: plan f: grant g: feature: the plan has no limit that this grant could widen\n"
                          "p:9: route 1: charge: behind an authorizer, success is not known and is charged at admission; "
                          "the gate charges it on success\n"
                          "p:10: route 2: path: a script answers below its name too (/a.php/x), which this does not count: a * behind it does\n"
                          "p:11: route 3: path: a script answers below its name too (/b.cgi/x), which this does not count: a * behind it does\n"
                          "p:12: route 4: path: a script answers below its name too (/{c}/c.pl/x), which this does not count: "
                          "a * behind it does\n");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy manual");
    TCase *tcase = tcase_create("manual");
    tcase_add_test(tcase, options);
    tcase_add_test(tcase, example);
    tcase_add_test(tcase, warnings);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
