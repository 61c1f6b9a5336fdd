/* GET /admin/person: one person, as administrators see them: effective limits and where each comes from, what was changed, what they
 * did and asked for. */
#include "view/view_admin.h"
#include "view/view_lines.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* Where something of them is changed: "/admin/change?what=override&subject=ada", then &feature=, &limit= and &id=, where given. */
static void add_change(GString *out, const PersonShown *shown, const char *mount, ChangeKind kind, const char *feature, const char *limit,
                       const char *id)
{
    if (!(kind == CHANGE_OVERRIDE || kind == CHANGE_BONUS ? shown->may_give : shown->may_change))
        return;
    add_address(out, mount, "/admin/change?what=", change_word(kind));
    add_address(out, "", "&subject=", shown->report->subject->key);
    if (feature)
        add_address(out, "", "&feature=", feature);
    if (limit)
        add_address(out, "", "&limit=", limit);
    if (id)
        add_address(out, "", "&id=", id);
}

/* Whoever gives may take back what they gave themselves. */
static void add_removal(GString *out, const PersonShown *shown, const char *mount, ChangeKind kind, const json_t *made)
{
    PersonShown as_giver = *shown;
    as_giver.may_change = shown->may_change || (shown->may_give && g_strcmp0(text_of(made, "author"), shown->actor) == 0);
    add_change(out, &as_giver, mount, kind, text_of(made, "feature"), NULL, text_of(made, "id"));
}

static void set_source(Value *row, const UsageLine *line, const PersonShown *shown, const char *zone)
{
    set_flag(row, "from_override", line->source & SOURCE_OVERRIDE);
    set_flag(row, "from_grace", line->source & SOURCE_GRACE);
    set_flag(row, "from_rollover", line->source & SOURCE_ROLLOVER);
    set_flag(row, "from_grant", line->source & SOURCE_GRANT);
    set_text(row, "from_plan", line->source & SOURCE_PLAN ? shown->report->subject->plan->title : NULL);
    if (line->override_expires != INSTANT_MAX)
        set_words(row, "until", words_add_stamp_bare, line->override_expires, zone);
    else
        set_null(row, "until");
}

static void add_limit(Value *rows, const UsageLine *line, const PersonShown *shown, const PageContext *context, const char *zone)
{
    Value *row = add_object(rows);
    const char *key = line->feature->key, *limit = line->limit ? line->limit->key : NULL;
    bool own = line->limit && line->limit->scope == SCOPE_SUBJECT;
    set_text(row, "feature", line->feature->title);
    set_flag(row, "listed", line->limit);
    if (line->limit) {
        set_words(row, "used", words_add_used, line);
        set_words(row, "left", words_add_left, line, shown->report->as_of);
        set_words(row, "resets", words_add_resets, line, shown->report->as_of);
        set_text(row, "limit", limit);
        set_source(row, line, shown, zone);
    }
    set_words(row, "override_url", add_change, shown, context->mount, CHANGE_OVERRIDE, key, limit, NULL);
    set_words(row, "bonus_url", add_change, shown, context->mount, CHANGE_BONUS, key, NULL, NULL);
    set_words(row, "reset_url", add_change, shown, context->mount, CHANGE_RESET, key, NULL, NULL);
    set_flag(row, "may_override", own && shown->may_give);
    set_flag(row, "may_give", line->limit && shown->may_give);
}

static const char *title_of(const PersonShown *shown, const json_t *object)
{
    const char *key = text_of(object, "feature");
    const Feature *feature = key ? policy_feature(shown->report->policy, key) : NULL;
    return feature ? feature->title : key;
}

static void add_amount(GString *out, const json_t *object)
{
    json_t *amount = json_object_get(object, "amount"), *multiplier = json_object_get(object, "multiplier");
    if (json_is_integer(amount))
        words_add_number(out, json_integer_value(amount));
    else if (json_is_number(multiplier))
        g_string_append_printf(out, "× %.9g", json_number_value(multiplier));
}

/* An override or grant, which stays until it is removed. */
static void add_change_made(Value *rows, const json_t *made, const PersonShown *shown, const PageContext *context, const char *zone,
                            ChangeKind undo, bool shared)
{
    Value *row = add_object(rows);
    set_text(row, "feature", title_of(shown, made));
    set_text(row, "limit", text_of(made, "limit"));
    set_words(row, "amount", add_amount, made);
    set_flag(row, "shared", shared);
    set_words(row, "until", words_add_when, text_of(made, "expires_at"), zone);
    set_words(row, "since", words_add_when, text_of(made, "created_at"), zone);
    set_text(row, "author", text_of(made, "author"));
    set_text(row, "reason", text_of(made, "reason"));
    if (undo == CHANGE_BONUS_REMOVE)
        set_words(row, "remaining", words_add_number, json_integer_value(json_object_get(made, "remaining")));
    if (shared)
        set_null(row, "remove_url");
    else
        set_words(row, "remove_url", add_removal, shown, context->mount, undo, made);
}

