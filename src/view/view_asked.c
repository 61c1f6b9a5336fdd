/* GET /admin/requests: what people ask for; GET and POST /admin/request: one of them, and its answer. */
#include "view/view_admin.h"
#include "view/view_granted.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static const char *const states[] = {"pending", "approved", "denied", "all"};

static void add_amount(GString *out, const json_t *request)
{
    int64_t amount = json_integer_value(json_object_get(request, "amount"));
    if (amount)
        words_add_number(out, amount);
}

static void set_request(Value *row, const json_t *request, const PageContext *context, const char *zone)
{
    const char *state = text_of(request, "state"), *plan_key = text_of(request, "plan"), *key = text_of(request, "feature");
    const Plan *plan = plan_key ? policy_plan(context->policy, plan_key) : NULL;
    const Feature *feature = key ? policy_feature(context->policy, key) : NULL;
    set_text(row, "id", text_of(request, "request"));
    set_text(row, "subject", text_of(request, "subject"));
    set_words(row, "person_url", add_address, context->mount, "/admin/person?subject=", text_of(request, "subject"));
    set_words(row, "url", add_address, context->mount, "/admin/request?request=", text_of(request, "request"));
    set_text(row, "feature", feature ? feature->title : key);
    set_flag(row, "upgrade", g_strcmp0(text_of(request, "kind"), "upgrade") == 0);
    set_text(row, "plan", plan ? plan->title : plan_key);
    set_words(row, "amount", add_amount, request);
    set_text(row, "limit", text_of(request, "limit"));
    set_text(row, "why", text_of(request, "reason"));
    set_text(row, "asked_at", text_of(request, "created_at"));
    set_words(row, "asked", words_add_when, text_of(request, "created_at"), zone);
    set_flag(row, "pending", g_strcmp0(state, "pending") == 0);
    set_flag(row, "approved", g_strcmp0(state, "approved") == 0);
    set_flag(row, "denied", g_strcmp0(state, "denied") == 0);
    set_text(row, "answer", text_of(request, "answer"));
    set_text(row, "answered_by", text_of(request, "decided_by"));
    set_words(row, "answered", words_add_when, text_of(request, "decided_at"), zone);
}

static void add_next(GString *out, const AskedShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (!shown->more || !count)
        return;
    add_address(out, mount, "/admin/requests?state=", shown->state);
    add_address(out, "", "&before=", text_of(json_array_get(shown->list, count - 1), "request"));
}

Value *view_asked(const AskedShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    size_t i;
    json_t *request;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    Value *is = set_object(page, "is"), *urls = set_object(page, "urls");
    for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
        value_set_flag(is, value_key(states[s]), strcmp(shown->state, states[s]) == 0);
        add_address(value_words(urls), context->mount, "/admin/requests?state=", states[s]);
        value_set_words(urls, value_key(states[s]));
    }
    set_flag(page, "done_approved", g_strcmp0(shown->done, "approved") == 0);
    set_flag(page, "done_denied", g_strcmp0(shown->done, "denied") == 0);
    if (shown->granted)
        set_words(page, "undo_url", granted_add_undo, shown->granted, context->mount);
    else
        set_null(page, "undo_url");
    Value *list = set_list(page, "requests");
    json_array_foreach((json_t *) shown->list, i, request)
        set_request(add_object(list), request, context, zone);
    set_flag(page, "any", i > 0);
    set_flag(page, "may_answer", shown->may_answer);
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}

/* --- one, and its answer --- */

static void set_limits(Value *page, const AnswerShown *shown, const Feature *feature)
{
    const char *typed = form_shown_of(shown->shown, shown->shown_count, "limit");
    Value *limits = set_list(page, "limits");
    int count = 0;
    for (int i = 0; i < shown->before->line_count; i++) {
        const UsageLine *line = &shown->before->lines[i];
        if (line->feature != feature || !line->limit || line->limit->scope != SCOPE_SUBJECT)
            continue;
        Value *limit = add_object(limits);
        set_text(limit, "key", line->limit->key);
        set_words(limit, "words", words_add_used, line);
        set_flag(limit, "chosen", g_strcmp0(typed, line->limit->key) == 0);
        count++;
    }
    form_add_typed(limits, "key", "words", typed);
    set_flag(page, "has_limits", count > 1);
}

static void set_plans(Value *page, const AnswerShown *shown)
{
    const Policy *policy = shown->before->policy;
    const char *typed = form_shown_of(shown->shown, shown->shown_count, "plan");
    Value *plans = set_list(page, "plans");
    for (int i = 0; i < policy->plan_count; i++) {
        Value *one = add_object(plans);
        set_text(one, "key", policy->plans[i].key);
        set_text(one, "title", policy->plans[i].title);
        set_flag(one, "chosen", g_strcmp0(typed, policy->plans[i].key) == 0);
    }
    form_add_typed(plans, "key", "title", typed);
}

/* "2 of 15 calls used today · 13 left", a limit a line. */
static void set_standing(Value *page, const AnswerShown *shown, const Feature *feature)
{
    Value *lines = set_list(page, "lines");
    for (int i = 0; i < shown->before->line_count; i++) {
        const UsageLine *line = &shown->before->lines[i];
        if (line->feature != feature || !line->limit)
            continue;
        Value *one = add_object(lines);
        set_words(one, "used", words_add_used, line);
        set_words(one, "left", words_add_left, line, shown->before->as_of);
        set_words(one, "resets", words_add_resets, line, shown->before->as_of);
    }
}

Value *view_answer(const AnswerShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Policy *policy = shown->before->policy;
    const char *zone = policy->zone, *key = text_of(shown->request, "feature");
    const Feature *feature = key ? policy_feature(policy, key) : NULL;
    const char *verdict = form_shown_of(shown->shown, shown->shown_count, "verdict");
    set_value(page, "page", page_value(page, context, text_of(shown->request, "subject"), zone, false));
    set_request(page, shown->request, context, zone);
    set_words(page, "action", add_address, context->mount, "/admin/request", NULL);
    set_words(page, "list_url", add_address, context->mount, "/admin/requests", NULL);
    set_text(page, "plan_now", shown->before->subject->plan ? shown->before->subject->plan->title : NULL);
    set_text(page, "units", feature ? feature->units : NULL);
    set_flag(page, "late", shown->late);
    set_flag(page, "open", shown->may_answer && g_strcmp0(text_of(shown->request, "state"), "pending") == 0);
    set_flag(page, "preview", shown->preview);
    set_flag(page, "approves", g_strcmp0(verdict, "approve") == 0);
    set_flag(page, "denies", g_strcmp0(verdict, "deny") == 0);
    set_standing(page, shown, feature);
    set_limits(page, shown, feature);
    set_plans(page, shown);
    set_compared(page, shown->before, shown->after);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}
