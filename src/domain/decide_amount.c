/* How much a limit allows this subject, and in which time zone it is counted.
 *
 * The plan's amount, or the override that replaces it, times the grace of a new subject. The
 * product is exact: multipliers are decimal numbers that people write, so they are taken to nine
 * places and multiplied as whole numbers; 100 times 0.29 is 29, which binary fractions miss.
 */
#include "domain/decide.h"

#include <math.h>

#define PLACES INT64_C(1000000000)
#define DAY_US (INT64_C(86400) * US_PER_S)

__extension__ typedef __int128 Wide;

/* A multiplier in billionths. */
static Wide multiplier_places(double multiplier)
{
    if (!(multiplier > 0))
        return 0;
    if (multiplier >= (double)UNITS_MAX)
        return (Wide)UNITS_MAX * PLACES;
    return multiplier < 1e9 ? llround(multiplier * (double)PLACES) : (Wide)multiplier * PLACES;
}

/* floor(amount x first x second), at most UNITS_MAX. */
static Amount amount_times(Amount amount, double first, double second)
{
    const Wide most = (Wide)UNITS_MAX * PLACES;
    Wide product = amount;
    if (__builtin_mul_overflow(product, multiplier_places(first), &product) || product > most)
        product = most;
    /* What overflows even this is far above UNITS_MAX. */
    if (__builtin_mul_overflow(product, multiplier_places(second), &product))
        return UNITS_MAX;
    product = product / PLACES / PLACES;
    return product > UNITS_MAX ? UNITS_MAX : (Amount)product;
}

static bool override_applies(const Override *override, const Limit *limit, Instant now)
{
    Scope scope = override->of_organization ? SCOPE_ORGANIZATION : SCOPE_SUBJECT;
    return limit->scope == scope && override->feature == limit->feature && now < override->expires_at &&
           (!override->limit || strcmp(override->limit, limit->key) == 0);
}

static bool override_outranks(const Override *override, const Override *other)
{
    if (!override->limit != !other->limit)
        return override->limit != NULL;
    if (override->created_at != other->created_at)
        return override->created_at > other->created_at;
    return override->id > other->id;
}

static const Override *override_find(const Situation *situation, const Limit *limit)
{
    const Override *found = NULL;
    for (int i = 0; i < situation->override_count; i++) {
        const Override *override = &situation->overrides[i];
        if (override_applies(override, limit, situation->now) && (!found || override_outranks(override, found)))
            found = override;
    }
    return found;
}

static const Grace *grace_find(const Situation *situation, const Limit *limit)
{
    const Subject *subject = situation->subject;
    const Grace *grace = &subject->plan->grace;
    Instant length, end;
    if (grace->days <= 0 || limit->scope != SCOPE_SUBJECT)
        return NULL;
    if (__builtin_mul_overflow(grace->days, DAY_US, &length) || __builtin_add_overflow(subject->first_met, length, &end))
        end = INSTANT_MAX;
    return situation->now < end ? grace : NULL;
}

/* The amount before grace, and what it is still to be multiplied by. */
static Amount amount_base(const Limit *limit, const Override *override, double *multiplier)
{
    *multiplier = 1;
    if (!override)
        return limit->plan_amount;
    if (override->kind == OVERRIDE_AMOUNT)
        return override->amount;
    if (override->kind == OVERRIDE_UNLIMITED)
        return AMOUNT_UNLIMITED;
    *multiplier = override->multiplier;
    return limit->plan_amount;
}

Amount decide_amount(const Situation *situation, const Limit *limit, unsigned *source, Instant *override_expires)
{
    const Override *override = override_find(situation, limit);
    const Grace *grace = grace_find(situation, limit);
    double multiplier;
    Amount base = amount_base(limit, override, &multiplier);
    unsigned from = override ? SOURCE_OVERRIDE : SOURCE_PLAN;
    if (override && override->kind == OVERRIDE_MULTIPLIER)
        from |= SOURCE_PLAN;

    Amount amount = base == AMOUNT_UNLIMITED ? base : amount_times(base, multiplier, 1);
    /* What the plan does not include, grace does not include either. */
    if (grace && amount > 0) {
        amount = grace->unlimited ? AMOUNT_UNLIMITED : amount_times(base, multiplier, grace->multiplier);
        from |= SOURCE_GRACE;
    }
    if (source)
        *source = from;
    if (override_expires)
        *override_expires = override ? override->expires_at : INSTANT_MAX;
    return amount;
}

GTimeZone *decide_zone(const Policy *policy, const Subject *subject, const Limit *limit, const char **name)
{
    const char *wanted[] = {limit->zone ? limit->zone : subject->zone, policy->zone};
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        GTimeZone *zone = wanted[i] ? zone_find(wanted[i]) : NULL;
        if (!zone)
            continue;
        if (name)
            *name = wanted[i];
        return zone;
    }
    /* A zone that the database no longer knows must not stop anybody. */
    if (name)
        *name = "UTC";
    return zone_find("UTC");
}

bool limit_applies(const Limit *limit, const Subject *subject)
{
    return limit->mode != MODE_OFF && (limit->scope != SCOPE_ORGANIZATION || subject->organization);
}