static void set_made(Value *page, const PersonShown *shown, const PageContext *context, const char *zone)
{
    size_t i;
    json_t *one;
    Value *overrides = set_list(page, "overrides");
    json_array_foreach((json_t *) shown->overrides, i, one)
        add_change_made(overrides, one, shown, context, zone, CHANGE_OVERRIDE_REMOVE, false);
    json_array_foreach((json_t *) shown->shared_overrides, i, one)
        add_change_made(overrides, one, shown, context, zone, CHANGE_OVERRIDE_REMOVE, true);
    set_flag(page, "has_overrides", overrides->first);
    Value *grants = set_list(page, "grants");
    json_array_foreach((json_t *) shown->grants, i, one)
        add_change_made(grants, one, shown, context, zone, CHANGE_BONUS_REMOVE, false);
    set_flag(page, "has_grants", grants->first);
}

static void set_requests(Value *page, const PersonShown *shown, const char *zone)
{
    size_t i;
    json_t *one;
    Value *requests = set_list(page, "requests");
    json_array_foreach((json_t *) shown->requests, i, one) {
        Value *row = add_object(requests);
        const char *state = text_of(one, "state");
        set_text(row, "feature", title_of(shown, one));
        set_text(row, "plan", text_of(one, "plan"));
        set_words(row, "amount", add_amount, one);
        set_text(row, "reason", text_of(one, "reason"));
        set_words(row, "asked", words_add_when, text_of(one, "created_at"), zone);
        set_flag(row, "approved", g_strcmp0(state, "approved") == 0);
        set_flag(row, "denied", g_strcmp0(state, "denied") == 0);
        set_text(row, "answer", text_of(one, "answer"));
    }
    set_flag(page, "has_requests", i > 0);
}

static void set_tickets(Value *page, const PersonShown *shown, const PageContext *context)
{
    size_t i;
    json_t *one;
    Value *tickets = set_list(page, "tickets");
    json_array_foreach((json_t *) shown->tickets, i, one)
        set_ticket_row(add_object(tickets), one, context);
    set_flag(page, "has_tickets", i > 0);
}

static void set_changes(Value *page, const PersonShown *shown, const PageContext *context, const char *zone)
{
    size_t i;
    json_t *one;
    Value *changes = set_list(page, "changes");
    json_array_foreach((json_t *) shown->audit, i, one) {
        Value *row = add_object(changes);
        set_text(row, "at", text_of(one, "at"));
        set_words(row, "when", words_add_when, text_of(one, "at"), zone);
        set_words(row, "what", words_add_audit_action, text_of(one, "action"));
        set_words(row, "old", words_add_audit_values, json_object_get(one, "old"));
        set_words(row, "new", words_add_audit_values, json_object_get(one, "new"));
        set_text(row, "actor", text_of(one, "actor"));
        set_text(row, "reason", text_of(one, "reason"));
    }
    set_flag(page, "has_changes", i > 0);
    set_flag(page, "more_changes", shown->more_audit);
    set_words(page, "audit_url", add_address, context->mount, "/admin/audit?subject=", shown->report->subject->key);
}

static void set_decisions(Value *page, const PersonShown *shown, const PageContext *context, const char *zone)
{
    Value *decisions = set_list(page, "decisions");
    for (int i = 0; i < shown->activity->line_count; i++) {
        const ActivityLine *line = &shown->activity->lines[i];
        const Feature *feature = policy_feature(shown->report->policy, line->feature);
        Value *row = add_object(decisions);
        set_words(row, "url", add_address, context->mount, "/decisions/", line->id);
        set_words(row, "when", words_add_stamp_bare, line->at, zone);
        if (feature)
            set_words(row, "units", words_add_units, feature, line->units);
        else
            set_text(row, "units", line->feature);
        set_flag(row, "allowed", line->outcome == OUTCOME_ALLOWED);
        bool charged = line->outcome == OUTCOME_ALLOWED && (!line->hold || g_strcmp0(line->state, "committed") == 0);
        if (charged && line->given_back < line->units)
            set_words(row, "refund_url", add_change, shown, context->mount, CHANGE_REFUND, NULL, NULL, line->id);
        else
            set_null(row, "refund_url");
        if (line->given_back)
            set_words(row, "given_back", words_add_number, line->given_back);
        else
            set_null(row, "given_back");
    }
    set_flag(page, "has_decisions", decisions->first);
}

