/* One limit of a policy changed, made or taken away: which, to what, and the whole policy that comes of it. What forms, programs and
 * commands send goes through here. Pure. */
#ifndef WEBQUOTA_POLICY_LIMIT_H
#define WEBQUOTA_POLICY_LIMIT_H

#include "policy/policy_read.h"

/* The options of a limit, in the order in which they are written; "unlimited" is an amount, too. */
typedef enum {
    LIMIT_FEATURE, LIMIT_AMOUNT, LIMIT_WINDOW, LIMIT_ALIGN, LIMIT_SCOPE, LIMIT_MODE, LIMIT_ON_EXCEED, LIMIT_FAIL, LIMIT_WARN_AT,
    LIMIT_ROLLOVER, LIMIT_TIMEZONE, LIMIT_WEEK_STARTS, LIMIT_DAY_STARTS, LIMIT_CLAIM_WITHIN, LIMIT_KEEP_PLACE, LIMIT_QUEUE_MAX,
    LIMIT_FAIR, LIMIT_OPTIONS
} LimitOption;

/* "feature", "amount", …: as the policy file has it. Static. */
const char *limit_option_name(LimitOption option);

/* Must every limit say it? */
bool limit_option_needed(LimitOption option);

typedef struct {
    const Plan *plan;    /* of the policy, as the limit */
    const Limit *limit;
    char *home;          /* the plan that defines it: this one, or one that it inherits from */
} LimitChosen;
void limit_chosen_clear(LimitChosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LimitChosen, limit_chosen_clear)

/* False: the plan has no such limit, or there is no such plan. *chosen (zeroed by the caller) points into the policy. */
bool limit_choose(const Policy *policy, const char *plan, const char *limit, LimitChosen *chosen) MUST_CHECK;

/* What is to be, as it is written in a policy: lists with commas ("80, 95"; "none": an empty one), "unlimited" as amount. NULL: as it is;
 * "": not written any more, so that it is as it is without. Not owned. */
typedef struct {
    const char *of[LIMIT_OPTIONS];
} LimitWish;

/* What a limit says of an option, as a wish would; NULL: nothing is written. New string. */
char *limit_written(const Policy *policy, const LimitChosen *chosen, LimitOption option) MUST_CHECK;

/* The word that holds where nothing is written, of an option that has one for every limit; NULL otherwise. Static. */
const char *limit_option_default(LimitOption option);

/* The policy that it makes of the present one, of the same text otherwise; what is so already stays unwritten. NULL where it would be
 * none: `mistakes` (from mistakes_new) has all that is wrong with it, as policy_read tells. */
Policy *policy_with_limit(const Policy *policy, const LimitChosen *chosen, const LimitWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same with one more limit in a plan of the policy. */
Policy *policy_with_new_limit(const Policy *policy, const Plan *plan, const char *key, const LimitWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same without a limit: it goes from the plan that defines it, and from all that inherit it. */
Policy *policy_without_limit(const Policy *policy, const LimitChosen *chosen, GPtrArray *mistakes) MUST_CHECK;

#endif
