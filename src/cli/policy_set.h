/* What commands that change a part of the policy in force share: the version that they have seen, and how they end. */
#ifndef WEBQUOTA_POLICY_SET_H
#define WEBQUOTA_POLICY_SET_H

#include "store/policy_store.h"

/* What all of them take beside what changes. Not owned. */
typedef struct {
    const char *at, *based_on, *reason;
    bool dry_run, json;
} PolicySetOptions;

/* The policy as it would be; NULL after saying on stderr all that is wrong with it. `kept` is the command's own. */
typedef Policy *(*PolicyWished)(Store *store, const Policy *policy, const void *kept);

/* Changes the policy in force; whoever named no version changes the one that is read here, and no other. Returns the exit code. */
int policy_set(const char *command, const PolicySetOptions *options, PolicyWished wished, const void *kept);

/* Says on stderr what is wrong with a policy that was not made; returns `made`. */
Policy *policy_set_told(Policy *made, const GPtrArray *mistakes);

#endif
