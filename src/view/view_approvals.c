/* GET /admin/approvals: what waits for a second person; GET and POST /admin/approval: one of it. */
#include "view/view_approvals.h"

#include "view/view_granted.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

static const char *const states[] = {"waiting", "approved", "denied", "all"};

/* "20", "× 1.5"; nothing: unlimited. */
static void add_amount(GString *out, const json_t *approval)
{
    const json_t *amount = json_object_get(approval, "amount"), *multiplier = json_object_get(approval, "multiplier");
    if (json_is_integer(amount))
        words_add_number(out, json_integer_value(amount));
    else if (json_is_number(multiplier))
        g_string_append_printf(out, "× %g", json_number_value(multiplier));
}

static void set_approval(Value *row, const json_t *approval, const PageContext *context, const char *zone)
{
    const char *state = text_of(approval, "state"), *key = text_of(approval, "feature"), *subject = text_of(approval, "subject");
    const char *organization = text_of(approval, "organization");
    const Feature *feature = key ? policy_feature(context->policy, key) : NULL;
    set_text(row, "id", text_of(approval, "approval"));
    set_words(row, "url", add_address, context->mount, "/admin/approval?approval=", text_of(approval, "approval"));
    set_text(row, "whose", subject ? subject : organization);
    set_words(row, "whose_url", add_address, context->mount, subject ? "/admin/person?subject=" : "/admin/organization?organization=",
              subject ? subject : organization);
    set_text(row, "feature", feature ? feature->title : key);
    set_flag(row, "bonus", g_strcmp0(text_of(approval, "what"), "bonus") == 0);
    set_words(row, "amount", add_amount, approval);
    set_text(row, "limit", text_of(approval, "limit"));
    set_text(row, "every", text_of(approval, "every"));
    set_words(row, "until", words_add_when, text_of(approval, "expires_at"), zone);
    set_text(row, "why", text_of(approval, "reason"));
    set_text(row, "asked_by", text_of(approval, "asked_by"));
    set_words(row, "asked", words_add_when, text_of(approval, "asked_at"), zone);
    set_flag(row, "waiting", g_strcmp0(state, "waiting") == 0);
    set_flag(row, "approved", g_strcmp0(state, "approved") == 0);
    set_text(row, "answer", text_of(approval, "answer"));
    set_text(row, "decided_by", text_of(approval, "decided_by"));
    set_words(row, "decided", words_add_when, text_of(approval, "decided_at"), zone);
}

static void add_next(GString *out, const ApprovalsShown *shown, const char *mount)
{
    size_t count = json_array_size(shown->list);
    if (!shown->more || !count)
        return;
    add_address(out, mount, "/admin/approvals?state=", shown->state);
    add_address(out, "", "&before=", text_of(json_array_get(shown->list, count - 1), "approval"));
}

Value *view_approvals(const ApprovalsShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone;
    size_t i;
    json_t *approval;
    set_value(page, "page", page_value(page, context, NULL, zone, false));
    set_text(page, "zone", zone);
    Value *is = set_object(page, "is"), *urls = set_object(page, "urls");
    for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
        value_set_flag(is, value_key(states[s]), strcmp(shown->state, states[s]) == 0);
        add_address(value_words(urls), context->mount, "/admin/approvals?state=", states[s]);
        value_set_words(urls, value_key(states[s]));
    }
    set_flag(page, "done_asked", g_strcmp0(shown->done, "asked") == 0);
    set_flag(page, "done_approved", g_strcmp0(shown->done, "approved") == 0);
    set_flag(page, "done_denied", g_strcmp0(shown->done, "denied") == 0);
    if (shown->granted)
        set_words(page, "undo_url", granted_add_undo, shown->granted, context->mount);
    else
        set_null(page, "undo_url");
    Value *list = set_list(page, "approvals");
    json_array_foreach((json_t *) shown->list, i, approval)
        set_approval(add_object(list), approval, context, zone);
    set_flag(page, "any", i > 0);
    set_words(page, "next", add_next, shown, context->mount);
    return page;
}

Value *view_approval(const ApprovalShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const char *zone = context->policy->zone, *subject = text_of(shown->approval, "subject");
    bool waiting = g_strcmp0(text_of(shown->approval, "state"), "waiting") == 0;
    set_value(page, "page", page_value(page, context, subject ? subject : text_of(shown->approval, "organization"), zone, false));
    set_approval(page, shown->approval, context, zone);
    set_text(page, "zone", zone);
    set_words(page, "action", add_address, context->mount, "/admin/approval", NULL);
    set_words(page, "list_url", add_address, context->mount, "/admin/approvals", NULL);
    set_flag(page, "late", shown->late);
    set_flag(page, "own", waiting && shown->may_decide && shown->own);
    set_flag(page, "open", waiting && shown->may_decide && !shown->own);
    set_compared(page, shown->before, shown->after);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    return page;
}
