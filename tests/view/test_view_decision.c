/* Decisions and refusals as documents: the documented fields, exactly and in order. */
#include "view/answers_sample.h"

#include "view/put.h"
#include "view/view_parts.h"

static void assert_json(GString *text, const char *expected)
{
    ck_assert_str_eq(text->str, expected);
    ck_assert_uint_eq(text->len, strlen(expected));
    g_string_free(text, TRUE);
}

/* Only these members, as one object. */
static GString *pick_of(json_t *object, const char *const *names)
{
    json_t *picked = json_object();
    for (; *names; names++)
        if (json_object_get(object, *names))
            json_object_set(picked, *names, json_object_get(object, *names));
    char *text = json_dumps(picked, JSON_COMPACT);
    GString *out = g_string_new(text);
    free(text);
    json_decref(picked);
    json_decref(object);
    return out;
}

static GString *pick(GString *document, const char *const *names)
{
    return pick_of(view_value(document), names);
}

static const char *const headline[] = {"allowed", "outcome", "current_usage", "limit", "remaining", "reset_date", "window",
                                       "limits", "upgrade", NULL};

START_TEST(allowed)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, instant("2025-12-28T12:00:00Z"));
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 1, 2, instant("2025-12-29")));
    assert_json(view_decision(answer, NULL),
                "{\"decision_id\":\"d1\",\"allowed\":true,\"outcome\":\"allowed\",\"feature\":\"get_solution\",\"units\":1,"
                "\"subject\":\"ada\",\"subscription_tier\":\"free\",\"current_usage\":1,\"limit\":2,\"remaining\":1,"
                "\"reset_date\":\"2025-12-29T00:00:00Z\",\"window\":\"day\","
                "\"message\":\"1 of 2 Get Solution requests used today\",\"limits\":[{\"limit\":\"daily\","
                "\"feature\":\"get_solution\",\"scope\":\"subject\",\"window\":\"day\",\"timezone\":\"UTC\","
                "\"period_start\":\"2025-12-28T00:00:00Z\",\"period_end\":\"2025-12-29T00:00:00Z\",\"amount\":2,\"used\":1,"
                "\"held\":0,\"bonus\":0,\"remaining\":1,\"percent\":50,\"state\":\"ok\","
                "\"resets_at\":\"2025-12-29T00:00:00Z\","
                "\"message\":\"1 of 2 Get Solution requests used today\",\"source\":\"plan\",\"charged\":1,"
                "\"refused\":false,"
                "\"mode\":\"enforce\",\"decided\":true}],\"upgrade\":{\"plan\":\"pro\",\"title\":\"Pro\",\"amount\":100,"
                "\"url\":null}}");
}
END_TEST

START_TEST(refused)
{
    g_autoptr(Site) site = site_new();
    site->policy.upgrade_url = (char *)"https://example.org/buy/{plan}?for={feature}";
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_LIMIT, instant("2025-12-28T12:00:00Z"));
    g_free(answer->id);
    answer->id = g_strdup("a/b c");
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 2, 2, instant("2025-12-29")));
    const char *message = "You've used all 2 Get Solution requests for today. "
                          "You can use it again on 2025-12-29 at 00:00 (UTC).";
    g_autofree char *expected = g_strdup_printf(
        "{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\",\"title\":\"Usage limit exceeded\",\"status\":429,"
        "\"detail\":\"%s\","
        "\"instance\":\"/quota/decisions/a%%2Fb%%20c\",\"error\":\"Usage limit exceeded\",\"decision_id\":\"a/b c\","
        "\"allowed\":false,\"outcome\":\"denied\",\"feature\":\"get_solution\",\"units\":1,\"subject\":\"ada\","
        "\"subscription_tier\":\"free\",\"current_usage\":2,\"limit\":2,\"remaining\":0,"
        "\"reset_date\":\"2025-12-29T00:00:00Z\",\"window\":\"day\",\"message\":\"%s\",\"limits\":[{\"limit\":\"daily\","
        "\"feature\":\"get_solution\",\"scope\":\"subject\",\"window\":\"day\",\"timezone\":\"UTC\","
        "\"period_start\":\"2025-12-28T00:00:00Z\",\"period_end\":\"2025-12-29T00:00:00Z\",\"amount\":2,\"used\":2,"
        "\"held\":0,"
        "\"bonus\":0,\"remaining\":0,\"percent\":100,\"state\":\"exhausted\",\"resets_at\":\"2025-12-29T00:00:00Z\","
        "\"message\":\"%s\",\"source\":\"plan\",\"charged\":0,\"refused\":true,\"mode\":\"enforce\",\"decided\":true}],"
        "\"upgrade\":{\"plan\":\"pro\",\"title\":\"Pro\",\"amount\":100,"
        "\"url\":\"https://example.org/buy/pro?for=get_solution\"},\"violated-policies\":[\"daily\"]}",
        message, message, message);
    assert_json(view_refusal(answer, "/quota"), expected);
}
END_TEST

