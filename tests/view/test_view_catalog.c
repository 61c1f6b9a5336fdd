/* GET /api/v1/features and /plans. */
#include "view/answers_sample.h"

#include "view/view.h"

static void assert_json(json_t *value, const char *expected)
{
    g_autofree char *text = json_dumps(value, JSON_COMPACT);
    ck_assert_pstr_eq(text, expected);
    json_decref(value);
}

START_TEST(features)
{
    g_autoptr(Site) site = site_new();
    char *resources[] = {(char *)"claude-*", (char *)"gpt-4", NULL};
    site->features[PREMIUM].resources = resources;
    assert_json(view_features(&site->policy),
                "{\"features\":["
                "{\"feature\":\"menu_upload\",\"title\":\"Menu upload\",\"unit\":\"menu upload\",\"parent\":null,"
                "\"resources\":[]},"
                "{\"feature\":\"get_solution\",\"title\":\"Get Solution\",\"unit\":\"Get Solution request\",\"parent\":null,"
                "\"resources\":[]},"
                "{\"feature\":\"message\",\"title\":\"Message\",\"unit\":\"message\",\"parent\":null,\"resources\":[]},"
                "{\"feature\":\"premium_message\",\"title\":\"Premium message\",\"unit\":\"premium model\","
                "\"parent\":\"message\","
                "\"resources\":[\"claude-*\",\"gpt-4\"]}]}");
}
END_TEST

START_TEST(plans)
{
    g_autoptr(Site) site = site_new();
    site->policy.plan_count = 3;
    Plan *free_plan = &site->plans[FREE];
    free_plan->limit_count = 2;
    site->limits[FREE][1].zone = NULL;
    site->limits[FREE][1].scope = SCOPE_ORGANIZATION;
    site->limits[FREE][1].on_exceed = EXCEED_QUEUE;
    site->limits[FREE][1].mode = MODE_SHADOW;
    site->limits[FREE][1].window = window_spec("28 day", ALIGN_ANCHOR);
    PlanGrant grants[] = {
        {.key = (char *)"bonus", .feature = MENU, .amount = 2, .every = window_spec("28 day", ALIGN_ANCHOR),
         .priority = 100},
        {.key = (char *)"welcome", .feature = SOLUTION, .amount = 10, .priority = 5},
    };
    free_plan->grants = grants;
    free_plan->grant_count = 2;
    Plan *pro = &site->plans[PRO];
    pro->price = (char *)"$9 a month";
    pro->limit_count = 1;
    site->limits[PRO][0].plan_amount = AMOUNT_UNLIMITED;
    assert_json(view_plans(&site->policy, NULL, INSTANT_MAX, 0),
                "{\"plans\":[{\"plan\":\"anonymous\",\"title\":\"Anonymous\",\"rank\":0,\"price\":null,\"upgrade\":null,"
                "\"limits\":[{\"limit\":\"daily\",\"feature\":\"get_solution\",\"window\":\"day\",\"amount\":1,"
                "\"scope\":\"subject\",\"align\":\"calendar\",\"timezone\":\"UTC\",\"mode\":\"enforce\","
                "\"on_exceed\":\"block\"}],"
                "\"grants\":[]},"
                "{\"plan\":\"free\",\"title\":\"Free\",\"rank\":1,\"price\":null,\"upgrade\":\"pro\",\"limits\":["
                "{\"limit\":\"daily\",\"feature\":\"get_solution\",\"window\":\"day\",\"amount\":2,\"scope\":\"subject\","
                "\"align\":\"calendar\",\"timezone\":\"UTC\",\"mode\":\"enforce\",\"on_exceed\":\"block\"},"
                "{\"limit\":\"weekly\",\"feature\":\"menu_upload\",\"window\":\"28 day\",\"amount\":1,"
                "\"scope\":\"organization\","
                "\"align\":\"anchor\",\"timezone\":\"subject\",\"mode\":\"shadow\",\"on_exceed\":\"queue\"}],\"grants\":["
                "{\"grant\":\"bonus\",\"feature\":\"menu_upload\",\"amount\":2,\"every\":\"28 day\",\"priority\":100},"
                "{\"grant\":\"welcome\",\"feature\":\"get_solution\",\"amount\":10,\"every\":null,\"priority\":5}]},"
                "{\"plan\":\"pro\",\"title\":\"Pro\",\"rank\":2,\"price\":\"$9 a month\",\"upgrade\":\"enterprise\","
                "\"limits\":["
                "{\"limit\":\"daily\",\"feature\":\"get_solution\",\"window\":\"day\",\"amount\":null,\"scope\":\"subject\","
                "\"align\":\"calendar\",\"timezone\":\"UTC\",\"mode\":\"enforce\",\"on_exceed\":\"block\"}],"
                "\"grants\":[]}],\"changes\":[]}");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {features, plans};
    return run_tests("view_catalog", tests, G_N_ELEMENTS(tests));
}
