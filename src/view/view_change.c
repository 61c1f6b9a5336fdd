/* GET and POST /admin/change: a change by an administrator: the form, and what it comes to before it is made. */
#include "view/view_admin.h"
#include "view/view_page.h"
#include "view/words_add.h"

static const char *const change_words[CHANGE_KINDS] = {
    [CHANGE_OVERRIDE] = "override",
    [CHANGE_OVERRIDE_REMOVE] = "override-remove",
    [CHANGE_OVERRIDE_RESTORE] = "override-restore",
    [CHANGE_BONUS] = "bonus",
    [CHANGE_BONUS_REMOVE] = "bonus-remove",
    [CHANGE_BONUS_RESTORE] = "bonus-restore",
    [CHANGE_RESET] = "reset",
    [CHANGE_RESET_UNDO] = "reset-undo",
    [CHANGE_PLAN] = "plan",
    [CHANGE_ORGANIZATION] = "organization",
    [CHANGE_SUSPEND] = "suspend",
    [CHANGE_RESTORE] = "restore",
    [CHANGE_REFUND] = "refund",
    [CHANGE_SESSIONS_END] = "sessions-end",
};

bool change_find(const char *word, ChangeKind *kind)
{
    for (int i = 0; word && i < CHANGE_KINDS; i++)
        if (strcmp(word, change_words[i]) == 0) {
            *kind = (ChangeKind) i;
            return true;
        }
    return false;
}

const char *change_word(ChangeKind kind)
{
    return change_words[kind];
}

static void set_plans(Value *page, const ChangeShown *shown)
{
    const Policy *policy = shown->before->policy;
    const char *typed = form_shown_of(shown->shown, shown->shown_count, "plan");
    Value *plans = set_list(page, "plans");
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        bool chosen = typed ? strcmp(typed, plan->key) == 0 : plan == shown->before->subject->plan;
        Value *one = add_object(plans);
        set_text(one, "key", plan->key);
        set_text(one, "title", plan->title);
        set_flag(one, "chosen", chosen);
    }
    form_add_typed(plans, "key", "title", typed);
}

Value *view_change(const ChangeShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Subject *subject = shown->before->subject;
    const char *kind = form_shown_of(shown->shown, shown->shown_count, "kind");
    set_value(page, "page", page_value(page, context, subject->key, shown->before->policy->zone, false));
    set_text(page, "subject", subject->key);
    set_text(page, "what", change_word(shown->kind));
    for (int i = 0; i < CHANGE_KINDS; i++)
        if (i != CHANGE_PLAN && i != CHANGE_ORGANIZATION)
            value_set_flag(page, value_key(change_words[i]), (int) shown->kind == i);
    set_flag(page, "plan_change", shown->kind == CHANGE_PLAN);
    set_flag(page, "move", shown->kind == CHANGE_ORGANIZATION);
    set_text(page, "organization_now", subject->organization);
    set_flag(page, "stale", shown->stale);
    set_flag(page, "helps", shown->helps);
    set_flag(page, "waits", shown->waits);
    if (shown->kind == CHANGE_REFUND && shown->feature)
        set_words(page, "refunded", words_add_units, shown->feature, shown->refund_units);
    else if (shown->kind == CHANGE_REFUND)
        set_words(page, "refunded", words_add_number, shown->refund_units);
    else
        set_null(page, "refunded");
    set_text(page, "plan_title", subject->plan->title);
    set_text(page, "feature", shown->feature ? shown->feature->title : NULL);
    set_text(page, "units", shown->feature ? shown->feature->units : NULL);
    set_text(page, "limit", form_shown_of(shown->shown, shown->shown_count, "limit"));
    set_words(page, "action", add_address, context->mount, "/admin/change", NULL);
    set_words(page, "person_url", add_address, context->mount, "/admin/person?subject=", subject->key);
    set_flag(page, "counted", shown->kind == CHANGE_OVERRIDE || shown->kind == CHANGE_BONUS || shown->kind == CHANGE_REFUND);
    set_flag(page, "dated", shown->kind == CHANGE_OVERRIDE || shown->kind == CHANGE_BONUS || shown->kind == CHANGE_PLAN);
    set_flag(page, "by_multiplier", g_strcmp0(kind, "multiplier") == 0);
    set_flag(page, "by_unlimited", g_strcmp0(kind, "unlimited") == 0);
    set_flag(page, "by_amount", !kind || (strcmp(kind, "multiplier") != 0 && strcmp(kind, "unlimited") != 0));
    set_plans(page, shown);
    set_flag(page, "preview", shown->after);
    bool told = shown->kind == CHANGE_SUSPEND || shown->kind == CHANGE_RESTORE || shown->kind == CHANGE_SESSIONS_END;
    set_flag(page, "explained", told && !shown->after);
    set_compared(page, shown->before, shown->after);
    set_flag(page, "many", false);
    set_value(page, "form", form_value(page, shown->shown, shown->shown_count));
    set_value(page, "ends", form_field_value(page, shown->shown, shown->shown_count, "expires"));
    return page;
}

json_t *view_change_json(const ChangeShown *shown, const Undo *undo)
{
    const char *subject = shown->before->subject->key;
    return json_pack("{s:s, s:s, s:s?, s:b, s:b, s:o, s:o, s:o}", "what", change_word(shown->kind), "subject", subject, "feature",
                     shown->feature ? shown->feature->key : NULL, "made", undo != NULL, "stale", shown->stale, "before",
                     view_value(view_usage(shown->before)), "after", shown->after ? view_value(view_usage(shown->after)) : json_null(),
                     "undo", undo ? undo_json(undo, subject) : json_null());
}

void view_change_json_end(json_t *json, const UsageReport *after, const char *id)
{
    static const ChangeKind by_new_id[] = {CHANGE_OVERRIDE, CHANGE_BONUS, CHANGE_RESET};
    const char *what = json_string_value(json_object_get(json, "what"));
    json_object_set_new(json, "after", view_value(view_usage(after)));
    for (size_t i = 0; what && i < G_N_ELEMENTS(by_new_id); i++)
        if (strcmp(what, change_word(by_new_id[i])) == 0 && id)
            json_object_set_new(json_object_get(json, "undo"), "id", json_string(id));
        else if (strcmp(what, change_word(by_new_id[i])) == 0)
            json_object_set_new(json, "undo", json_null());
}
