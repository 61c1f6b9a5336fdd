/* One feature of a policy changed, made or taken away: to what, and the whole policy that comes of it. As policy_limit.h. Pure. */
#ifndef WEBQUOTA_POLICY_FEATURE_H
#define WEBQUOTA_POLICY_FEATURE_H

#include "policy/policy_read.h"

/* The options of a feature, in the order in which they are written. */
typedef enum {
    FEATURE_TITLE, FEATURE_UNIT, FEATURE_UNITS, FEATURE_ABOUT, FEATURE_PARENT, FEATURE_RESOURCES, FEATURE_UNIT_COST, FEATURE_ONE_PLACE,
    FEATURE_OPTIONS
} FeatureOption;

/* "title", "unit", …: as the policy file has it. Static. */
const char *feature_option_name(FeatureOption option);

/* Is it a list? Written as policy_list.h has it then. */
bool feature_option_is_list(FeatureOption option);

/* The word that holds where nothing is written; NULL: there is none. Static. */
const char *feature_option_default(FeatureOption option);

/* What is to be, as it is written in a policy. NULL: as it is; "": not written any more. Not owned. */
typedef struct {
    const char *of[FEATURE_OPTIONS];
} FeatureWish;

/* What a feature says of an option itself; NULL: nothing is written. New string. */
char *feature_written(const Policy *policy, const char *feature, FeatureOption option) MUST_CHECK;

/* The policy that it makes of the present one, of the same text otherwise. NULL where it would be none: `mistakes` has all that is
 * wrong with it, as policy_read tells. */
Policy *policy_with_feature(const Policy *policy, const Feature *feature, const FeatureWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same with one more feature, behind the others. */
Policy *policy_with_new_feature(const Policy *policy, const char *key, const FeatureWish *wish, GPtrArray *mistakes) MUST_CHECK;

/* The same without one. It does not go while a limit, a grant, a route or another feature names it: `mistakes` then says all of that. */
Policy *policy_without_feature(const Policy *policy, const Feature *feature, GPtrArray *mistakes) MUST_CHECK;

#endif
