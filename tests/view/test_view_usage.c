/* GET /api/v1/usage: the documented fields, exactly and in order. */
#include "view/answers_sample.h"

#include "view/view.h"

static void assert_json(GString *text, const char *expected)
{
    ck_assert_str_eq(text->str, expected);
    ck_assert_uint_eq(text->len, strlen(expected));
    g_string_free(text, TRUE);
}

static UsageReport *site_report(Site *site, int count)
{
    site->report = (UsageReport){.policy = &site->policy, .subject = &site->subject, .as_of = instant("2026-11-22T17:00:00.75Z"),
                                 .lines = site->lines, .line_count = count};
    return &site->report;
}

START_TEST(every_field_of_a_line)
{
    g_autoptr(Site) site = site_new();
    site->subject.organization = "gym";
    site->lines[0] = usage_line(site, &site->limits[FREE][1], 1, 1, instant("2026-11-23T05:00:00Z"));
    site->lines[0].window.start = instant("2026-11-16T05:00:00Z");
    site->lines[0].bonus = 2;
    site->lines[0].held = 0;
    site->lines[0].source |= SOURCE_GRANT;
    usage_line_finish(&site->lines[0]);
    assert_json(view_usage(site_report(site, 1)),
                "{\"subject\":\"ada\",\"plan\":{\"key\":\"free\",\"title\":\"Free\"},\"organization\":\"gym\","
                "\"as_of\":\"2026-11-22T17:00:00Z\",\"limits\":[{\"limit\":\"weekly\",\"feature\":\"menu_upload\","
                "\"title\":\"Menu upload\",\"unit\":\"menu upload\",\"scope\":\"subject\",\"window\":\"week\","
                "\"timezone\":\"America/New_York\",\"period_start\":\"2026-11-16T05:00:00Z\","
                "\"period_end\":\"2026-11-23T05:00:00Z\",\"amount\":1,\"used\":1,\"held\":0,\"bonus\":2,\"remaining\":2,"
                "\"percent\":100,\"state\":\"warning\",\"resets_at\":\"2026-11-23T05:00:00Z\","
                "\"message\":\"High usage this week: 1 of 1\",\"source\":\"grant\"}],\"changes\":[]}");
}
END_TEST

START_TEST(unlimited_lifetime_and_unlisted)
{
    g_autoptr(Site) site = site_new();
    site->subject.plan = &site->plans[PRO];
    Limit *limit = &site->limits[PRO][0];
    limit->window = window_spec("lifetime", ALIGN_CALENDAR);
    site->lines[0] = usage_line(site, limit, 12, AMOUNT_UNLIMITED, INSTANT_MAX);
    site->lines[1] = (UsageLine){.feature = &site->features[PREMIUM], .zone = "UTC", .resets_at = INSTANT_MAX,
                                 .window = {INSTANT_MIN, INSTANT_MAX}};
    usage_line_finish(&site->lines[1]);
    assert_json(view_usage(site_report(site, 2)),
                "{\"subject\":\"ada\",\"plan\":{\"key\":\"pro\",\"title\":\"Pro\"},\"organization\":null,"
                "\"as_of\":\"2026-11-22T17:00:00Z\",\"limits\":["
                "{\"limit\":\"daily\",\"feature\":\"get_solution\",\"title\":\"Get Solution\","
                "\"unit\":\"Get Solution request\","
                "\"scope\":\"subject\",\"window\":\"lifetime\",\"timezone\":\"UTC\",\"period_start\":null,"
                "\"period_end\":null,"
                "\"amount\":null,\"used\":12,\"held\":0,\"bonus\":0,\"remaining\":null,\"percent\":0,"
                "\"state\":\"unlimited\","
                "\"resets_at\":null,\"message\":\"12 used · ∞ unlimited\",\"source\":\"plan\"},"
                "{\"limit\":null,\"feature\":\"premium_message\",\"title\":\"Premium message\",\"unit\":\"premium model\","
                "\"scope\":null,\"window\":null,\"timezone\":null,\"period_start\":null,\"period_end\":null,\"amount\":0,"
                "\"used\":0,\"held\":0,\"bonus\":0,\"remaining\":0,\"percent\":100,\"state\":\"not_included\","
                "\"resets_at\":null,\"message\":\"Premium models are not part of Pro. Enterprise has 500 a month.\","
                "\"source\":\"plan\"}],\"changes\":[]}");
}
END_TEST

START_TEST(the_most_particular_source_is_named)
{
    static const struct {
        unsigned source;
        const char *word;
    } cases[] = {
        {SOURCE_PLAN, "plan"},
        {SOURCE_PLAN | SOURCE_ROLLOVER, "rollover"},
        {SOURCE_PLAN | SOURCE_ROLLOVER | SOURCE_GRANT, "grant"},
        {SOURCE_PLAN | SOURCE_ROLLOVER | SOURCE_GRANT | SOURCE_GRACE, "grace"},
        {SOURCE_OVERRIDE | SOURCE_ROLLOVER | SOURCE_GRANT | SOURCE_GRACE, "override"},
    };
    g_autoptr(Site) site = site_new();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        site->lines[0] = usage_line(site, &site->limits[FREE][0], 1, 2, instant("2026-11-23"));
        site->lines[0].source = cases[i].source;
        json_t *usage = view_value(view_usage(site_report(site, 1)));
        json_t *line = json_array_get(json_object_get(usage, "limits"), 0);
        ck_assert_pstr_eq(json_string_value(json_object_get(line, "source")), cases[i].word);
        json_decref(usage);
    }
}
END_TEST

START_TEST(nobody_uses_nothing)
{
    g_autoptr(Site) site = site_new();
    site->subject.key = "anon:192.0.2.1";
    site->subject.plan = &site->plans[ANONYMOUS];
    assert_json(view_usage(site_report(site, 0)),
                "{\"subject\":\"anon:192.0.2.1\",\"plan\":{\"key\":\"anonymous\",\"title\":\"Anonymous\"},"
                "\"organization\":null,\"as_of\":\"2026-11-22T17:00:00Z\",\"limits\":[],\"changes\":[]}");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_field_of_a_line, unlimited_lifetime_and_unlisted,
                                  the_most_particular_source_is_named, nobody_uses_nothing};
    return run_tests("view_usage", tests, G_N_ELEMENTS(tests));
}
