/* Requests to administrators: one's own, and the form for a new one. */
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static void set_feature(Value *value, const json_t *request, const PageContext *context)
{
    const char *key = text_of(request, "feature");
    const Feature *feature = context->policy && key ? policy_feature(context->policy, key) : NULL;
    set_text(value, "feature", feature ? feature->title : key);
    if (feature)
        set_words(value, "feature_url", add_address, context->mount, "/features/", key);
    else
        set_null(value, "feature_url");
}

static void add_amount(GString *out, const json_t *request)
{
    int64_t amount = json_integer_value(json_object_get(request, "amount"));
    if (amount)
        words_add_number(out, amount);
}

/* What an increase gave, until when, and that it was taken back; all null where that is not known. */
static void set_given(Value *value, const json_t *request, const char *zone)
{
    const json_t *given = json_object_get(request, "given");
    set_words(value, "given", words_add_given, given);
    set_text(value, "given_until_at", text_of(given, "expires_at"));
    set_words(value, "given_until", words_add_when, text_of(given, "expires_at"), zone);
    set_text(value, "taken_at", text_of(given, "removed_at"));
    set_words(value, "taken", words_add_when, text_of(given, "removed_at"), zone);
}

static void set_request(Value *value, const json_t *request, const PageContext *context, const char *zone)
{
    const char *state = text_of(request, "state"), *plan_key = text_of(request, "plan");
    const Plan *plan = context->policy && plan_key ? policy_plan(context->policy, plan_key) : NULL;
    set_feature(value, request, context);
    set_text(value, "id", text_of(request, "request"));
    set_flag(value, "upgrade", g_strcmp0(text_of(request, "kind"), "upgrade") == 0);
    set_text(value, "plan", plan ? plan->title : plan_key);
    set_words(value, "amount", add_amount, request);
    set_text(value, "reason", text_of(request, "reason"));
    set_text(value, "answer", text_of(request, "answer"));
    set_flag(value, "pending", g_strcmp0(state, "pending") == 0);
    set_flag(value, "approved", g_strcmp0(state, "approved") == 0);
    set_given(value, request, zone);
    set_flag(value, "denied", g_strcmp0(state, "denied") == 0);
    set_text(value, "asked_at", text_of(request, "created_at"));
    set_words(value, "asked", words_add_when, text_of(request, "created_at"), zone);
    set_text(value, "answered_at", text_of(request, "decided_at"));
    set_words(value, "answered", words_add_when, text_of(request, "decided_at"), zone);
}

Value *view_requests(const RequestsShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = shown->zone ? shown->zone : context->policy->zone;
    size_t i;
    json_t *request;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_flag(page, "sent", shown->sent);
    set_flag(page, "anonymous", !context->signed_in);
    Value *list = set_list(page, "requests");
    json_array_foreach((json_t *) shown->list, i, request)
        set_request(add_object(list), request, context, zone);
    set_flag(page, "any", i > 0);
    set_text(page, "zone", zone);
    set_words(page, "plans_url", add_address, context->mount, "/plans", NULL);
    set_words(page, "usage_url", add_address, context->mount, "/", NULL);
    return page;
}

/* --- the form --- */

/* A limit that may be raised: their own, and not unlimited already. */
static bool is_raisable(const UsageLine *line)
{
    return line->limit && line->limit->scope == SCOPE_SUBJECT && line->amount != AMOUNT_UNLIMITED;
}

static int raisable_count(const UsageReport *report, const Feature *feature)
{
    int count = 0;
    for (int i = 0; i < report->line_count; i++)
        count += report->lines[i].feature == feature && is_raisable(&report->lines[i]);
    return count;
}

static void set_limits(Value *page, const RequestForm *form)
{
    const UsageReport *report = form->report;
    const char *typed = form_shown_of(form->shown, form->shown_count, "limit");
    int count = raisable_count(report, form->feature);
    Value *limits = set_list(page, "limits");
    for (int i = 0; count > 1 && i < report->line_count; i++) {
        const UsageLine *line = &report->lines[i];
        if (line->feature != form->feature || !is_raisable(line))
            continue;
        Value *limit = add_object(limits);
        set_text(limit, "key", line->limit->key);
        set_words(limit, "words", words_add_plan_limit, line->limit);
        set_flag(limit, "chosen", g_strcmp0(typed, line->limit->key) == 0);
    }
    form_add_typed(limits, "key", "words", count > 1 ? typed : NULL);
    set_flag(page, "has_limits", count > 1);
}

bool request_form_offers(const UsageReport *report, const Feature *feature, const Plan **upgrade)
{
    const Plan *plan = report->subject->plan;
    *upgrade = plan && plan->upgrade >= 0 ? &report->policy->plans[plan->upgrade] : NULL;
    return raisable_count(report, feature) > 0;
}

json_t *view_request_offers(const RequestForm *form)
{
    const UsageReport *report = form->report;
    const Plan *upgrade;
    bool open = !report->subject->anonymous && !form->waiting, increase = request_form_offers(report, form->feature, &upgrade);
    json_t *kinds = json_array(), *limits = json_array();
    if (open && increase)
        json_array_append_new(kinds, json_string("increase"));
    if (open && upgrade)
        json_array_append_new(kinds, json_string("upgrade"));
    for (int i = 0; open && i < report->line_count; i++)
        if (report->lines[i].feature == form->feature && is_raisable(&report->lines[i]))
            json_array_append_new(limits, json_text(report->lines[i].limit->key));
    return json_pack("{s:s, s:o, s:o, s:o, s:O?}", "feature", form->feature->key, "kinds", kinds, "plan",
                     json_text(open && upgrade ? upgrade->key : NULL), "limits", limits, "waiting", form->waiting);
}

Value *view_request_form(const RequestForm *form, const PageContext *context)
{
    const Plan *upgrade;
    const char *zone = reader_of_report(form->report, context).zone;
    const char *kind = form_shown_of(form->shown, form->shown_count, "kind");
    bool increase = request_form_offers(form->report, form->feature, &upgrade);
    bool wants_upgrade = kind ? strcmp(kind, "upgrade") == 0 : !increase;
    Value *page = value_new();
    set_value(page, "page", page_value(page, context, form->feature->title, zone, false));
    set_text(page, "title", form->feature->title);
    set_text(page, "feature", form->feature->key);
    set_words(page, "feature_url", add_address, context->mount, "/features/", form->feature->key);
    set_words(page, "action", add_address, context->mount, "/requests/new", NULL);
    set_words(page, "requests_url", add_address, context->mount, "/requests", NULL);
    set_flag(page, "anonymous", !context->signed_in);
    set_flag(page, "nothing", context->signed_in && !increase && !upgrade);
    set_text(page, "support_url", form->report->policy->support_url);
    set_flag(page, "open", context->signed_in && !form->waiting && (increase || upgrade));
    set_flag(page, "increase", increase);
    set_flag(page, "both", increase && upgrade);
    set_flag(page, "wants_upgrade", wants_upgrade && upgrade);
    set_flag(page, "wants_increase", increase && !(wants_upgrade && upgrade));
    set_value(page, "upgrade", plan_value(page, upgrade));
    set_text(page, "unit", form->feature->units);
    set_limits(page, form);
    set_value(page, "form", form_value(page, form->shown, form->shown_count));
    if (form->waiting)
        set_request(set_object(page, "waiting"), form->waiting, context, zone);
    else
        set_null(page, "waiting");
    return page;
}