START_TEST(violated_policies_are_those_that_refused)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, MENU, OUTCOME_QUEUED, REASON_LIMIT, instant("2025-12-28T12:00:00Z"));
    answer_add(answer, usage_line(site, &site->limits[FREE][1], 1, 1, instant("2025-12-29")));
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 1, 2, instant("2025-12-29")))->refused = false;
    answer_add(answer, usage_line(site, &site->limits[FREE][2], 20, 20, instant("2026-01-01")));
    answer->deciding = 2;
    answer->lines[2].frees_at = instant("2026-01-01T00:00:00.5Z");
    static const char *const names[] = {"status", "outcome", "reset_date", "limit", "violated-policies", NULL};
    assert_json(pick(view_refusal(answer, NULL), names),
                "{\"status\":429,\"outcome\":\"queued\",\"reset_date\":\"2026-01-01T00:00:00Z\",\"limit\":20,"
                "\"violated-policies\":[\"weekly\",\"monthly_premium\"]}");
    static const char *const place[] = {"instance", "upgrade", NULL};
    assert_json(pick(view_refusal(answer, ""), place),
                "{\"instance\":\"/decisions/d1\",\"upgrade\":{\"plan\":\"enterprise\",\"title\":\"Enterprise\","
                "\"amount\":500,"
                "\"url\":\"/plans\"}}");
}
END_TEST

START_TEST(not_listed)
{
    g_autoptr(Site) site = site_new();
    site->subject.plan = &site->plans[ANONYMOUS];
    site->subject.anonymous = true;
    g_autoptr(Answer) answer = site_answer(site, PREMIUM, OUTCOME_FORBIDDEN, REASON_NOT_LISTED, instant("2025-12-28"));
    answer->resource = g_strdup("claude-opus\xff");
    assert_json(view_refusal(answer, "/quota"),
                "{\"type\":\"urn:webquota:problem:not-included\",\"title\":\"Not included in the plan\",\"status\":403,"
                "\"detail\":\"Premium models are not part of Anonymous. Sign in to get 20 a month.\","
                "\"instance\":\"/quota/decisions/d1\",\"error\":\"Not included in the plan\",\"decision_id\":\"d1\","
                "\"allowed\":false,\"outcome\":\"forbidden\",\"feature\":\"premium_message\","
                "\"resource\":\"claude-opus\xef\xbf\xbd\",\"units\":1,\"subject\":\"ada\","
                "\"subscription_tier\":\"anonymous\","
                "\"current_usage\":0,\"limit\":0,\"remaining\":0,\"reset_date\":null,\"window\":null,"
                "\"message\":\"Premium models are not part of Anonymous. Sign in to get 20 a month.\",\"limits\":[],"
                "\"upgrade\":{\"plan\":\"free\",\"title\":\"Free\",\"amount\":20,\"url\":\"/quota/plans\"},"
                "\"violated-policies\":[]}");
}
END_TEST

START_TEST(suspended)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, MENU, OUTCOME_FORBIDDEN, REASON_SUSPENDED, instant("2025-12-28"));
    static const char *const names[] = {"type", "title", "status", "error", NULL};
    assert_json(pick(view_refusal(answer, "/quota"), names),
                "{\"type\":\"urn:webquota:problem:suspended\",\"title\":\"Use is suspended\",\"status\":403,"
                "\"error\":\"Use is suspended\"}");
    assert_json(pick(view_decision(answer, NULL), headline),
                "{\"allowed\":false,\"outcome\":\"forbidden\",\"current_usage\":0,\"limit\":null,\"remaining\":0,"
                "\"reset_date\":null,\"window\":null,\"limits\":[],\"upgrade\":null}");
}
END_TEST

START_TEST(never_fits)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_DENIED, REASON_NEVER_FITS, instant("2025-12-28"));
    answer->units = 50;
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 1, 2, instant("2025-12-29")))->frees_at = INSTANT_MAX;
    static const char *const names[] = {"status", "units", "remaining", "reset_date", "message", NULL};
    assert_json(pick(view_refusal(answer, "/quota"), names),
                "{\"status\":429,\"units\":50,\"remaining\":1,\"reset_date\":null,"
                "\"message\":\"50 Get Solution requests at once is more than the whole limit of 2 a day.\"}");
}
END_TEST

START_TEST(nothing_limits)
{
    g_autoptr(Site) site = site_new();
    site->subject.plan = &site->plans[ENTERPRISE];
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, instant("2025-12-28"));
    answer_add(answer, usage_line(site, &site->limits[ENTERPRISE][0], 12, AMOUNT_UNLIMITED, instant("2025-12-29")));
    answer->deciding = -1;
    static const char *const names[] = {"current_usage", "limit", "remaining", "reset_date", "window", "message", "upgrade",
                                      NULL};
    assert_json(pick(view_decision(answer, NULL), names),
                "{\"current_usage\":12,\"limit\":null,\"remaining\":null,\"reset_date\":null,\"window\":\"day\","
                "\"message\":\"12 used · ∞ unlimited\",\"upgrade\":null}");
    answer->line_count = 0;
    answer->reason = REASON_UNAVAILABLE;
    g_clear_pointer(&answer->id, g_free);
    static const char *const open[] = {"decision_id", "current_usage", "limit", "remaining", "window", "limits", NULL};
    assert_json(pick(view_decision(answer, NULL), open),
                "{\"decision_id\":null,\"current_usage\":0,\"limit\":null,\"remaining\":null,\"window\":null,"
                "\"limits\":[]}");
    static const char *const instance[] = {"instance", NULL};
    assert_json(pick(view_refusal(answer, "/quota"), instance), "{}");
}
END_TEST

