/* Every page in every state, made from values: for the golden pages, the page tests and the browser tests.
 * One policy, one instant; each sample is a report or an answer put together by hand. */
#ifndef WEBQUOTA_PAGE_SAMPLES_H
#define WEBQUOTA_PAGE_SAMPLES_H

#include "domain/answer.h"
#include "view/templates.h"
#include "view/view.h"

#define SAMPLE_ZONE "America/New_York"
#define SAMPLE_NOW "2026-11-22T19:05:20Z"
#define SAMPLE_LINES 24

enum { MENU_UPLOAD, MESSAGE, PREMIUM_MESSAGE, MENU_GENERATION, INVOICE_UPLOAD, SOLUTION, EXPORT, HOSTILE, FEATURE_COUNT };
enum { ANONYMOUS, FREE, PRO, PLAN_COUNT };

#define LONG_NAME \
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft und sehr viele weitere Worte danach"
#define HOSTILE_NAME "<script>alert(1)</script>\" onload='x' {{title}} &amp; تقارير الاستخدام الشهرية"

typedef struct {
    Policy *policy;
    Subject subject;
    PageContext context;
    UsageLine lines[SAMPLE_LINES];
    UsageReport report;
    AnswerLine answer_lines[SAMPLE_LINES];
    Answer answer;
} Sample;

/* --- the policy --- */

static inline void sample_feature(Policy *policy, int index, const char *key, const char *title, const char *unit,
                                  int parent)
{
    policy->features[index] = (Feature){
        .index = index,
        .key = g_strdup(key),
        .title = g_strdup(title),
        .unit = g_strdup(unit),
        .units = g_strconcat(unit, "s", NULL),
        .parent = parent,
        .depth = parent >= 0,
    };
}

static inline Limit *sample_limit(Plan *plan, int feature, const char *key, const char *window, Amount amount)
{
    const char *why = NULL;
    Limit *limit = &plan->limits[plan->limit_count++];
    *limit = (Limit){ .key = g_strdup(key), .feature = feature, .zone = g_strdup(SAMPLE_ZONE), .plan_amount = amount };
    limit->window.week_starts = 1;
    if (!window_parse(window, &limit->window, &why))
        g_error("%s", why);
    plan->lists[feature] = true;
    return limit;
}

static inline Plan *sample_plan(Policy *policy, int index, const char *key, const char *title, const char *price,
                                int upgrade)
{
    Plan *plan = &policy->plans[index];
    *plan = (Plan){
        .index = index,
        .key = g_strdup(key),
        .title = g_strdup(title),
        .price = g_strdup(price),
        .rank = index,
        .upgrade = upgrade,
        .lists = g_new0(bool, FEATURE_COUNT),
        .limits = g_new0(Limit, SAMPLE_LINES),
    };
    return plan;
}

static inline void sample_plans(Policy *policy)
{
    Plan *anonymous = sample_plan(policy, ANONYMOUS, "anonymous", "Anonymous", NULL, -1);
    sample_limit(anonymous, MENU_GENERATION, "daily", "day", 3);
    sample_limit(anonymous, MESSAGE, "monthly", "month", 20);

    Plan *free_plan = sample_plan(policy, FREE, "free", "Free", NULL, PRO);
    sample_limit(free_plan, MENU_UPLOAD, "weekly", "week", 1);
    sample_limit(free_plan, MESSAGE, "monthly", "month", 100);
    sample_limit(free_plan, PREMIUM_MESSAGE, "monthly_premium", "month", 20);
    sample_limit(free_plan, MENU_GENERATION, "daily", "day", 15);
    sample_limit(free_plan, MENU_GENERATION, "monthly", "month", 300);
    sample_limit(free_plan, MENU_GENERATION, "team_daily", "day", 100)->scope = SCOPE_ORGANIZATION;
    sample_limit(free_plan, MENU_GENERATION, "shared_minute", "minute", 5)->scope = SCOPE_PLAN;
    sample_limit(free_plan, INVOICE_UPLOAD, "weekly", "week", 1);
    sample_limit(free_plan, SOLUTION, "daily", "day", AMOUNT_UNLIMITED)->counts_only = true;
    sample_limit(free_plan, HOSTILE, "daily", "day", 1000000);
    sample_limit(free_plan, HOSTILE, "rolling", "28 day", 9007199254740991)->window.align = ALIGN_ROLLING;

    Plan *pro = sample_plan(policy, PRO, "pro", "Pro", "$9 a month", -1);
    sample_limit(pro, MENU_UPLOAD, "weekly", "week", 20);
    sample_limit(pro, MESSAGE, "monthly", "month", 1000);
    sample_limit(pro, PREMIUM_MESSAGE, "monthly_premium", "month", 200);
    sample_limit(pro, MENU_GENERATION, "daily", "day", 150);
    sample_limit(pro, MENU_GENERATION, "monthly", "month", 3000);
    sample_limit(pro, INVOICE_UPLOAD, "weekly", "week", 10);
    sample_limit(pro, EXPORT, "daily", "day", 50);
    sample_limit(pro, SOLUTION, "daily", "day", AMOUNT_UNLIMITED)->counts_only = true;
}

