/* The policies in deploy/policies: the plans and amounts that they promise, and no warnings. */
#include "policy_tests.h"

static Policy *policy_file(const char *name)
{
    g_autofree char *path = g_strdup_printf("deploy/policies/%s.conf", name), *text = NULL;
    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "%s is not there", path);
    g_autoptr(GPtrArray) mistakes = mistakes_new(), warnings = mistakes_new();
    Policy *policy = policy_read_strictly(text, path, mistakes, warnings);
    g_autofree char *why = mistakes_text(mistakes), *odd = mistakes_text(warnings);
    ck_assert_msg(policy != NULL, "%s", why);
    ck_assert_str_eq(odd, "");
    ck_assert_str_eq(policy->text, text);
    return policy;
}

/* "3/day 60/month 100/day/organization": the plan's limits on a feature, in its order; "" for none. */
static char *limits_on(const Policy *policy, const char *plan, const char *feature)
{
    const Plan *found = policy_plan(policy, plan);
    GString *out = g_string_new(NULL);
    for (int i = 0; found && i < found->limit_count; i++) {
        const Limit *limit = &found->limits[i];
        g_autofree char *window = window_text(&limit->window);
        if (strcmp(policy->features[limit->feature].key, feature) != 0)
            continue;
        g_string_append(out, out->len ? " " : "");
        if (limit->plan_amount == AMOUNT_UNLIMITED)
            g_string_append(out, "unlimited");
        else
            g_string_append_printf(out, "%" PRId64, limit->plan_amount);
        g_string_append_printf(out, "/%s", window);
        if (limit->scope != SCOPE_SUBJECT)
            g_string_append_printf(out, "/%s", scope_word(limit->scope));
        if (limit->on_exceed != EXCEED_BLOCK)
            g_string_append_printf(out, "/%s", exceed_word(limit->on_exceed));
    }
    return g_string_free(out, FALSE);
}

static void check(const Policy *policy, const char *plan, const char *feature, const char *expected)
{
    g_autofree char *got = limits_on(policy, plan, feature);
    ck_assert_msg(strcmp(got, expected) == 0, "%s on %s: %s, not %s", feature, plan, got, expected);
}

static void check_menu_generation(const Policy *policy)
{
    check(policy, "individual", "menu_generation", "3/day 60/month 100/day/organization");
    check(policy, "client", "menu_generation", "5/day 100/month 100/day/organization");
    check(policy, "owner", "menu_generation", "15/day 300/month 100/day/organization");
    ck_assert_str_eq(policy_feature(policy, "menu_generation")->units, "menu generations");
}

static void check_menu_upload(const Policy *policy)
{
    static const char *const features[] = {"menu_upload", "invoice_upload", "review_analysis", "premium_review_analysis",
                                           "menu_comparison"};
    static const char *const amounts[] = {"1/week", "1/week", "2/week", "1/week", "1/week"};
    const Plan *free_plan = policy_plan(policy, "free");
    for (int i = 0; i < 5; i++) {
        check(policy, "free", features[i], amounts[i]);
        check(policy, "premium", features[i], "unlimited/week");
        check(policy, "enterprise", features[i], "unlimited/week");
    }
    ck_assert_int_eq(free_plan->grant_count, 1);
    ck_assert_str_eq(policy->features[free_plan->grants[0].feature].key, "invoice_upload");
    ck_assert_int_eq(free_plan->grants[0].amount, 2);
    ck_assert_int_eq(free_plan->grants[0].every.count, 28);
    for (int i = 0; i < free_plan->limit_count; i++)
        if (free_plan->limits[i].window.unit == WINDOW_WEEK) {
            ck_assert_str_eq(free_plan->limits[i].zone, "America/New_York");
            ck_assert_int_eq(free_plan->limits[i].window.week_starts, 1);
            ck_assert_int_eq(free_plan->limits[i].window.day_starts_min, 0);
        }
    ck_assert_str_eq(policy_feature(policy, "review_analysis")->units, "review analyses");
}

static bool listed(const Policy *policy, const char *plan, const char *feature, const char *resource)
{
    return policy_plan(policy, plan)->lists[policy_feature_for(policy, feature, resource)->index];
}