START_TEST(held)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, instant("2025-12-28T12:00:00Z"));
    answer->kind = ASK_HOLD;
    answer->reservation = g_strdup("r1");
    answer->expires_at = instant("2025-12-28T12:10:00Z");
    AnswerLine *line = answer_add(answer, usage_line(site, &site->limits[FREE][0], 0, 2, instant("2025-12-29")));
    line->usage.held = 1;
    usage_line_finish(&line->usage);
    static const char *const names[] = {"current_usage", "remaining", "reservation", "expires_at", NULL};
    assert_json(pick(view_decision(answer, NULL), names),
                "{\"current_usage\":0,\"remaining\":1,\"reservation\":\"r1\",\"expires_at\":\"2025-12-28T12:10:00Z\"}");
}
END_TEST

START_TEST(a_sum_that_is_not_known_is_not_shown)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, instant("2025-12-28T12:00:00Z"));
    site->limits[FREE][0].scope = SCOPE_SITE;
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 95, 100, instant("2025-12-29")))->approximate = true;
    json_t *decision = view_value(view_decision(answer, NULL));
    json_t *line = json_incref(json_array_get(json_object_get(decision, "limits"), 0));
    static const char *const names[] = {"current_usage", "limit", "remaining", "message", NULL};
    assert_json(pick_of(decision, names),
                "{\"current_usage\":null,\"limit\":100,\"remaining\":null,"
                "\"message\":\"About 95 of 100 Get Solution requests used today by everybody\"}");
    static const char *const figures[] = {"amount", "used", "held", "remaining", "percent", "message", "charged", NULL};
    assert_json(pick_of(line, figures),
                "{\"amount\":100,\"used\":null,\"held\":null,\"remaining\":null,\"percent\":null,"
                "\"message\":\"About 95 of 100 Get Solution requests used today by everybody\",\"charged\":1}");
}
END_TEST

START_TEST(what_rolled_over_does_not_count_against_an_upgrade)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(Answer) answer = site_answer(site, SOLUTION, OUTCOME_ALLOWED, REASON_NONE, instant("2025-12-28T12:00:00Z"));
    answer_add(answer, usage_line(site, &site->limits[FREE][0], 1, 102, instant("2025-12-29")))->usage.carried = 100;
    static const char *const names[] = {"limit", "upgrade", NULL};
    assert_json(pick(view_decision(answer, NULL), names),
                "{\"limit\":102,\"upgrade\":{\"plan\":\"pro\",\"title\":\"Pro\",\"amount\":100,\"url\":null}}");
}
END_TEST

/* From what the limit gives; to a visitor on the visitors' plan. */
static GString *upgrade(const Policy *policy, const Plan *plan, const Limit *limit, const Feature *feature)
{
    GString *out = g_string_new(NULL);
    put_upgrade(out, policy, plan, limit, feature, limit->plan_amount, plan->index == policy->anonymous_plan, NULL);
    put_finish(out);
    return out;
}

START_TEST(the_upgrade_alone)
{
    g_autoptr(Site) site = site_new();
    const Policy *policy = &site->policy;
    const Feature *solution = &site->features[SOLUTION];
    assert_json(upgrade(policy, &site->plans[FREE], &site->limits[FREE][0], solution),
                "{\"plan\":\"pro\",\"title\":\"Pro\",\"amount\":100,\"url\":null}");
    assert_json(upgrade(policy, &site->plans[PRO], &site->limits[PRO][0], solution),
                "{\"plan\":\"enterprise\",\"title\":\"Enterprise\",\"amount\":null,\"url\":null}");
    assert_json(upgrade(policy, &site->plans[ENTERPRISE], &site->limits[ENTERPRISE][0], solution), "null");
    assert_json(upgrade(policy, &site->plans[ANONYMOUS], &site->limits[ANONYMOUS][0], solution),
                "{\"plan\":\"free\",\"title\":\"Free\",\"amount\":2,\"url\":null}");
    site->policy.upgrade_url = (char *)"/buy?plan={plan}&x={plan}&f={feature}";
    site->plans[PRO].key = (char *)"p&o";
    site->features[SOLUTION].key = (char *)"a b";
    assert_json(upgrade(policy, &site->plans[FREE], &site->limits[FREE][0], solution),
                "{\"plan\":\"p&o\",\"title\":\"Pro\",\"amount\":100,\"url\":\"/buy?plan=p%26o&x=p%26o&f=a%20b\"}");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {allowed, refused, violated_policies_are_those_that_refused, not_listed, suspended,
                                  never_fits, nothing_limits, held, a_sum_that_is_not_known_is_not_shown,
                                  what_rolled_over_does_not_count_against_an_upgrade, the_upgrade_alone};
    return run_tests("view_decision", tests, G_N_ELEMENTS(tests));
}