static inline Policy *sample_policy(void)
{
    Policy *policy = policy_new();
    policy->title = g_strdup("Menu Planner");
    policy->zone = g_strdup(SAMPLE_ZONE);
    policy->anonymous_plan = ANONYMOUS;
    policy->default_plan = FREE;
    policy->upgrade_url = g_strdup("https://menu.example/upgrade?to={plan}&for={feature}");
    policy->support_url = g_strdup("https://menu.example/support");
    policy->features = g_new0(Feature, FEATURE_COUNT);
    policy->feature_count = FEATURE_COUNT;
    sample_feature(policy, MENU_UPLOAD, "menu_upload", "Menu upload", "menu upload", -1);
    sample_feature(policy, MESSAGE, "message", "Message", "message", -1);
    sample_feature(policy, PREMIUM_MESSAGE, "premium_message", "Premium message", "premium message", MESSAGE);
    policy->features[PREMIUM_MESSAGE].resources = g_strsplit("claude-*,o1,gpt-4*", ",", -1);
    sample_feature(policy, MENU_GENERATION, "menu_generation", "Menu generation", "menu generation", -1);
    sample_feature(policy, INVOICE_UPLOAD, "invoice_upload", "Invoice upload", "invoice upload", -1);
    sample_feature(policy, SOLUTION, "get_solution", "Get solution", "Get Solution request", -1);
    policy->features[SOLUTION].about = g_strdup("Answers worked out step by step.");
    sample_feature(policy, EXPORT, "priority_export", "Priority export", "priority export", -1);
    sample_feature(policy, HOSTILE, "hostile", HOSTILE_NAME, LONG_NAME, -1);
    policy->plans = g_new0(Plan, PLAN_COUNT);
    policy->plan_count = PLAN_COUNT;
    sample_plans(policy);
    return policy;
}

/* --- a person with some use --- */

static inline Instant sample_instant(const char *text)
{
    Instant at = 0;
    if (!instant_parse(text, &at))
        g_error("%s is not an instant", text);
    return at;
}

/* A policy that names nobody to ask for more. */
static inline void sample_without_support(Sample *sample)
{
    g_clear_pointer(&sample->policy->support_url, g_free);
}

static inline void sample_init(Sample *sample, int plan)
{
    Instant now = sample_instant(SAMPLE_NOW);
    *sample = (Sample){ .policy = sample_policy() };
    sample->subject = (Subject){ .key = "ada", .plan = &sample->policy->plans[plan], .anonymous = plan == ANONYMOUS };
    sample->context = (PageContext){
        .mount = "/quota",
        .path = "/",
        .who = plan == ANONYMOUS ? "192.0.2.7" : "ada@example.org",
        .signed_in = plan != ANONYMOUS,
        .policy = sample->policy,
        .now = now,
    };
    sample->report = (UsageReport){
        .policy = sample->policy, .subject = &sample->subject, .as_of = now, .lines = sample->lines };
}

