/* A small site for the tests of words and documents: four plans, four features, and lines and answers made by hand, so
 * that every figure that is expected stands in the test itself. */
#ifndef WEBQUOTA_TESTS_ANSWERS_SAMPLE_H
#define WEBQUOTA_TESTS_ANSWERS_SAMPLE_H

#include "base/base.h"

#include <check.h>

#include "domain/answer.h"

#define MINUTE_US (60 * US_PER_S)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

enum { MENU, SOLUTION, MESSAGE, PREMIUM, FEATURES };
enum { ANONYMOUS, FREE, PRO, ENTERPRISE, PLANS };

typedef struct {
    Policy policy;
    Feature features[FEATURES];
    Plan plans[PLANS];
    bool lists[PLANS][FEATURES];
    Limit limits[PLANS][8];
    Subject subject;
    UsageLine lines[8];
    UsageReport report;
} Site;

static inline Instant instant(const char *text)
{
    Instant at = 0;
    ck_assert_msg(instant_parse(text, &at), "not an instant: %s", text);
    return at;
}

static inline WindowSpec window_spec(const char *text, WindowAlign align)
{
    WindowSpec spec = {.week_starts = 1};
    const char *why = NULL;
    ck_assert_msg(window_parse(text, &spec, &why), "%s: %s", text, why);
    spec.align = align;
    return spec;
}

static inline Limit *site_limit(Site *site, int plan, int feature, const char *key, Amount amount, const char *window)
{
    Limit *limit = &site->limits[plan][site->plans[plan].limit_count++];
    *limit = (Limit){.key = (char *)key, .feature = feature, .plan_amount = amount};
    limit->window = window_spec(window, ALIGN_CALENDAR);
    limit->zone = (char *)"UTC";
    site->lists[plan][feature] = true;
    return limit;
}

static inline void site_feature(Site *site, int index, const char *key, const char *title, const char *unit,
                                const char *units)
{
    site->features[index] = (Feature){.index = index, .key = (char *)key, .title = (char *)title, .unit = (char *)unit,
                                      .units = (char *)units, .parent = -1};
}

static inline void site_plan(Site *site, int index, const char *key, const char *title, int upgrade)
{
    site->plans[index] = (Plan){.index = index, .key = (char *)key, .title = (char *)title, .rank = index,
                                .upgrade = upgrade, .lists = site->lists[index], .limits = site->limits[index]};
}

static inline Site *site_new(void)
{
    Site *site = g_new0(Site, 1);
    site->policy = (Policy){.refs = 1, .zone = (char *)"UTC", .default_plan = FREE, .anonymous_plan = ANONYMOUS,
                            .features = site->features, .feature_count = FEATURES, .plans = site->plans,
                            .plan_count = PLANS};
    site_feature(site, MENU, "menu_upload", "Menu upload", "menu upload", "menu uploads");
    site_feature(site, SOLUTION, "get_solution", "Get Solution", "Get Solution request", "Get Solution requests");
    site_feature(site, MESSAGE, "message", "Message", "message", "messages");
    site_feature(site, PREMIUM, "premium_message", "Premium message", "premium model", "premium models");
    site->features[PREMIUM].parent = MESSAGE;
    site->features[PREMIUM].depth = 1;
    site_plan(site, ANONYMOUS, "anonymous", "Anonymous", -1);
    site_plan(site, FREE, "free", "Free", PRO);
    site_plan(site, PRO, "pro", "Pro", ENTERPRISE);
    site_plan(site, ENTERPRISE, "enterprise", "Enterprise", -1);
    site_limit(site, ANONYMOUS, SOLUTION, "daily", 1, "day");
    site_limit(site, FREE, SOLUTION, "daily", 2, "day");
    site_limit(site, FREE, MENU, "weekly", 1, "week")->zone = (char *)"America/New_York";
    site_limit(site, FREE, PREMIUM, "monthly_premium", 20, "month");
    site_limit(site, PRO, SOLUTION, "daily", 100, "day");
    site_limit(site, PRO, MENU, "daily", 10, "day");
    site_limit(site, ENTERPRISE, SOLUTION, "daily", AMOUNT_UNLIMITED, "day");
    site_limit(site, ENTERPRISE, PREMIUM, "monthly_premium", 500, "month");
    site->subject = (Subject){.key = "ada", .plan = &site->plans[FREE]};
    return site;
}

static inline void site_free(Site *site)
{
    g_free(site);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Site, site_free)

/* A line of the limit with so much used of the amount, in the window that ends at `resets_at`. */
static inline UsageLine usage_line(const Site *site, const Limit *limit, int64_t used, Amount amount, Instant resets_at)
{
    UsageLine line = {.feature = &site->features[limit->feature], .limit = limit, .amount = amount, .used = used,
                      .zone = limit->zone, .source = SOURCE_PLAN, .resets_at = resets_at, .override_expires = INSTANT_MAX,
                      .bonus_expires = INSTANT_MAX};
    line.window = (Window){resets_at == INSTANT_MAX ? INSTANT_MIN : resets_at - DAY_US, resets_at};
    usage_line_finish(&line);
    return line;
}

/* An answer about `feature` to the site's subject, without lines so far. */
static inline Answer *site_answer(Site *site, int feature, Outcome outcome, Reason reason, Instant at)
{
    Answer *answer = g_new0(Answer, 1);
    answer->refs = 1;
    answer->policy = policy_ref(&site->policy);
    answer->id = g_strdup("d1");
    answer->outcome = outcome;
    answer->reason = reason;
    answer->subject = g_strdup(site->subject.key);
    answer->anonymous = site->subject.anonymous;
    answer->plan = site->subject.plan;
    answer->organization = g_strdup(site->subject.organization);
    answer->feature = &site->features[feature];
    answer->units = 1;
    answer->at = at;
    answer->lines = g_new0(AnswerLine, 4);
    answer->deciding = -1;
    answer->expires_at = INSTANT_MAX;
    return answer;
}

/* Adds the line; it is the deciding one when it is the first. Refused lines are free again when the line resets. */
static inline AnswerLine *answer_add(Answer *answer, UsageLine usage)
{
    AnswerLine *line = &answer->lines[answer->line_count];
    bool refused = answer->outcome != OUTCOME_ALLOWED;
    *line = (AnswerLine){.usage = usage, .asked = answer->units, .charged = refused ? 0 : answer->units, .refused = refused,
                         .frees_at = refused ? usage.resets_at : answer->at};
    if (answer->line_count++ == 0)
        answer->deciding = 0;
    return line;
}

/* Compares a new string, and frees it. */
#define assert_words(made, expected)                 \
    do {                                             \
        g_autofree char *made_words = (made);        \
        ck_assert_pstr_eq(made_words, (expected));   \
    } while (0)

/* The main program of a test: one suite, one case of all its tests. */
static inline int run_tests(const char *name, const TTest *const *tests, int count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    for (int i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