static void check_chat(const Policy *policy)
{
    static const char *const premium[] = {"claude-3.5-sonnet", "claude-3-haiku", "claude-3-opus", "claude-3.7-sonnet",
                                          "claude-sonnet-4", "claude-opus-4", "claude-of-tomorrow"};
    check(policy, "free", "message", "100/month");
    check(policy, "free", "premium_message", "20/month");
    for (size_t i = 0; i < G_N_ELEMENTS(premium); i++) {
        ck_assert_str_eq(policy_feature_for(policy, "message", premium[i])->key, "premium_message");
        ck_assert(!listed(policy, "anonymous", "message", premium[i]) && listed(policy, "free", "message", premium[i]));
    }
    ck_assert_str_eq(policy_feature_for(policy, "message", "gpt-4o")->key, "message");
    ck_assert(listed(policy, "anonymous", "message", "gemini-2.0-flash"));
    ck_assert(!listed(policy, "anonymous", "message", "gemini-2.0-flash-lite"));
    ck_assert(!listed(policy, "anonymous", "message", NULL));
    ck_assert(listed(policy, "free", "message", NULL) && listed(policy, "free", "message", "gemini-2.0-flash"));
    ck_assert_str_eq(policy->plans[policy->anonymous_plan].key, "anonymous");
}

static void check_summarize(const Policy *policy)
{
    check(policy, "anonymous", "summary", "3/day 5/minute/site/queue");
    check(policy, "free", "summary", "10/day 5/minute/site/queue");
    check(policy, "premium", "summary", "unlimited/day");
    ck_assert_str_eq(policy->plans[policy->anonymous_plan].key, "anonymous");
}

static void check_solutions(const Policy *policy)
{
    static const char *const features[] = {"get_solution", "add_solution", "variant"};
    static const char *const free_amounts[] = {"2/day", "3/day", "1/day"}, *const pro[] = {"100/day", "150/day", "50/day"};
    static const char *const enterprise[] = {"500/day", "750/day", "250/day"};
    for (int i = 0; i < 3; i++) {
        check(policy, "free", features[i], free_amounts[i]);
        check(policy, "pro", features[i], pro[i]);
        check(policy, "enterprise", features[i], enterprise[i]);
        check(policy, "admin", features[i], "unlimited/day");
    }
    ck_assert_int_eq(policy_plan(policy, "free")->upgrade, policy_plan(policy, "pro")->index);
    ck_assert_int_eq(policy_plan(policy, "pro")->upgrade, policy_plan(policy, "enterprise")->index);
    ck_assert_int_eq(policy_plan(policy, "enterprise")->upgrade, -1);
    ck_assert_str_eq(policy_plan(policy, "pro")->price, "₹199 a month");
    ck_assert_str_eq(policy_feature(policy, "get_solution")->units, "Get Solution requests");
    for (int i = 0; i < policy_plan(policy, "pro")->limit_count; i++)
        if (policy_plan(policy, "pro")->limits[i].window.unit == WINDOW_DAY)
            ck_assert_str_eq(policy_plan(policy, "pro")->limits[i].zone, "UTC");
}

START_TEST(each)
{
    static const struct {
        const char *name, *default_plan;
        void (*check)(const Policy *policy);
    } files[] = {
        {"menu-generation", "individual", check_menu_generation},
        {"menu-upload", "free", check_menu_upload},
        {"chat", "free", check_chat},
        {"summarize", "free", check_summarize},
        {"solutions", "free", check_solutions},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(Policy) policy = policy_file(files[i].name);
        ck_assert_str_eq(policy->plans[policy->default_plan].key, files[i].default_plan);
        files[i].check(policy);
    }
}
END_TEST

START_TEST(demonstration)
{
    g_autoptr(Policy) policy = policy_file("demo");
    check_menu_generation(policy);
    check_menu_upload(policy);
    check_chat(policy);
    check_summarize(policy);
    check_solutions(policy);
    ck_assert_str_eq(policy->plans[policy->default_plan].key, "free");
    ck_assert_str_eq(policy->administrators[0], "admin");
}
END_TEST

/* Every feature that can be asked for has a route, by the name that the example application uses. */
START_TEST(routes)
{
    g_autoptr(Policy) policy = policy_file("demo");
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        g_autofree char *path = g_strdup_printf("/app/%s", feature->key), *resource = NULL;
        const Route *route = policy_route(policy, "POST", path, NULL, 0, &resource);
        ck_assert_msg((route != NULL) == (feature->parent < 0), "%s", path);
        ck_assert(!route || route->feature == i);
        ck_assert_ptr_null(policy_route(policy, "GET", path, NULL, 0, &resource));
    }
    g_autofree char *resource = NULL;
    const QueryPair query[] = {{"model", "claude-opus-4"}};
    ck_assert_ptr_nonnull(policy_route(policy, "POST", "/app/message", query, 1, &resource));
    ck_assert_str_eq(resource, "claude-opus-4");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("policy files");
    TCase *tcase = tcase_create("files");
    tcase_add_test(tcase, each);
    tcase_add_test(tcase, demonstration);
    tcase_add_test(tcase, routes);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(suite());
}
