/* The samples by name: each page in each state that it has. */
#ifndef WEBQUOTA_PAGE_STATES_H
#define WEBQUOTA_PAGE_STATES_H

#include "view/alerts_states.h"
#include "view/access_states.h"
#include "view/line_states.h"
#include "view/approvals_states.h"
#include "view/bulk_states.h"
#include "view/admin_states.h"
#include "view/decision_states.h"
#include "view/feature_states.h"
#include "view/form_states.h"
#include "view/history_states.h"
#include "view/page_samples.h"
#include "view/plans_states.h"
#include "view/queue_states.h"

typedef Value *(*PageState)(void);

static inline Value *sample_dashboard(Sample *sample)
{
    sample_finish(sample);
    Value *page = view_dashboard(&sample->report, &sample->context);
    sample_clear(sample);
    return page;
}

static inline Value *sample_limit_page(Sample *sample, const Answer *refusal)
{
    sample_finish(sample);
    sample->context.path = "/limit/x";
    Value *page = view_limit(&sample->report, refusal, &sample->context);
    sample_clear(sample);
    return page;
}

/* --- dashboards --- */

static Value *dashboard_ok(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 0);
    sample_line(&sample, MESSAGE, "monthly", 40);
    sample_line(&sample, MENU_GENERATION, "daily", 5);
    sample_line(&sample, SOLUTION, "daily", 12);
    return sample_dashboard(&sample);
}

static Value *dashboard_first_use(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 0);
    sample_line(&sample, MESSAGE, "monthly", 0);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 0);
    sample_line(&sample, MENU_GENERATION, "daily", 0);
    sample_line(&sample, MENU_GENERATION, "monthly", 0);
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_dashboard(&sample);
}

static Value *dashboard_notice(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.policy->features[MENU_GENERATION].about = g_strdup("A week of menus, made from what you like.");
    sample_line(&sample, MENU_GENERATION, "daily", 12);
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    sample_line(&sample, MESSAGE, "monthly", 3);
    return sample_dashboard(&sample);
}

static Value *dashboard_warning(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 95);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_line(&sample, MENU_GENERATION, "daily", 12)->held = 1;
    return sample_dashboard(&sample);
}

/* As most people meet it: something of everything. */
static Value *dashboard_exhausted(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_line(&sample, MESSAGE, "monthly", 95);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_line(&sample, MENU_GENERATION, "daily", 12)->held = 1;
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    UsageLine *bonus = sample_line(&sample, INVOICE_UPLOAD, "weekly", 0);
    bonus->bonus = 2;
    bonus->bonus_expires = sample_instant("2026-12-09T05:00:00Z");
    sample_line(&sample, SOLUTION, "daily", 12);
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_dashboard(&sample);
}

static Value *dashboard_all_exhausted(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 5);
    sample_line(&sample, MESSAGE, "monthly", 100)->spent = (BonusSpent){50, 50, 50, sample_instant("2027-01-09T05:00:00Z")};
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 20);
    sample_line(&sample, MENU_GENERATION, "daily", 15);
    sample_line(&sample, MENU_GENERATION, "monthly", 300);
    sample_line(&sample, INVOICE_UPLOAD, "weekly", 0)->held = 1;
    return sample_dashboard(&sample);
}

static Value *dashboard_organization(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym";
    sample_line(&sample, MENU_GENERATION, "daily", 12);
    sample_line(&sample, MENU_GENERATION, "team_daily", 61);
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    sample_line(&sample, MENU_GENERATION, "shared_minute", 2);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    return sample_dashboard(&sample);
}

