/* Which limits are too tight or never felt, and who would do better on another plan. */
#include "domain/recommend.h"

static bool is_own(const Limit *limit)
{
    return limit->scope == SCOPE_SUBJECT && limit->mode != MODE_OFF && !limit->counts_only && limit->plan_amount != AMOUNT_UNLIMITED;
}

Recommend recommend_limit(const Limit *limit, int64_t active, int64_t asked, int64_t reached)
{
    if (!is_own(limit) || limit->plan_amount == 0 || active <= 0)
        return RECOMMEND_NOTHING;
    if (reached * 100 > active * RECOMMEND_REACHED_PCT)
        return RECOMMEND_RAISE;
    return reached == 0 && asked > 0 && limit->plan_amount > 1 ? RECOMMEND_LOWER : RECOMMEND_NOTHING;
}

Amount recommend_amount(const Limit *limit, Recommend what)
{
    return what == RECOMMEND_RAISE ? MIN(limit->plan_amount, UNITS_MAX / 2) * 2 : limit->plan_amount / 2;
}

/* --- a plan above --- */

/* The same thing limited over the same time. */
static const Limit *counterpart(const Plan *plan, const Limit *limit)
{
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *one = &plan->limits[i];
        if (is_own(one) && one->feature == limit->feature && one->window.unit == limit->window.unit && one->window.count == limit->window.count)
            return one;
    }
    return NULL;
}

/* Limits that stop nobody are none. */
static bool stops(const Limit *limit)
{
    return is_own(limit) && limit->mode == MODE_ENFORCE && limit->on_exceed != EXCEED_ALLOW;
}

static bool gives_more(const Policy *policy, const Plan *plan, const Plan *other, int feature)
{
    bool more = false;
    if (!other->lists[feature])
        return false;
    if (!plan->lists[feature])
        return true;
    for (int i = 0; i < plan->limit_count; i++) {
        const Limit *limit = &plan->limits[i];
        if (!stops(limit) || !feature_is_within(policy, feature, limit->feature))
            continue;
        const Limit *instead = counterpart(other, limit);
        if (instead && stops(instead) && instead->plan_amount < limit->plan_amount)
            return false;
        more |= !instead || !stops(instead) || instead->plan_amount > limit->plan_amount;
    }
    return more;
}

const Plan *recommend_plan_above(const Policy *policy, const Plan *plan, const PersonUse *uses, int count, int stopped_days)
{
    const PersonUse *most = NULL;
    for (int i = 0; i < count; i++)
        if (uses[i].refused > 0 && (!most || uses[i].refused > most->refused))
            most = &uses[i];
    if (!most || stopped_days < RECOMMEND_STOPPED_DAYS)
        return NULL;
    int next = plan->upgrade;
    for (int steps = 0; next >= 0 && steps < policy->plan_count; steps++) {
        const Plan *above = &policy->plans[next];
        if (gives_more(policy, plan, above, most->feature))
            return above;
        next = above->upgrade;
    }
    return NULL;
}

/* --- a plan below --- */

/* Would the limit have let all of it pass? What is used within less than a day is taken to have been used at once. */
static bool is_enough(const Policy *policy, const Limit *limit, const PersonUse *uses, int count)
{
    int64_t units = 0, most = 0;
    for (int i = 0; i < count; i++)
        if (feature_is_within(policy, uses[i].feature, limit->feature)) {
            units = MIN(units + MAX(uses[i].units, 0), UNITS_MAX);
            most = MIN(most + MAX(uses[i].most, 0), UNITS_MAX);
        }
    if (units == 0 && most == 0)
        return true;
    const WindowSpec *window = &limit->window;
    static const int a_day[] = {[WINDOW_MINUTE] = 24 * 60, [WINDOW_HOUR] = 24, [WINDOW_DAY] = 1};
    bool within_a_day = window->unit <= WINDOW_DAY && window->count <= a_day[window->unit];
    if (within_a_day && window->align != ALIGN_ROLLING)
        return most <= limit->plan_amount;
    if (window->unit == WINDOW_YEAR || window->unit == WINDOW_LIFETIME || (window->unit == WINDOW_MONTH && window->count > 1) ||
        (window->unit == WINDOW_WEEK && window->count > 4) || (window->unit == WINDOW_DAY && window->count > RECOMMEND_DAYS))
        return false;
    return units <= limit->plan_amount;
}

static bool plan_is_enough(const Policy *policy, const Plan *plan, const PersonUse *uses, int count)
{
    for (int i = 0; i < count; i++)
        if ((uses[i].units > 0 || uses[i].refused > 0) && !plan->lists[uses[i].feature])
            return false;
    for (int i = 0; i < plan->limit_count; i++)
        if (stops(&plan->limits[i]) && !is_enough(policy, &plan->limits[i], uses, count))
            return false;
    return true;
}

static bool leads_to(const Policy *policy, const Plan *below, const Plan *plan)
{
    int next = below->upgrade;
    for (int steps = 0; next >= 0 && steps < policy->plan_count; steps++) {
        if (next == plan->index)
            return true;
        next = policy->plans[next].upgrade;
    }
    return false;
}

static bool is_below(const Policy *policy, const Plan *below, const Plan *plan)
{
    return below->rank < plan->rank && below->index != policy->anonymous_plan && leads_to(policy, below, plan) &&
           g_strcmp0(below->price, plan->price) != 0;
}

bool recommend_has_below(const Policy *policy, const Plan *plan)
{
    for (int i = 0; plan->price && i < policy->plan_count; i++)
        if (is_below(policy, &policy->plans[i], plan))
            return true;
    return false;
}

const Plan *recommend_plan_below(const Policy *policy, const Plan *plan, const PersonUse *uses, int count)
{
    const Plan *found = NULL;
    for (int i = 0; plan->price && i < policy->plan_count; i++) {
        const Plan *below = &policy->plans[i];
        if (is_below(policy, below, plan) && (!found || below->rank < found->rank) && plan_is_enough(policy, below, uses, count))
            found = below;
    }
    return found;
}
