/* The policy as values: sharing it, and finding things in it. */
#include <check.h>
#include <pthread.h>

#include "domain/model.h"

static char **list(const char *text)
{
    return text ? g_strsplit(text, " ", -1) : NULL;
}

static Policy *sample(void)
{
    static const struct {
        const char *key;
        int parent, depth;
        const char *resources;
    } features[] = {
        {"message", -1, 0, NULL},      {"premium", 0, 1, "claude-* gpt-?"}, {"deep", 1, 2, "*opus*"},
        {"also_deep", 1, 2, "*-opus"}, {"other", -1, 0, NULL},              {"other_child", 4, 1, "*"},
    };
    Policy *policy = policy_new();
    policy->features = g_new0(Feature, G_N_ELEMENTS(features));
    policy->feature_count = G_N_ELEMENTS(features);
    for (int i = 0; i < policy->feature_count; i++)
        policy->features[i] = (Feature){.index = i, .key = g_strdup(features[i].key), .parent = features[i].parent,
                                        .depth = features[i].depth, .resources = list(features[i].resources)};
    policy->plans = g_new0(Plan, 1);
    policy->plan_count = 1;
    policy->plans[0] = (Plan){.key = g_strdup("free"), .limits = g_new0(Limit, 1), .limit_count = 1, .lists = g_new0(bool, 6)};
    policy->plans[0].limits[0].key = g_strdup("daily");
    return policy;
}

START_TEST(a_new_one)
{
    g_autoptr(Policy) policy = policy_new();
    ck_assert_int_eq(policy->default_plan, -1);
    ck_assert_int_eq(policy->anonymous_plan, -1);
    ck_assert_int_eq(policy->week_starts, 1);
    ck_assert_ptr_null(policy_feature(policy, "x"));
    ck_assert_ptr_null(policy_plan(policy, "x"));
}
END_TEST

START_TEST(by_key)
{
    g_autoptr(Policy) policy = sample();
    ck_assert_ptr_eq(policy_feature(policy, "deep"), &policy->features[2]);
    ck_assert_ptr_null(policy_feature(policy, "dee"));
    ck_assert_ptr_null(policy_feature(policy, NULL));
    ck_assert_ptr_eq(policy_plan(policy, "free"), &policy->plans[0]);
    ck_assert_ptr_null(policy_plan(policy, "Free"));
    ck_assert_ptr_null(policy_plan(policy, NULL));
}
END_TEST

START_TEST(by_resource)
{
    static const char *const cases[][3] = {
        {"message", NULL, "message"},      {"message", "", "message"},        {"message", "gemini", "message"},
        {"message", "claude-3", "premium"}, {"message", "gpt-4", "premium"},  {"message", "gpt-44", "message"},
        {"message", "claude-opus", "deep"}, {"message", "x-opus", "deep"},    {"premium", "gemini", "premium"},
        {"premium", "x-opus-4", "deep"},    {"deep", "claude-3", "deep"},     {"also_deep", "x-opus", "also_deep"},
        {"other", "claude-3", "other_child"}, {"other", "", "other_child"},   {"message", "claude-\xf0", "premium"},
        {"other", "\xf0", "other_child"},
    };
    g_autoptr(Policy) policy = sample();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *resource = g_strdup(cases[i][1]);
        const Feature *feature = policy_feature_for(policy, cases[i][0], resource);
        ck_assert_msg(strcmp(feature->key, cases[i][2]) == 0, "%s %s: %s", cases[i][0], resource, feature->key);
    }
    ck_assert_ptr_null(policy_feature_for(policy, "unknown", "claude-3"));
}
END_TEST

START_TEST(within)
{
    g_autoptr(Policy) policy = sample();
    static const bool expected[6][6] = {
        {true}, {true, true}, {true, true, true}, {true, true, false, true}, {[4] = true}, {[4] = true, [5] = true},
    };
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
            ck_assert_msg(feature_is_within(policy, i, j) == expected[i][j], "%d in %d", i, j);
}
END_TEST

static void *hold_often(void *data)
{
    for (int i = 0; i < 10000; i++)
        policy_unref(policy_ref(data));
    return NULL;
}

START_TEST(shared)
{
    Policy *policy = sample();
    pthread_t running[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&running[i], NULL, hold_often, policy), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(running[i], NULL);
    ck_assert_int_eq(policy->refs, 1);
    ck_assert_ptr_eq(policy_ref(policy), policy);
    policy_unref(policy);
    ck_assert_str_eq(policy->plans[0].limits[0].key, "daily");
    policy_unref(policy);
    policy_unref(NULL);
}
END_TEST

START_TEST(words)
{
    ck_assert_str_eq(scope_word(SCOPE_SUBJECT), "subject");
    ck_assert_str_eq(scope_word(SCOPE_ORGANIZATION), "organization");
    ck_assert_str_eq(scope_word(SCOPE_PLAN), "plan");
    ck_assert_str_eq(scope_word(SCOPE_SITE), "site");
    ck_assert_str_eq(mode_word(MODE_ENFORCE), "enforce");
    ck_assert_str_eq(mode_word(MODE_SHADOW), "shadow");
    ck_assert_str_eq(mode_word(MODE_OFF), "off");
    ck_assert_str_eq(exceed_word(EXCEED_BLOCK), "block");
    ck_assert_str_eq(exceed_word(EXCEED_QUEUE), "queue");
    ck_assert_str_eq(exceed_word(EXCEED_ALLOW), "allow");
    ck_assert_str_eq(align_word(ALIGN_CALENDAR), "calendar");
    ck_assert_str_eq(align_word(ALIGN_ANCHOR), "anchor");
    ck_assert_str_eq(align_word(ALIGN_ROLLING), "rolling");
    ck_assert_str_eq(charge_word(CHARGE_ADMIT), "admit");
    ck_assert_str_eq(charge_word(CHARGE_SUCCESS), "success");
    ck_assert_str_eq(charge_word(CHARGE_COMMIT), "commit");
    ck_assert_str_eq(charge_word(CHARGE_CHECK), "check");
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("model");
    TCase *tcase = tcase_create("model");
    tcase_add_test(tcase, a_new_one);
    tcase_add_test(tcase, by_key);
    tcase_add_test(tcase, by_resource);
    tcase_add_test(tcase, within);
    tcase_add_test(tcase, shared);
    tcase_add_test(tcase, words);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
