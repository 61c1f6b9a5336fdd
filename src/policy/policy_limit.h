/* One limit of a policy changed: which, to what, and the whole policy that comes of it. What forms, programs and commands send goes
 * through here. Pure. */
#ifndef WEBQUOTA_POLICY_LIMIT_H
#define WEBQUOTA_POLICY_LIMIT_H

#include "policy/policy_read.h"

typedef struct {
    const Plan *plan;    /* of the policy, as the limit */
    const Limit *limit;
    char *home;          /* the plan that defines it: this one, or one that it inherits from */
} LimitChosen;
void limit_chosen_clear(LimitChosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LimitChosen, limit_chosen_clear)

/* False: the plan has no such limit, or there is no such plan. *chosen (zeroed by the caller) points into the policy. */
bool limit_choose(const Policy *policy, const char *plan, const char *limit, LimitChosen *chosen) MUST_CHECK;

/* What is to be, as it is written in a policy; NULL: as it is. "unlimited" is an amount, too. Not owned. */
typedef struct {
    const char *amount, *window, *align, *scope, *mode;
} LimitWish;

/* The policy that it makes of the present one, of the same text otherwise; what is so already stays unwritten. NULL where it would be
 * none: `mistakes` (from mistakes_new) has all that is wrong with it, as policy_read tells. */
Policy *policy_with_limit(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, GPtrArray *mistakes) MUST_CHECK;

#endif
