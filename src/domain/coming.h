/* What a policy that is to come changes for somebody: limits and bonuses of their plan that will be others, and what it will no longer
 * include. Pure. */
#ifndef WEBQUOTA_COMING_H
#define WEBQUOTA_COMING_H

#include "domain/decide.h"

typedef enum {
    COMING_PLAN,       /* their plan will be another, as theirs is no more */
    COMING_NO_FEATURE, /* no longer part of the plan */
    COMING_FEATURE,    /* part of the plan from then on */
    COMING_AMOUNT,     /* a limit with another amount, window or scope */
    COMING_LIMIT,      /* a limit on something that is part of the plan already */
    COMING_NO_LIMIT,   /* a limit that is no more */
    COMING_BONUS,      /* a bonus of the plan with another amount, or at other times */
    COMING_NEW_BONUS,  /* a bonus that it did not give before */
    COMING_NO_BONUS    /* a bonus that it gives no more */
} ComingKind;

const char *coming_kind_word(ComingKind kind); /* "plan", "feature_removed", "feature_added", "amount", "limit_added", "limit_removed",
                                                * "bonus", "bonus_added", "bonus_removed" */

typedef struct {
    ComingKind kind;
    const Plan *plan, *then;   /* now, and from then on (NULL: none) */
    const Feature *feature;    /* as it is called then, or now where it is no more; NULL of COMING_PLAN */
    const Limit *from, *to;    /* NULL: there is none, or it has no amount */
    const PlanGrant *from_grant, *to_grant; /* of bonuses; NULL: there is none */
    Amount from_amount, to_amount; /* what they would have had then, and what they will have: of limits and bonuses that are there */
} ComingChange;

/* Appends to `changes` (of ComingChange) how `next` differs from the policy of `now` for its subject, both of them looked at as they
 * would be at `at`, by the rules of the decision: where an override goes on then, and gives the same under both, nothing changes, and
 * nothing is said. Limits that stop nobody are left out. `then`: their plan in `next`; NULL: there is none. `feature`: an index in
 * the policy in force, for that and those above it; -1: all. What is appended points into both policies. */
void coming_changes(const Situation *now, const Policy *next, const Plan *then, Instant at, int feature, GArray *changes);

/* The same of every plan of `policy`, for nobody in particular. */
void coming_of_plans(const Policy *policy, const Policy *next, Instant at, GArray *changes);

#endif
