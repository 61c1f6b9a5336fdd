/* Fuzzes pages: a policy, a line "----", then who reads, where, where to go back to, in which organization and zone,
 * what went wrong, one a line, and bytes that say how much was asked. Pages come whole, and nothing in them is markup
 * that was not meant. */
#include "page.h"
#include "world.h"

#include "domain/answer.h"
#include "view/value_json.h"
#include "view/view.h"

#define BETWEEN "\n----\n"

static Templates *templates;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    templates = page_templates();
    return 0;
}

/* Takes the value over. */
static void check_page(const char *name, Value *value)
{
    g_autofree char *error = NULL;
    g_autoptr(GString) page = templates_render(templates, name, value, &error);
    HOLDS(page && !error && strlen(page->str) == page->len);
    html_check(page->str);
    value_check(value_to_json(value));
    value_free(value);
}

static void check_refusal(const Situation *situation, const Book *book, AskItem item, const PageContext *context)
{
    g_autoptr(Decision) decision = decide(situation, ASK_CONSUME, &item, 1, book);
    decide_apply(decision);
    g_autoptr(Answer) answer = answer_new(situation, decision, &situation->policy->features[item.feature], "res", "dec_x");
    g_autoptr(UsageReport) report = usage_report(situation, book, item.feature, true);
    check_page("limit", view_limit(report, answer_allowed(answer) ? NULL : answer, context));
    g_autoptr(Activity) activity = activity_new(1, 1);
    activity->lines[0] = (ActivityLine){.id = g_strdup("dec_x"), .at = answer->at, .outcome = answer->outcome,
                                        .feature = g_strdup(answer->feature->key), .resource = g_strdup(context->who),
                                        .on_behalf_of = g_strdup(context->who), .units = answer->units};
    activity->clients[0] = (ActivityClient){.client = g_strdup(context->who), .units = answer->units};
    FeatureShown feature = {.feature = answer->feature, .report = report, .activity = activity};
    check_page("feature", view_feature_page(&feature, context));
    check_page("widget", view_widget(&feature, WIDGET_CARD, context->sent_form, context));
    DOCUMENT(view_feature(&feature, context->mount));
    DecisionShown shown = {.answer = answer, .kind = "consume", .on_behalf_of = context->who, .usage = report};
    check_page("decision", view_decision_page(&shown, context));
    DOCUMENT(view_decision(answer, NULL));
    if (!answer_allowed(answer))
        DOCUMENT(view_refusal(answer, context->mount));
}

static void check_policy(const Policy *policy, Rest *rest)
{
    g_autofree char *who = rest_line(rest), *path = rest_line(rest), *back = rest_line(rest), *organization = rest_line(rest),
                    *zone = rest_line(rest), *detail = rest_line(rest);
    uint8_t flags = rest_byte(rest);
    if (!is_utf8(who) || !is_utf8(organization) || !is_utf8(path) || policy->feature_count == 0)
        return;
    PageContext context = {.mount = flags & 1 ? "/quota" : "", .path = path, .who = who, .signed_in = flags & 2,
                           .is_admin = flags & 4, .back = back[0] == '/' && is_utf8(back) ? back : NULL, .policy = policy,
                           .now = WORLD_NOW, .sent_form = flags & 8};
    Subject subject = {.key = who, .plan = &policy->plans[rest_byte(rest) % policy->plan_count],
                       .organization = *organization ? organization : NULL, .anonymous = flags & 16, .suspended = flags & 32,
                       .first_met = WORLD_NOW - (flags & 64 ? US_PER_S : 90 * 86400 * US_PER_S), .anchor = WORLD_NOW - US_PER_S,
                       .zone = zone_find(zone) ? zone : NULL};
    Situation situation = {.policy = policy, .subject = &subject, .now = WORLD_NOW};
    g_auto(Drawer) drawer = drawer_new();
    Book book = drawer_book(&drawer);
    AskItem item = {rest_byte(rest) % policy->feature_count, 1 + (int64_t)(rest_number(rest, 8) % (uint64_t)UNITS_MAX)};
    check_refusal(&situation, &book, (AskItem){item.feature, 1 + rest_byte(rest) % 4}, &context);
    check_refusal(&situation, &book, item, &context);
    g_autoptr(UsageReport) report = usage_report(&situation, &book, -1, true);
    check_page("dashboard", view_dashboard(report, &context));
    check_page("plans", view_plans_page(report, &context));
    check_page("error", view_error(400 + rest_byte(rest), "Bad Request", detail, &context));
    DOCUMENT(view_usage(report));
    DOCUMENT(view_plans(policy, policy, WORLD_NOW, WORLD_NOW));
    DOCUMENT(view_features(policy));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size), *why = NULL;
    char *between = strstr(text, BETWEEN);
    if (!between)
        return 0;
    size_t at = (size_t)(between - text) + strlen(BETWEEN);
    *between = '\0';
    Rest rest = {bytes + at, bytes + size};
    g_autoptr(Policy) policy = policy_load(*text ? text : world_text, "p", &why);
    if (policy) {
        world_number(policy);
        check_policy(policy, &rest);
    }
    return 0;
}
