/* What a policy that is to come changes for somebody: the notice on their pages, and the member `changes` of documents. */
#include "view/put.h"
#include "view/view_page.h"
#include "view/view_parts.h"
#include "view/words_add.h"

/* Each stands on a line of its own, or the only one goes on where "From …:" ends. */
static void add_text(GString *out, const ComingChange *change, bool several)
{
    g_autofree char *words = WORDS(words_add_coming, change);
    if (several)
        words_add_capital(out, words);
    else
        text_add(out, words);
}

Value *coming_value(const Value *tree, const Reader *reader, const UsageReport *report)
{
    if (!report->coming || !report->coming->len)
        return value_blank(tree);
    Value *coming = value_object(tree), *changes = set_list(coming, "changes");
    set_instant(coming, "at", report->coming_at);
    set_words(coming, "from", words_add_from, report->coming_at, reader->zone, reader->now);
    set_flag(coming, "several", report->coming->len > 1);
    for (guint i = 0; i < report->coming->len; i++) {
        Value *change = add_object(changes);
        set_words(change, "text", add_text, &g_array_index(report->coming, ComingChange, i), report->coming->len > 1);
    }
    return coming;
}

/* {amount, window, scope}; null for none. */
static void put_limit(GString *out, const Limit *limit, Amount amount)
{
    if (!limit) {
        put_null_value(out);
        return;
    }
    put_begin_object(out);
    put_text(out, "limit", limit->key);
    put_amount(out, "amount", amount);
    put_window(out, &limit->window);
    put_word(out, "scope", scope_word(limit->scope));
    put_end(out, '}');
}

/* {grant, amount, every}; null for none. */
static void put_grant(GString *out, const PlanGrant *grant)
{
    if (!grant) {
        put_null_value(out);
        return;
    }
    g_autofree char *every = grant->every.count ? window_text(&grant->every) : NULL;
    put_begin_object(out);
    put_text(out, "grant", grant->key);
    put_number(out, "amount", grant->amount);
    put_text(out, "every", every);
    put_end(out, '}');
}

static void put_side(GString *out, bool is_grant, const PlanGrant *grant, const Limit *limit, Amount amount)
{
    if (is_grant)
        put_grant(out, grant);
    else
        put_limit(out, limit, amount);
}

static void put_change(GString *out, const ComingChange *change, const Coming *coming)
{
    put_begin_object(out);
    put_instant(out, "at", coming->at);
    put_word(out, "change", coming_kind_word(change->kind));
    put_text(out, "plan", change->plan->key);
    put_text(out, "to_plan", change->then ? change->then->key : NULL);
    put_text(out, "feature", change->feature ? change->feature->key : NULL);
    bool is_grant = change->from_grant || change->to_grant;
    PUT_NAME(out, "from");
    put_side(out, is_grant, change->from_grant, change->from, change->from_amount);
    PUT_NAME(out, "to");
    put_side(out, is_grant, change->to_grant, change->to, change->to_amount);
    size_t began = put_words(out, "message");
    words_add_from(out, coming->at, coming->zone, coming->now);
    text_add(out, ": ");
    words_add_coming(out, change);
    put_words_end(out, began);
    put_end(out, '}');
}

void put_coming(GString *out, const GArray *changes, const Coming *coming)
{
    put_list(out, "changes");
    for (guint i = 0; changes && i < changes->len; i++)
        put_change(out, &g_array_index(changes, ComingChange, i), coming);
    put_end(out, ']');
}
