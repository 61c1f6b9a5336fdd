/* How much those who support people may give alone: up to a multiple of what the plan gives, and for so many days. Pure. */
#ifndef WEBQUOTA_CEILING_H
#define WEBQUOTA_CEILING_H

#include "domain/decide.h"

/* May they replace the limits of somebody's own on the feature (of the key `limit`, or all: NULL) by that? */
bool ceiling_allows_override(const Policy *policy, const Plan *plan, const Feature *feature, const char *limit, OverrideKind kind,
                             int64_t amount, double multiplier);

/* May they have so much of bonuses on the feature in all? */
bool ceiling_allows_bonus(const Policy *policy, const Plan *plan, const Feature *feature, int64_t amount);

/* Does it end soon enough? */
bool ceiling_allows_until(const Policy *policy, Instant expires_at, Instant now);

#endif