/* Override, grace, rollover, bonus, held, overage, on trial: all that may stand beside a limit. */
static Value *dashboard_changed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    UsageLine *raised = sample_line(&sample, MENU_UPLOAD, "weekly", 7);
    raised->amount = 50;
    raised->source |= SOURCE_OVERRIDE;
    raised->override_expires = sample_instant("2026-12-31T05:00:00Z");
    UsageLine *spent_bonus = sample_line(&sample, MESSAGE, "monthly", 100);
    spent_bonus->bonus = 30;
    spent_bonus->bonus_expires = sample_instant("2027-01-09T05:00:00Z");
    spent_bonus->spent = (BonusSpent){20, 50, 50, spent_bonus->bonus_expires};
    spent_bonus->source |= SOURCE_GRANT;
    UsageLine *carried = sample_line(&sample, MENU_GENERATION, "daily", 4);
    carried->amount = 25;
    carried->carried = 10;
    carried->held = 3;
    carried->bonus = 5;
    carried->source |= SOURCE_ROLLOVER | SOURCE_GRACE;
    UsageLine *unlimited = sample_line(&sample, MENU_GENERATION, "monthly", 118);
    unlimited->amount = AMOUNT_UNLIMITED;
    unlimited->source |= SOURCE_OVERRIDE;
    UsageLine *over = sample_line(&sample, INVOICE_UPLOAD, "weekly", 3);
    ((Limit *)over->limit)->on_exceed = EXCEED_ALLOW;
    UsageLine *trial = sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 22);
    ((Limit *)trial->limit)->mode = MODE_SHADOW;
    return sample_dashboard(&sample);
}

static Value *dashboard_unlimited(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    for (int i = MENU_UPLOAD; i <= INVOICE_UPLOAD; i++)
        sample_line(&sample, i, i == MENU_UPLOAD || i == INVOICE_UPLOAD ? "weekly"
                                : i == PREMIUM_MESSAGE                  ? "monthly_premium"
                                                                        : "monthly", 1234567)->amount = AMOUNT_UNLIMITED;
    return sample_dashboard(&sample);
}

static Value *dashboard_highest_plan(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    sample_line(&sample, MENU_UPLOAD, "weekly", 19);
    sample_line(&sample, MESSAGE, "monthly", 400);
    return sample_dashboard(&sample);
}

static Value *dashboard_anonymous(void)
{
    Sample sample;
    sample_init(&sample, ANONYMOUS);
    sample_line(&sample, MENU_UPLOAD, NULL, 0);
    sample_line(&sample, MESSAGE, "monthly", 2);
    sample_line(&sample, PREMIUM_MESSAGE, NULL, 0);
    sample_line(&sample, MENU_GENERATION, "daily", 3);
    return sample_dashboard(&sample);
}

static Value *dashboard_suspended(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.suspended = true;
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_line(&sample, MESSAGE, "monthly", 40);
    return sample_dashboard(&sample);
}

static Value *dashboard_suspended_without_support(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_without_support(&sample);
    sample.subject.suspended = true;
    sample_line(&sample, MESSAGE, "monthly", 40);
    return sample_dashboard(&sample);
}

/* One change is to come, for the better. */
static Value *dashboard_coming_better(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 40);
    sample_line(&sample, MENU_GENERATION, "daily", 5);
    Policy *next = sample_policy();
    sample_limit_of(next, FREE, MENU_GENERATION)->plan_amount = 25;
    sample_coming(&sample, next);
    return sample_dashboard(&sample);
}

/* Several, most of them for the worse. */
static Value *dashboard_coming_worse(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = "Sunrise Gym";
    sample_line(&sample, MESSAGE, "monthly", 98);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    sample_line(&sample, MENU_GENERATION, "daily", 5);
    Policy *next = sample_policy();
    sample_limit_of(next, FREE, MESSAGE)->plan_amount = 50;
    Limit *upload = sample_limit_of(next, FREE, MENU_UPLOAD);
    upload->plan_amount = 3;
    upload->window.unit = WINDOW_MONTH;
    upload->scope = SCOPE_ORGANIZATION;
    sample_limit(&next->plans[FREE], SOLUTION, "hourly", "hour", 10);
    sample_limit_of(next, FREE, MENU_GENERATION)->mode = MODE_OFF;
    sample_coming(&sample, next);
    return sample_dashboard(&sample);
}

/* One feature goes and another comes; hostile names stay text. */
static Value *dashboard_coming_removed(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 40);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 12);
    sample_line(&sample, EXPORT, NULL, 0);
    Policy *next = sample_policy();
    sample_limit_of(next, FREE, PREMIUM_MESSAGE)->plan_amount = 0;
    sample_limit_of(next, FREE, HOSTILE)->plan_amount = 0;
    sample_limit(&next->plans[FREE], EXPORT, "daily", "day", 2);
    sample_coming(&sample, next);
    return sample_dashboard(&sample);
}