/* Pages point into the policies that they are made from: those stay until the program ends. */
static inline void sample_keep(Policy *policy)
{
    static GPtrArray *kept;
    if (!kept)
        kept = g_ptr_array_new();
    g_ptr_array_add(kept, policy);
}

static inline void sample_clear(Sample *sample)
{
    g_clear_pointer(&sample->report.coming, g_array_unref);
    sample_keep(g_steal_pointer(&sample->policy));
}

/* What another policy is to change for the person, from the first of December on. Takes it. */
static inline void sample_coming(Sample *sample, Policy *next)
{
    const Situation situation = { .policy = sample->policy, .subject = &sample->subject };
    sample->report.coming = g_array_new(FALSE, FALSE, sizeof(ComingChange));
    sample->report.coming_at = sample_instant("2026-12-01T05:00:00Z");
    coming_changes(&situation, next, policy_plan(next, sample->subject.plan->key), sample->report.coming_at, -1, sample->report.coming);
    sample_keep(next);
}

static inline Limit *sample_limit_of(Policy *policy, int plan, int feature)
{
    for (int i = 0; i < policy->plans[plan].limit_count; i++)
        if (policy->plans[plan].limits[i].feature == feature)
            return &policy->plans[plan].limits[i];
    return NULL;
}

/* Adds the plan's limit with its window as it is now; `limit` NULL: the plan does not list the feature. Change
 * what is particular, then sample_finish. */
static inline UsageLine *sample_line(Sample *sample, int feature, const char *limit, int64_t used)
{
    UsageLine *line = &sample->lines[sample->report.line_count++];
    *line = (UsageLine){
        .feature = &sample->policy->features[feature],
        .window = { INSTANT_MIN, INSTANT_MAX },
        .zone = SAMPLE_ZONE,
        .used = used,
        .source = SOURCE_PLAN,
        .resets_at = INSTANT_MAX,
        .override_expires = INSTANT_MAX,
        .bonus_expires = INSTANT_MAX,
    };
    const Plan *plan = sample->subject.plan;
    for (int i = 0; limit && i < plan->limit_count; i++)
        if (plan->limits[i].feature == feature && g_str_equal(plan->limits[i].key, limit))
            line->limit = &plan->limits[i];
    if (line->limit) {
        line->amount = line->limit->plan_amount;
        line->window = window_at(&line->limit->window, zone_find(SAMPLE_ZONE), 0, sample->report.as_of);
        line->resets_at = line->window.end;
    }
    usage_line_finish(line);
    return line;
}

static inline void sample_finish(Sample *sample)
{
    for (int i = 0; i < sample->report.line_count; i++)
        usage_line_finish(&sample->lines[i]);
}

/* A refusal by line `deciding` of those added so far (-1: by none). */
static inline const Answer *sample_refusal(Sample *sample, int deciding, Outcome outcome, Reason reason, int64_t asked)
{
    sample_finish(sample);
    int count = sample->report.line_count;
    for (int i = 0; i < count; i++)
        sample->answer_lines[i] = (AnswerLine){
            .usage = sample->lines[i], .asked = asked, .refused = i == deciding, .frees_at = sample->lines[i].resets_at };
    if (reason != REASON_LIMIT && deciding >= 0)
        sample->answer_lines[deciding].frees_at = INSTANT_MAX;
    sample->answer = (Answer){
        .refs = 1,
        .policy = sample->policy,
        .id = (char *)"d-7f3kq2m9x4c8v1b6n5z0",
        .outcome = outcome,
        .reason = reason,
        .subject = (char *)sample->subject.key,
        .anonymous = sample->subject.anonymous,
        .plan = sample->subject.plan,
        .organization = (char *)sample->subject.organization,
        .feature = sample->lines[0].feature,
        .units = asked,
        .at = sample->report.as_of,
        .lines = sample->answer_lines,
        .line_count = count,
        .deciding = deciding,
    };
    return &sample->answer;
}

#endif