static void set_done(Value *page, const char *done)
{
    ChangeKind any;
    set_flag(page, "any", change_find(done, &any));
    for (int kind = 0; kind < CHANGE_KINDS; kind++)
        value_set_flag(page, value_key(change_word((ChangeKind) kind)), g_strcmp0(done, change_word((ChangeKind) kind)) == 0);
}

static bool may_undo(const PersonShown *shown)
{
    bool of_giving = shown->undo && (shown->undo->kind == CHANGE_OVERRIDE_REMOVE || shown->undo->kind == CHANGE_BONUS_REMOVE);
    return of_giving ? shown->may_give : shown->may_change;
}

Value *view_person(const PersonShown *shown, const PageContext *context)
{
    Value *page = value_new();
    const Subject *subject = shown->report->subject;
    const char *zone = shown->report->policy->zone;
    set_value(page, "page", page_value(page, context, subject->key, zone, false));
    set_text(page, "subject", subject->key);
    set_words(page, "people_url", add_address, context->mount, "/admin/people", NULL);
    set_words(page, "view_url", add_address, context->mount, "/admin/view?subject=", subject->key);
    set_words(page, "signed_in_url", add_address, context->mount, "/admin/sessions?subject=", subject->key);
    set_words(page, "history_url", add_address, context->mount, "/history?subject=", subject->key);
    set_text(page, "plan", subject->plan->title);
    set_words(page, "plan_until", words_add_when, text_of(shown->person, "plan_until"), zone);
    set_text(page, "organization", subject->organization);
    set_text(page, "email", text_of(shown->person, "email"));
    set_text(page, "zone", zone);
    set_flag(page, "suspended", subject->suspended);
    set_done(set_object(page, "done"), shown->done);
    set_words(page, "undo_url", undo_add_address, may_undo(shown) ? shown->undo : NULL, context->mount, subject->key);
    Value *limits = set_list(page, "limits");
    for (int i = 0; i < shown->report->line_count; i++)
        add_limit(limits, &shown->report->lines[i], shown, context, zone);
    set_made(page, shown, context, zone);
    set_requests(page, shown, zone);
    set_tickets(page, shown, context);
    set_decisions(page, shown, context, zone);
    set_changes(page, shown, context, zone);
    set_flag(page, "may_change", shown->may_change);
    set_flag(page, "may_help", shown->may_give);
    set_words(page, "plan_url", add_change, shown, context->mount, CHANGE_PLAN, NULL, NULL, NULL);
    set_words(page, "reset_url", add_change, shown, context->mount, CHANGE_RESET, NULL, NULL, NULL);
    set_words(page, "move_url", add_change, shown, context->mount, CHANGE_ORGANIZATION, NULL, NULL, NULL);
    set_words(page, "sessions_url", add_change, shown, context->mount, CHANGE_SESSIONS_END, NULL, NULL, NULL);
    set_words(page, "suspend_url", add_change, shown, context->mount, subject->suspended ? CHANGE_RESTORE : CHANGE_SUSPEND, NULL, NULL,
              NULL);
    return page;
}

json_t *view_person_json(const PersonShown *shown)
{
    json_t *decisions = json_array();
    for (int i = 0; i < shown->activity->line_count; i++) {
        const ActivityLine *line = &shown->activity->lines[i];
        g_autofree char *at = instant_text(line->at);
        json_array_append_new(decisions, json_pack("{s:s, s:s?, s:b, s:s, s:o, s:I}", "decision_id", line->id, "at", at, "allowed",
                                                   line->outcome == OUTCOME_ALLOWED, "feature", line->feature, "resource",
                                                   json_text(line->resource), "units", (json_int_t) line->units));
    }
    return json_pack("{s:O, s:o, s:O, s:O?, s:O, s:O, s:o, s:O, s:O}", "person", shown->person, "usage", view_value(view_usage(shown->report)),
                     "overrides", shown->overrides, "organization_overrides", shown->shared_overrides, "grants", shown->grants, "requests",
                     shown->requests, "decisions", decisions, "tickets", shown->tickets, "audit", shown->audit);
}
