/* How much those who support people may give alone. */
#include "domain/ceiling.h"

#include <math.h>

#define PLACES 1000000
#define DAY_US (INT64_C(86400) * US_PER_S)

/* A limit of the subject's own on the feature that counts; from `i` on. NULL: there is no further one. */
static const Limit *own_limit(const Plan *plan, const Feature *feature, const char *key, int *i)
{
    for (; *i < plan->limit_count; ++*i) {
        const Limit *limit = &plan->limits[*i];
        if (limit->feature == feature->index && limit->scope == SCOPE_SUBJECT && (!key || strcmp(limit->key, key) == 0))
            return &plan->limits[(*i)++];
    }
    return NULL;
}

/* Is the amount at most `times` the limit's? Multipliers are decimal numbers that people write, to six places. */
static bool within(int64_t amount, const Limit *limit, double times)
{
    __extension__ typedef __int128 Wide;
    return limit->plan_amount != AMOUNT_UNLIMITED && (Wide) amount * PLACES <= (Wide) limit->plan_amount * llround(times * PLACES);
}

bool ceiling_allows_override(const Policy *policy, const Plan *plan, const Feature *feature, const char *limit, OverrideKind kind,
                             int64_t amount, double multiplier)
{
    int i = 0, count = 0;
    if (policy->support.days == 0 || kind == OVERRIDE_UNLIMITED || (kind == OVERRIDE_MULTIPLIER && multiplier > policy->support.multiplier))
        return false;
    for (const Limit *one; (one = own_limit(plan, feature, limit, &i)); count++)
        if (kind == OVERRIDE_AMOUNT && !within(amount, one, policy->support.multiplier))
            return false;
    return count > 0;
}

bool ceiling_allows_bonus(const Policy *policy, const Plan *plan, const Feature *feature, int64_t amount)
{
    int i = 0, count = 0;
    if (policy->support.days == 0)
        return false;
    for (const Limit *one; (one = own_limit(plan, feature, NULL, &i)); count++)
        if (!within(amount, one, policy->support.multiplier - 1))
            return false;
    return count > 0;
}

bool ceiling_allows_until(const Policy *policy, Instant expires_at, Instant now)
{
    return expires_at != INSTANT_MAX && expires_at - now <= policy->support.days * DAY_US;
}
