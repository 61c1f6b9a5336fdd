/* Grants: which of them are live, what they have left, and in which order they are spent.
 *
 * A grant helps limits on its own feature and on the features above it, for what is asked on its
 * feature or below: bonus premium messages also pass the limit on all messages that they count for.
 * Periods of a recurring grant are counted in UTC, so that they are as long for everybody.
 */
#include "domain/decide_parts.h"

static bool grant_recurs(const Grant *grant)
{
    return grant->every.count > 0 && grant->every.unit != WINDOW_LIFETIME;
}

static Window period_at(const WindowSpec *every, Instant from, Instant at)
{
    WindowSpec anchored = *every;
    anchored.align = ALIGN_ANCHOR;
    return window_at(&anchored, zone_find("UTC"), from, at);
}

static bool grant_is_live(const Grant *grant, Instant now)
{
    return grant->effective_at <= now && now < grant->expires_at;
}

/* Brings the grant's counter to its present period; an older clock leaves it alone. */
static Window grant_turn(const Grant *grant, Counter *counter, Instant now)
{
    if (!grant_recurs(grant)) {
        counter->window_start = INSTANT_MIN;
        return (Window){INSTANT_MIN, INSTANT_MAX};
    }
    Window period = period_at(&grant->every, grant->effective_at, now);
    if (counter->window_start < period.start) {
        counter->window_start = period.start;
        counter->used = 0;
        counter->held = 0;
    }
    return period;
}

static int64_t grant_rest(const Grant *grant, const Counter *counter)
{
    return MAX(MAX(grant->amount - counter->used, 0) - counter->held, 0);
}

int64_t grant_left(const Grant *grant, Counter *counter, Instant now)
{
    if (!grant_is_live(grant, now))
        return 0;
    grant_turn(grant, counter, now);
    return grant_rest(grant, counter);
}

void decide_plan_grants(const Subject *subject, GArray *grants)
{
    for (int i = 0; i < subject->plan->grant_count; i++) {
        const PlanGrant *given = &subject->plan->grants[i];
        Grant grant = {
            .slot = given->slot,
            .feature = given->feature,
            .amount = given->amount,
            .priority = given->priority,
            .effective_at = subject->first_met,
            .expires_at = INSTANT_MAX,
            .every = given->every,
            .created_at = subject->first_met,
        };
        if (grant_recurs(&grant)) {
            /* An anchor still to come has periods before it, and the subject is in one of them. */
            grant.effective_at = subject->anchor <= subject->first_met
                                     ? subject->anchor
                                     : period_at(&given->every, subject->anchor, subject->first_met).start;
        }
        g_array_append_val(grants, grant);
    }
}

bool grant_may_help(const Policy *policy, int granted, int asked, int limited)
{
    return feature_is_within(policy, asked, granted) && feature_is_within(policy, granted, limited);
}

bool bonus_helps(const Policy *policy, const Bonus *bonus, const LimitLook *look, const AskItem *items, int item_count)
{
    if (!look_takes_grants(look))
        return false;
    for (int i = 0; i < item_count; i++)
        if (grant_may_help(policy, bonus->grant->feature, items[i].feature, look->limit->feature))
            return true;
    return false;
}

Instant bonus_ends(const Bonus *bonus)
{
    return MIN(bonus->period.end, bonus->grant->expires_at);
}

static int64_t grant_number(const Grant *grant)
{
    return grant->slot < 0 ? -grant->slot : grant->slot;
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int bonus_compare(gconstpointer a, gconstpointer b)
{
    const Bonus *first = a, *second = b;
    const Grant *one = first->grant, *other = second->grant;
    int by_priority = COMPARE(one->priority, other->priority);
    if (by_priority)
        return by_priority;
    int by_end = COMPARE(bonus_ends(first), bonus_ends(second));
    if (by_end)
        return by_end;
    int by_age = COMPARE(one->created_at, other->created_at);
    if (by_age)
        return by_age;
    int by_number = COMPARE(grant_number(one), grant_number(other));
    return by_number ? by_number : COMPARE(one->slot, other->slot);
}

static bool grant_concerns(const Policy *policy, const Grant *grant, const AskItem *items, int item_count)
{
    for (int i = 0; i < item_count; i++)
        if (feature_is_within(policy, items[i].feature, grant->feature))
            return true;
    return false;
}

GArray *bonuses_find(const Situation *situation, const Book *book, const AskItem *items, int item_count)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(Bonus));
    for (int i = 0; i < situation->grant_count; i++) {
        const Grant *grant = &situation->grants[i];
        if (!grant_is_live(grant, situation->now) || !grant_concerns(situation->policy, grant, items, item_count))
            continue;
        Bonus bonus = {.grant = grant, .counter = book->grant_counter(book->data, grant)};
        bonus.period = grant_turn(grant, bonus.counter, situation->now);
        bonus.left = grant_rest(grant, bonus.counter);
        bonus.at_most = grant_recurs(grant) ? grant->amount : MAX(grant->amount - bonus.counter->used, 0);
        g_array_append_val(found, bonus);
    }
    if (found->len > 1)
        g_array_sort(found, bonus_compare);
    return found;
}

void bonus_spent_add(BonusSpent *spent, const Grant *grant, int64_t units, Instant period_end)
{
    if (units <= 0 || grant->of_organization)
        return;
    spent->units = units_add(spent->units, units, UNITS_MAX);
    spent->given = units_add(spent->given, MAX(grant->amount, units), UNITS_MAX);
    if (!grant_recurs(grant) || period_end >= grant->expires_at)
        return;
    if (spent->again_units == 0 || period_end < spent->again) {
        spent->again = period_end;
        spent->again_units = 0;
    }
    if (period_end == spent->again)
        spent->again_units = units_add(spent->again_units, grant->amount, UNITS_MAX);
}

int64_t look_add_bonuses(LimitLook *look, const Policy *policy, const GArray *bonuses, const AskItem *items, int item_count)
{
    int64_t at_most = 0;
    for (guint i = 0; i < bonuses->len; i++) {
        const Bonus *bonus = &g_array_index(bonuses, Bonus, i);
        if (!bonus_helps(policy, bonus, look, items, item_count))
            continue;
        look->bonus = units_add(look->bonus, bonus->left, UNITS_MAX);
        at_most = units_add(at_most, bonus->at_most, UNITS_MAX);
        bonus_spent_add(&look->spent, bonus->grant, bonus->counter->used, bonus->period.end);
    }
    if (at_most > 0)
        look->source |= SOURCE_GRANT;
    return at_most;
}
