/* What recorded use recommends to those who decide about limits: rules on sums that reports keep. Pure; what comes of following them is
 * for a replay to say (replay.h).
 *
 * Only limits of a subject's own with an amount are judged. "Reached": somebody had used one up, or was refused by it, or would have
 * been where it only watches. */
#ifndef WEBQUOTA_RECOMMEND_H
#define WEBQUOTA_RECOMMEND_H

#include "domain/model.h"

#define RECOMMEND_DAYS 30        /* of so many days the sums are */
#define RECOMMEND_REACHED_PCT 5  /* more than so many of the active reach it: it is tight */
#define RECOMMEND_STOPPED_DAYS 3 /* who was stopped on so many days is stopped again and again */

typedef enum { RECOMMEND_NOTHING, RECOMMEND_RAISE, RECOMMEND_LOWER } Recommend;

/* Of one plan's limit: `active` people had the plan and asked for anything, `asked` requests of theirs were for what it limits, `reached`
 * of the people reached it. RAISE: more than RECOMMEND_REACHED_PCT of them did. LOWER: it is used, and nobody did. */
Recommend recommend_limit(const Limit *limit, int64_t active, int64_t asked, int64_t reached);

/* An amount to begin trying with: twice, or half of it. */
Amount recommend_amount(const Limit *limit, Recommend what);

/* What somebody used of one feature. */
typedef struct {
    int feature;             /* index */
    int64_t units, most;     /* in all, and on the day with most */
    int64_t refused;         /* requests */
} PersonUse;

/* The next plan above that gives more of what they were refused most, without giving less of it anywhere; NULL: there is none, or
 * `stopped_days` are too few. */
const Plan *recommend_plan_above(const Policy *policy, const Plan *plan, const PersonUse *uses, int count, int stopped_days);

/* Of a plan that has a price: the lowest of those that lead up to it which would have been enough for all that was used; NULL: none, or
 * it cannot be told (windows of more than RECOMMEND_DAYS). For somebody who used nothing: the lowest of them. */
const Plan *recommend_plan_below(const Policy *policy, const Plan *plan, const PersonUse *uses, int count);

/* Could there be one below at all? */
bool recommend_has_below(const Policy *policy, const Plan *plan);

#endif