/* Somebody far from where the policy was written: times are theirs. And their language runs the other way. */
static Value *dashboard_own_zone(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.zone = "Asia/Tokyo";
    g_free(sample.policy->features[MESSAGE].title);
    sample.policy->features[MESSAGE].title = g_strdup("رسائل الشهر");
    UsageLine *upload = sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    upload->source |= SOURCE_OVERRIDE;
    upload->override_expires = sample_instant("2026-12-31T05:00:00Z");
    sample_line(&sample, MESSAGE, "monthly", 95);
    UsageLine *generation = sample_line(&sample, MENU_GENERATION, "daily", 4);
    generation->held = 2;
    generation->bonus = 5;
    generation->bonus_expires = sample_instant("2026-12-09T23:00:00Z");
    return sample_dashboard(&sample);
}

static Value *dashboard_nothing(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    return sample_dashboard(&sample);
}

static Value *dashboard_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.subject.organization = HOSTILE_NAME;
    sample.context.who = "<img src=x onerror=alert(1)>\xff";
    sample.context.mount = "";
    g_free(sample.policy->title);
    sample.policy->title = g_strdup("مخطط القوائم <b>&");
    sample_line(&sample, HOSTILE, "daily", 999999);
    sample_line(&sample, HOSTILE, "rolling", INT64_C(9007199254740991));
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_dashboard(&sample);
}

/* --- limit pages --- */

static Value *limit_week(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.back = "/menus/new?day=monday&meal=lunch";
    sample_line(&sample, MENU_UPLOAD, "weekly", 1);
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
}

/* Bonuses come later than the limit's own: two dates, and one of them is so far off. */
static Value *limit_bonus_again(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_UPLOAD, "weekly", 1)->spent = (BonusSpent){2, 2, 2, sample_instant("2026-12-14T05:00:00Z")};
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
}

/* The highest plan, and nobody named to ask. */
static Value *limit_without_support(void)
{
    Sample sample;
    sample_init(&sample, PRO);
    sample_without_support(&sample);
    sample_line(&sample, MENU_UPLOAD, "weekly", 20);
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
}

/* The longest that is usual: a form that was refused, every limit there is, an organization. */
static Value *limit_form(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.back = "/menus/new?day=monday&meal=lunch";
    sample.context.sent_form = true;
    sample.subject.organization = "Sunrise Gym and Wellness Centre, Springfield";
    sample_line(&sample, MENU_GENERATION, "daily", 15);
    sample_line(&sample, MENU_GENERATION, "team_daily", 92);
    sample_line(&sample, MENU_GENERATION, "monthly", 300);
    sample_line(&sample, MENU_GENERATION, "shared_minute", 5);
    sample_refusal(&sample, 2, OUTCOME_DENIED, REASON_LIMIT, 1);
    sample.answer_lines[0].refused = true;
    sample.answer_lines[3].approximate = true;
    return sample_limit_page(&sample, &sample.answer);
}

static Value *limit_fewer(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 98);
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 5));
}

static Value *limit_never_fits(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 10);
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_NEVER_FITS, 500));
}

/* The line of the limit is as long as it may be, or closed. */
static Value *limit_queue_full(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.back = "/menus/new?day=monday&meal=lunch";
    sample_line(&sample, MENU_GENERATION, "daily", 4);
    sample_line(&sample, MENU_GENERATION, "shared_minute", 5);
    return sample_limit_page(&sample, sample_refusal(&sample, 1, OUTCOME_DENIED, REASON_QUEUE_FULL, 1));
}

static Value *limit_visitor(void)
{
    Sample sample;
    sample_init(&sample, ANONYMOUS);
    sample_line(&sample, MENU_GENERATION, "daily", 3);
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
}

static Value *limit_not_included(void)
{
    Sample sample;
    sample_init(&sample, ANONYMOUS);
    sample_line(&sample, PREMIUM_MESSAGE, NULL, 0);
    sample_refusal(&sample, -1, OUTCOME_FORBIDDEN, REASON_NOT_LISTED, 1);
    sample.answer.line_count = 0;
    return sample_limit_page(&sample, &sample.answer);
}

static Value *limit_suspended(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MESSAGE, "monthly", 10);
    return sample_limit_page(&sample, sample_refusal(&sample, -1, OUTCOME_FORBIDDEN, REASON_SUSPENDED, 1));
}

