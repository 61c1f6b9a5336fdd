/* Reports of usage: the looks of a decision that nobody asked for yet.
 *
 * A report opens the same looks as a decision does, so that the page shows what the next request
 * will meet. What a line's figures come to stands in usage_line.c.
 */
#include "domain/usage.h"

#include "domain/decide_parts.h"

const char *usage_state_word(UsageState state)
{
    static const char *const words[] = {"ok", "notice", "warning", "exhausted", "unlimited", "not_included"};
    return words[state];
}

static Instant bonuses_first_end(const GArray *bonuses, const Policy *policy, const LimitLook *look, const AskItem *item)
{
    Instant first = INSTANT_MAX;
    for (guint i = 0; i < bonuses->len; i++) {
        const Bonus *bonus = &g_array_index(bonuses, Bonus, i);
        if (bonus->left > 0 && bonus_helps(policy, bonus, look, item, 1))
            first = MIN(first, bonus_ends(bonus));
    }
    return first;
}

/* The limit as a request for feature `asked` would meet it. */
static void line_fill(UsageLine *line, const Situation *situation, const Book *book, const Limit *limit, int asked)
{
    const Policy *policy = situation->policy;
    const AskItem item = {asked, 1};
    LimitLook look;
    look_open(&look, situation, book, limit);
    g_autoptr(GArray) bonuses = bonuses_find(situation, book, &item, 1);
    look_add_bonuses(&look, policy, bonuses, &item, 1);

    line->feature = &policy->features[limit->feature];
    line->limit = limit;
    line->window = look.window;
    line->zone = look.zone;
    line->amount = look.amount;
    line->used = look.used;
    line->held = look.held;
    line->carried = look.carried;
    line->bonus = look.bonus;
    line->spent = look.spent;
    line->source = look.source;
    line->override_expires = look.override_expires;
    line->bonus_expires = bonuses_first_end(bonuses, policy, &look, &item);
    line->resets_at = usage_resets_at(limit, look.counter, decide_zone(policy, situation->subject, limit, NULL), look.window,
                                      look.amount, 1, situation->now);
    usage_line_thresholds(line, situation->subject);
    usage_line_finish(line);
}

static int line_compare(gconstpointer a, gconstpointer b)
{
    const UsageLine *first = a, *second = b;
    bool shadow_first = first->limit->mode == MODE_SHADOW, shadow_second = second->limit->mode == MODE_SHADOW;
    if (shadow_first != shadow_second)
        return shadow_first - shadow_second;
    Tightness tight_first = {first->limit, first->amount, first->remaining};
    Tightness tight_second = {second->limit, second->amount, second->remaining};
    return tightness_compare(&tight_first, &tight_second);
}

/* The lines of one feature's own limits, tightest first. */
static void report_limits(GArray *lines, const Situation *situation, const Book *book, int feature, int asked)
{
    const Plan *plan = situation->subject->plan;
    g_autoptr(GArray) own = g_array_new(FALSE, TRUE, sizeof(UsageLine));
    for (int i = 0; i < plan->limit_count; i++) {
        if (plan->limits[i].feature != feature || !limit_applies(&plan->limits[i], situation->subject))
            continue;
        g_array_set_size(own, own->len + 1);
        line_fill(&g_array_index(own, UsageLine, own->len - 1), situation, book, &plan->limits[i], asked);
    }
    g_array_sort(own, line_compare);
    g_array_append_vals(lines, own->data, own->len);
}

static void report_unlisted(GArray *lines, const Situation *situation, int feature)
{
    UsageLine line = {
        .feature = &situation->policy->features[feature],
        .window = {INSTANT_MIN, INSTANT_MAX},
        .zone = situation->policy->zone,
        .resets_at = INSTANT_MAX,
        .override_expires = INSTANT_MAX,
        .bonus_expires = INSTANT_MAX,
    };
    usage_line_finish(&line);
    g_array_append_val(lines, line);
}

UsageReport *usage_report(const Situation *situation, const Book *book, int feature, bool with_unlisted)
{
    const Policy *policy = situation->policy;
    const bool *lists = situation->subject->plan->lists;
    GArray *lines = g_array_new(FALSE, TRUE, sizeof(UsageLine));
    for (int i = 0; i < policy->feature_count; i++) {
        if (feature >= 0 && i != feature)
            continue;
        if (lists[i])
            report_limits(lines, situation, book, i, i);
        else if (with_unlisted)
            report_unlisted(lines, situation, i);
    }
    if (feature >= 0 && lists[feature])
        for (int above = policy->features[feature].parent; above >= 0; above = policy->features[above].parent)
            report_limits(lines, situation, book, above, feature);

    UsageReport *report = g_new0(UsageReport, 1);
    report->policy = policy;
    report->subject = situation->subject;
    report->as_of = situation->now;
    report->line_count = (int)lines->len;
    report->lines = (UsageLine *)(void *)g_array_free(lines, FALSE);
    return report;
}

void usage_report_free(UsageReport *report)
{
    if (!report)
        return;
    g_clear_pointer(&report->coming, g_array_unref);
    g_free(report->lines);
    g_free(report);
}

static bool window_is_same(const WindowSpec *a, const WindowSpec *b)
{
    return a->unit == b->unit && a->count == b->count && a->align == b->align;
}

/* Nothing is used yet of a plan that one does not have: the shorter window is the tighter, unlimited the least. */
static int limit_compare_unused(const Limit *a, const Limit *b)
{
    Tightness tight_a = {a, a->plan_amount, a->plan_amount};
    Tightness tight_b = {b, b->plan_amount, b->plan_amount};
    return tightness_compare(&tight_a, &tight_b);
}

const Limit *usage_same_limit(const Plan *other, const Limit *limit)
{
    const Limit *tightest = NULL;
    if (!other->lists[limit->feature])
        return NULL;
    for (int i = 0; i < other->limit_count; i++) {
        const Limit *candidate = &other->limits[i];
        if (candidate->feature != limit->feature || candidate->mode == MODE_OFF)
            continue;
        if (candidate->scope == limit->scope && window_is_same(&candidate->window, &limit->window))
            return candidate;
        if (candidate->scope == SCOPE_SUBJECT && (!tightest || limit_compare_unused(candidate, tightest) < 0))
            tightest = candidate;
    }
    return tightest;
}
