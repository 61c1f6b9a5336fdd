/* One grant of a plan changed, made or taken away: units that everybody on the plan gets besides its limits. As policy_limit.h. Pure. */
#ifndef WEBQUOTA_POLICY_GRANT_H
#define WEBQUOTA_POLICY_GRANT_H

#include "policy/policy_read.h"

/* The options of a grant, in the order in which they are written. */
typedef enum { GRANT_FEATURE, GRANT_AMOUNT, GRANT_EVERY, GRANT_PRIORITY, GRANT_OPTIONS } GrantOption;

/* "feature", "amount", …: as the policy file has it. Static. */
const char *grant_option_name(GrantOption option);

typedef struct {
    const Plan *plan;       /* of the policy, as the grant */
    const PlanGrant *grant;
    char *home;             /* the plan that defines it: this one, or one that it inherits from */
} GrantChosen;
void grant_chosen_clear(GrantChosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GrantChosen, grant_chosen_clear)

/* False: the plan has no such grant, or there is no such plan. *chosen (zeroed by the caller) points into the policy. */
bool grant_choose(const Policy *policy, const char *plan, const char *grant, GrantChosen *chosen) MUST_CHECK;

/* What is to be, as it is written in a policy. NULL: as it is; "": not written any more. Not owned. */
typedef struct {
    const char *of[GRANT_OPTIONS];
} GrantWish;

/* What a grant says of an option; NULL: nothing is written. New string. */
char *grant_written(const Policy *policy, const GrantChosen *chosen, GrantOption option) MUST_CHECK;

/* The policy that it makes of the present one, of the same text otherwise. NULL where it would be none: `mistakes` has all that is
 * wrong with it, as policy_read tells. */
Policy *policy_with_grant(const Policy *policy, const GrantChosen *chosen, const GrantWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same with one more grant in a plan of the policy. */
Policy *policy_with_new_grant(const Policy *policy, const Plan *plan, const char *key, const GrantWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same without a grant: it goes from the plan that defines it, and from all that inherit it, with what it gave and nobody has used. */
Policy *policy_without_grant(const Policy *policy, const GrantChosen *chosen, GPtrArray *mistakes) MUST_CHECK;

#endif
