/* One plan of a policy changed or made, its limits and grants apart: to what, and the whole policy that comes of it. As policy_limit.h. Pure. */
#ifndef WEBQUOTA_POLICY_PLAN_H
#define WEBQUOTA_POLICY_PLAN_H

#include "policy/policy_read.h"

/* The options of a plan, in the order in which they are written; the last three are those of its own grace. */
typedef enum {
    PLAN_TITLE, PLAN_PRICE, PLAN_RANK, PLAN_UPGRADE, PLAN_INHERITS, PLAN_MULTIPLIER, PLAN_UNLIMITED, PLAN_QUEUE_WEIGHT,
    PLAN_GRACE_DAYS, PLAN_GRACE_MULTIPLIER, PLAN_GRACE_UNLIMITED, PLAN_OPTIONS
} PlanOption;

/* "title", …, "grace_days": static. */
const char *plan_option_name(PlanOption option);

/* What is to be, as it is written in a policy. NULL: as it is; "": not written any more. Not owned. */
typedef struct {
    const char *of[PLAN_OPTIONS];
} PlanWish;

/* What the plan says of an option itself, flags as "yes" or "no"; NULL: nothing is written. New string. */
char *plan_written(const Policy *policy, const char *plan, PlanOption option) MUST_CHECK;

/* The policy that it makes of the present one, of the same text otherwise. NULL where it would be none: `mistakes` has all that is
 * wrong with it, as policy_read tells. */
Policy *policy_with_plan(const Policy *policy, const Plan *plan, const PlanWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same with one more plan, behind the others. */
Policy *policy_with_new_plan(const Policy *policy, const char *key, const PlanWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same without a plan, which goes with its limits and grants. It does not go while it is held (`held`: why, of strings; none: it is not),
 * nor while anything else in the policy names it: `mistakes` then says all of that. */
Policy *policy_without_plan(const Policy *policy, const Plan *plan, const GPtrArray *held, GPtrArray *mistakes) MUST_CHECK;

#endif