/* Without a refusal: somebody looks. */
static Value *limit_look_stopped(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, PREMIUM_MESSAGE, "monthly_premium", 20);
    sample_line(&sample, MESSAGE, "monthly", 60);
    return sample_limit_page(&sample, NULL);
}

static Value *limit_look_available(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, MENU_GENERATION, "daily", 12);
    sample_line(&sample, MENU_GENERATION, "monthly", 118);
    return sample_limit_page(&sample, NULL);
}

static Value *limit_look_not_included(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, EXPORT, NULL, 0);
    return sample_limit_page(&sample, NULL);
}

static Value *limit_look_unlimited(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample_line(&sample, SOLUTION, "daily", 12);
    return sample_limit_page(&sample, NULL);
}

static Value *limit_hostile(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.back = "/search?q=%3Cscript%3E&\"><script>alert(1)</script>";
    sample.context.sent_form = true;
    sample_line(&sample, HOSTILE, "daily", 1000000);
    for (int i = 0; i < 12; i++)
        sample_line(&sample, HOSTILE, "rolling", INT64_C(9007199254740990));
    return sample_limit_page(&sample, sample_refusal(&sample, 0, OUTCOME_DENIED, REASON_LIMIT, 1));
}

/* --- errors --- */

static inline Value *sample_error(int status, const char *title, const char *detail, const char *back)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.path = "/nowhere";
    sample.context.back = back;
    Value *page = view_error(status, title, detail, &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *error_correct(void)
{
    return sample_error(400, "Bad Request", "\"units\" must be a whole number from 1.", "/menus/new");
}

static Value *error_correct_form(void)
{
    Sample sample;
    sample_init(&sample, FREE);
    sample.context.path = "/requests/new";
    sample.context.back = "/requests/new?feature=message";
    sample.context.sent_form = true;
    Value *page = view_error(413, "Content Too Large", "the body is more than 65536 bytes", &sample.context);
    sample_clear(&sample);
    return page;
}

static Value *error_sign_in(void)
{
    return sample_error(401, "Unauthorized", "This page is for people who are signed in.", NULL);
}

static Value *error_not_allowed(void)
{
    return sample_error(403, "Forbidden", NULL, NULL);
}

static Value *error_not_found(void)
{
    return sample_error(404, "Not Found", "<b>/nowhere</b> is not one of ours.", NULL);
}

static Value *error_method(void)
{
    return sample_error(405, "Method Not Allowed", "this address does not know the method; it knows GET, HEAD", NULL);
}

static Value *error_too_many(void)
{
    return sample_error(429, "Too Many Requests", NULL, "/menus/new");
}

static Value *error_broken(void)
{
    return sample_error(500, "Internal Server Error", "this page cannot be shown at the moment", NULL);
}

/* A status that no words were written for. */
static Value *error_other(void)
{
    return sample_error(418, "I'm a <teapot>", NULL, NULL);
}

/* The store is away: nothing is known but the request. */
static Value *error_unavailable(void)
{
    PageContext context = { .mount = "/quota", .path = "/", .now = sample_instant(SAMPLE_NOW) };
    return view_error(503, "Service Unavailable", "usage cannot be looked up at the moment", &context);
}

static Value *error_guarded(void)
{
    PageContext context = { .mount = "/quota", .path = "", .now = sample_instant(SAMPLE_NOW), .back = "/menus", .guarded = true };
    return view_error(503, "Service Unavailable", "usage cannot be looked up at the moment", &context);
}

static Value *error_guarded_form(void)
{
    PageContext context = { .mount = "/quota", .path = "", .now = sample_instant(SAMPLE_NOW), .back = "/menus/new", .guarded = true,
                            .sent_form = true };
    return view_error(503, "Service Unavailable", "usage cannot be looked up at the moment", &context);
}

/* The connection broke while it was written down. */
static Value *error_guarded_unsure(void)
{
    PageContext context = { .mount = "/quota", .path = "", .now = sample_instant(SAMPLE_NOW), .guarded = true, .sent_form = true,
                            .unsure = true };
    return view_error(503, "Service Unavailable", "usage cannot be looked up at the moment", &context);
}

static Value *error_guarded_sign_in(void)
{
    PageContext context = { .mount = "/quota", .path = "", .now = sample_instant(SAMPLE_NOW), .back = "/menus/new", .guarded = true,
                            .sent_form = true };
    return view_error(401, "Unauthorized", "sign in first", &context);
}

static const struct {
    const char *name;
    const char *template;
    PageState make;
} page_states[] = {
    { "dashboard-ok", "dashboard", dashboard_ok },
    { "dashboard-first-use", "dashboard", dashboard_first_use },
    { "dashboard-notice", "dashboard", dashboard_notice },
    { "dashboard-warning", "dashboard", dashboard_warning },
    { "dashboard-exhausted", "dashboard", dashboard_exhausted },
    { "dashboard-all-exhausted", "dashboard", dashboard_all_exhausted },
    { "dashboard-organization", "dashboard", dashboard_organization },
    { "dashboard-changed", "dashboard", dashboard_changed },
    { "dashboard-unlimited", "dashboard", dashboard_unlimited },
    { "dashboard-highest-plan", "dashboard", dashboard_highest_plan },
    { "dashboard-anonymous", "dashboard", dashboard_anonymous },
    { "dashboard-suspended", "dashboard", dashboard_suspended },
    { "dashboard-suspended-without-support", "dashboard", dashboard_suspended_without_support },
    { "dashboard-coming-better", "dashboard", dashboard_coming_better },
    { "dashboard-coming-worse", "dashboard", dashboard_coming_worse },
    { "dashboard-coming-removed", "dashboard", dashboard_coming_removed },
    { "dashboard-own-zone", "dashboard", dashboard_own_zone },
    { "dashboard-nothing", "dashboard", dashboard_nothing },
    { "dashboard-hostile", "dashboard", dashboard_hostile },
    { "limit-week", "limit", limit_week },
    { "limit-bonus-again", "limit", limit_bonus_again },
    { "limit-without-support", "limit", limit_without_support },
    { "limit-form", "limit", limit_form },
    { "limit-fewer", "limit", limit_fewer },
    { "limit-never-fits", "limit", limit_never_fits },
    { "limit-queue-full", "limit", limit_queue_full },
    { "limit-visitor", "limit", limit_visitor },
    { "limit-not-included", "limit", limit_not_included },
    { "limit-suspended", "limit", limit_suspended },
    { "limit-look-stopped", "limit", limit_look_stopped },
    { "limit-look-available", "limit", limit_look_available },
    { "limit-look-not-included", "limit", limit_look_not_included },
    { "limit-look-unlimited", "limit", limit_look_unlimited },
    { "limit-hostile", "limit", limit_hostile },
    { "decision-stopped", "decision", decision_stopped },
    { "decision-freed", "decision", decision_freed },
    { "decision-allowed", "decision", decision_allowed },
    { "decision-full-again", "decision", decision_full_again },
    { "decision-not-listed", "decision", decision_not_listed },
    { "decision-refund", "decision", decision_refund },
    { "decision-hostile", "decision", decision_hostile },
    { "plans-free", "plans", plans_free },
    { "plans-highest", "plans", plans_highest },
    { "plans-without-support", "plans", plans_without_support },
    { "plans-coming", "plans", plans_coming },
    { "plans-visitor", "plans", plans_visitor },
    { "plans-organization", "plans", plans_organization },
    { "plans-suspended", "plans", plans_suspended },
    { "plans-many", "plans", plans_many },
    { "feature-used", "feature", feature_used },
    { "feature-child", "feature", feature_child },
    { "feature-parent", "feature", feature_parent },
    { "feature-unused", "feature", feature_unused },
    { "feature-not-included", "feature", feature_not_included },
    { "feature-suspended", "feature", feature_suspended },
    { "feature-clients", "feature", feature_clients },
    { "feature-hostile", "feature", feature_hostile },
    { "queue-waiting", "queue", queue_waiting },
    { "queue-first", "queue", queue_first },
    { "queue-form", "queue", queue_form },
    { "queue-paused", "queue", queue_paused },
    { "queue-callback", "queue", queue_callback },
    { "queue-sending", "queue", queue_sending },
    { "queue-undelivered", "queue", queue_undelivered },
    { "queue-turn", "queue", queue_turn_come },
    { "queue-turn-form", "queue", queue_turn_form },
    { "queue-lapsed", "queue", queue_lapsed },
    { "queue-lost", "queue", queue_lost },
    { "queue-lost-form", "queue", queue_lost_form },
    { "queue-left", "queue", queue_left },
    { "queue-used", "queue", queue_used },
    { "queue-refused", "queue", queue_refused },
    { "queue-dropped", "queue", queue_dropped },
    { "queue-delivered", "queue", queue_delivered },
    { "queue-hostile", "queue", queue_hostile },
    { "alerts-some", "alerts", alerts_some },
    { "alerts-none", "alerts", alerts_none },
    { "alerts-hostile", "alerts", alerts_hostile },
    { "thresholds-open", "thresholds", thresholds_open },
    { "thresholds-wrong", "thresholds", thresholds_wrong },
    { "thresholds-nothing", "thresholds", thresholds_nothing },
    { "thresholds-visitor", "thresholds", thresholds_visitor },
    { "history-month", "history", history_month },
    { "history-week", "history", history_week },
    { "history-once", "history", history_once },
    { "history-quarter", "history", history_quarter },
    { "history-limit-above", "history", history_limit_above },
    { "history-empty", "history", history_empty },
    { "history-whose", "history", history_whose },
    { "history-hostile", "history", history_hostile },
    { "widget-card", "widget", widget_card },
    { "widget-bar", "widget", widget_bar },
    { "widget-line", "widget", widget_line },
    { "widget-exhausted", "widget", widget_exhausted },
    { "widget-unlimited", "widget", widget_unlimited },
    { "widget-not-included", "widget", widget_not_included },
    { "widget-suspended", "widget", widget_suspended },
    { "widget-hostile", "widget", widget_hostile },
    { "overview-month", "overview", overview_month },
    { "overview-today", "overview", overview_today },
    { "overview-stale", "overview", overview_stale },
    { "overview-empty", "overview", overview_empty },
    { "recommendations-some", "recommendations", recommendations_some },
    { "recommendations-none", "recommendations", recommendations_none },
    { "account-open", "account", account_open },
    { "account-alone", "account", account_alone },
    { "account-ended", "account", account_ended },
    { "account-wrong", "account", account_wrong },
    { "account-weak", "account", account_weak },
    { "account-missing", "account", account_missing },
    { "account-different", "account", account_different },
    { "account-too-many", "account", account_too_many },
    { "account-nobody", "account", account_nobody },
    { "account-codes-off", "account", account_codes_off },
    { "code-ask", "code", code_ask },
    { "code-wrong", "code", code_wrong },
    { "code-too-many", "code", code_too_many },
    { "code-enrol", "code", code_enrol },
    { "code-set-up", "code", code_set_up },
    { "code-off", "code", code_off },
    { "code-made", "code", code_made },
    { "login-late", "login", login_late },
    { "login-form", "login", login_form },
    { "login-wrong", "login", login_wrong },
    { "login-missing", "login", login_missing },
    { "login-too-many", "login", login_too_many },
    { "login-out", "login", login_out },
    { "login-not-kept", "login", login_not_kept },
    { "login-again", "login", login_again },
    { "logout-form", "logout", logout_form },
    { "logout-elsewhere", "logout", logout_elsewhere },
    { "logout-nobody", "logout", logout_nobody },
    { "policy-changed", "policy", policy_changed },
    { "policy-looked-at", "policy", policy_looked_at },
    { "limit-edit-form", "limit_edit", limit_edit_form },
    { "limit-edit-wrong", "limit_edit", limit_edit_wrong },
    { "limit-edit-preview", "limit_edit", limit_edit_preview },
    { "limit-edit-off", "limit_edit", limit_edit_off },
    { "limit-add-form", "limit_edit", limit_add_form },
    { "limit-add-preview", "limit_edit", limit_add_preview },
    { "limit-remove", "limit_edit", limit_remove },
    { "plan-edit-form", "plan_edit", plan_edit_form },
    { "plan-edit-wrong", "plan_edit", plan_edit_wrong },
    { "plan-edit-preview", "plan_edit", plan_edit_preview },
    { "plan-add-form", "plan_edit", plan_add_form },
    { "plan-add-preview", "plan_edit", plan_add_preview },
    { "plan-remove", "plan_edit", plan_remove },
    { "plan-remove-refused", "plan_edit", plan_remove_refused },
    { "feature-edit-form", "feature_edit", feature_edit_form },
    { "feature-edit-wrong", "feature_edit", feature_edit_wrong },
    { "feature-edit-preview", "feature_edit", feature_edit_preview },
    { "feature-add-form", "feature_edit", feature_add_form },
    { "feature-add-preview", "feature_edit", feature_add_preview },
    { "feature-remove", "feature_edit", feature_remove },
    { "feature-remove-refused", "feature_edit", feature_remove_refused },
    { "route-edit-form", "route_edit", route_edit_form },
    { "route-edit-wrong", "route_edit", route_edit_wrong },
    { "route-add-form", "route_edit", route_add_form },
    { "route-add-preview", "route_edit", route_add_preview },
    { "route-remove", "route_edit", route_remove },
    { "plan-grant-form", "plan_grant", plan_grant_form },
    { "plan-grant-wrong", "plan_grant", plan_grant_wrong },
    { "plan-grant-add", "plan_grant", plan_grant_add },
    { "plan-grant-preview", "plan_grant", plan_grant_preview },
    { "plan-grant-remove", "plan_grant", plan_grant_remove },
    { "settings-form", "settings", settings_form },
    { "settings-wrong", "settings", settings_wrong },
    { "settings-preview", "settings", settings_preview },
    { "version-to-come", "version", version_to_come },
    { "version-in-force", "version", version_in_force },
    { "version-before", "version", version_before },
    { "what-if-choose", "what-if", what_if_choose },
    { "what-if-bare", "what-if", what_if_bare },
    { "what-if-wrong", "what-if", what_if_wrong },
    { "what-if-tried", "what-if", what_if_tried },
    { "what-if-plan", "what-if", what_if_plan },
    { "what-if-person", "what-if", what_if_person },
    { "what-if-nobody", "what-if", what_if_nobody },
    { "people-some", "people", people_some },
    { "people-filtered", "people", people_filtered },
    { "people-none", "people", people_none },
    { "person-changed", "person", person_changed },
    { "person-looked-at", "person", person_looked_at },
    { "change-override", "change", change_override },
    { "change-wrong", "change", change_wrong },
    { "change-preview", "change", change_preview },
    { "change-plan", "change", change_plan },
    { "change-suspend", "change", change_suspend },
    { "access", "access", access_some },
    { "view-as", "view_as", view_as_form },
    { "login-viewed", "login", login_viewed },
    { "access-add", "access_change", access_add },
    { "access-add-wrong", "access_change", access_add_wrong },
    { "access-role", "access_change", access_role },
    { "access-password", "access_change", access_password },
    { "access-remove", "access_change", access_remove },
    { "access-suspend", "access_change", access_suspend },
    { "access-codes", "access_change", access_codes },
    { "access-session", "access_change", access_session },
    { "sessions-some", "sessions", sessions_some },
    { "sessions-none", "sessions", sessions_none },
    { "access-key-wrong", "access_change", access_key_wrong },
    { "access-key-made", "access_change", access_key_made },
    { "asked-some", "asked", asked_some },
    { "asked-none", "asked", asked_none },
    { "answer-open", "answer", answer_open },
    { "answer-upgrade", "answer", answer_upgrade },
    { "answer-wrong", "answer", answer_wrong },
    { "answer-preview", "answer", answer_preview },
    { "answer-deny", "answer", answer_deny },
    { "answer-late", "answer", answer_late },
    { "organizations-some", "organizations", organizations_some },
    { "organizations-none", "organizations", organizations_none },
    { "organization-changed", "organization", organization_changed },
    { "organization-looked-at", "organization", organization_looked_at },
    { "organization-empty", "organization", organization_empty },
    { "pool-wrong", "organization_change", pool_wrong },
    { "pool-preview", "organization_change", pool_preview },
    { "pool-owner-wrong", "organization_change", pool_owner_wrong },
    { "pool-owner-preview", "organization_change", pool_owner_preview },
    { "pool-remove", "organization_change", pool_remove },
    { "pool-restore", "organization_change", pool_restore },
    { "queues-some", "queues", queues_some },
    { "queues-looked-at", "queues", queues_looked_at },
    { "queues-without-past", "queues", queues_without_past },
    { "queues-none", "queues", queues_none },
    { "queue-line-paused", "queue_line", queue_line_paused },
    { "queue-line-moved", "queue_line", queue_line_moved },
    { "queue-line-empty", "queue_line", queue_line_empty },
    { "queue-line-without-past", "queue_line", queue_line_without_past },
    { "line-pause", "queue_change", line_pause },
    { "line-drain-preview", "queue_change", line_drain_preview },
    { "line-stale", "queue_change", line_stale },
    { "line-wrong", "queue_change", line_wrong },
    { "line-move-preview", "queue_change", line_move_preview },
    { "line-admit-preview", "queue_change", line_admit_preview },
    { "line-drop-preview", "queue_change", line_drop_preview },
    { "line-drop-admitted", "queue_change", line_drop_admitted },
    { "bulk-form", "bulk_new", bulk_form },
    { "bulk-plan-form", "bulk_new", bulk_plan_form },
    { "bulk-preview", "bulk_new", bulk_preview },
    { "bulk-nobody", "bulk_new", bulk_nobody },
    { "bulk-running", "bulk", bulk_running },
    { "bulk-done", "bulk", bulk_done },
    { "bulk-stopped", "bulk", bulk_stopped },
    { "bulk-passed-over", "bulk", bulk_passed_over },
    { "bulk-undo", "bulk", bulk_of_undo },
    { "bulk-undo-some", "bulk_undo", bulk_undo_some },
    { "bulk-undo-all", "bulk_undo", bulk_undo_all },
    { "bulk-undo-reset", "bulk_undo", bulk_undo_reset },
    { "bulk-undo-nobody", "bulk_undo", bulk_undo_nobody },
    { "bulks-some", "bulks", bulks_some },
    { "bulks-none", "bulks", bulks_none },
    { "approvals-some", "approvals", approvals_some },
    { "approvals-none", "approvals", approvals_none },
    { "approval-open", "approval", approval_open },
    { "approval-own", "approval", approval_own },
    { "approval-late", "approval", approval_late },
    { "change-waits", "change", change_waits },
    { "person-helped", "person", person_helped },
    { "audit-some", "audit", audit_some },
    { "audit-none", "audit", audit_none },
    { "audit-wrong", "audit", audit_wrong },
    { "requests-some", "requests", requests_some },
    { "requests-none", "requests", requests_none },
    { "requests-visitor", "requests", requests_visitor },
    { "request-new", "request_new", request_new },
    { "request-wrong", "request_new", request_wrong },
    { "request-one-limit", "request_new", request_one_limit },
    { "request-upgrade", "request_new", request_upgrade },
    { "request-nothing", "request_new", request_nothing },
    { "request-visitor", "request_new", request_visitor },
    { "request-waiting", "request_new", request_waiting },
    { "error-correct", "error", error_correct },
    { "error-correct-form", "error", error_correct_form },
    { "error-sign-in", "error", error_sign_in },
    { "error-not-allowed", "error", error_not_allowed },
    { "error-not-found", "error", error_not_found },
    { "error-method", "error", error_method },
    { "error-too-many", "error", error_too_many },
    { "error-broken", "error", error_broken },
    { "error-other", "error", error_other },
    { "error-unavailable", "error", error_unavailable },
    { "error-guarded", "error", error_guarded },
    { "error-guarded-form", "error", error_guarded_form },
    { "error-guarded-unsure", "error", error_guarded_unsure },
    { "error-guarded-sign-in", "error", error_guarded_sign_in },
};

/* --- rendering --- */

/* Every DIR/NAME.html of the project's templates. */
static inline Templates *sample_templates(const char *dir)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
    for (const char *file = folder ? g_dir_read_name(folder) : NULL; file; file = g_dir_read_name(folder)) {
        if (!g_str_has_suffix(file, ".html"))
            continue;
        g_autofree char *path = g_build_filename(dir, file, NULL);
        char *text = NULL;
        if (!g_file_get_contents(path, &text, NULL, NULL))
            g_error("%s cannot be read", path);
        g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".html")));
        g_ptr_array_add(texts, text);
    }
    char *error = NULL;
    Templates *templates = templates_new((const char *const *)names->pdata, (const char *const *)texts->pdata,
                                         (int)names->len, &error);
    if (!templates)
        g_error("%s", error);
    return templates;
}

static inline char *sample_render(const Templates *templates, size_t state)
{
    char *error = NULL;
    g_autoptr(Value) value = page_states[state].make();
    GString *page = templates_render(templates, page_states[state].template, value, &error);
    if (!page)
        g_error("%s: %s", page_states[state].name, error);
    return g_string_free(page, FALSE);
}

#endif
