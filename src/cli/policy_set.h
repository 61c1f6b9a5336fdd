/* What commands that change a part of the policy in force share: the version that they have seen, and how they end. */
#ifndef WEBQUOTA_POLICY_SET_H
#define WEBQUOTA_POLICY_SET_H

#include "store/policy_store.h"

/* What all of them take beside what changes, and its rows in their tables of options. */
typedef struct {
    char *at, *based_on, *reason;
    gboolean dry_run, json;
} PolicySetOptions;
void policy_set_options_clear(PolicySetOptions *options);
#define POLICY_SET_OPTIONS(options) \
    { "at", 0, 0, G_OPTION_ARG_STRING, &(options).at, "When it comes into force, and not at once", "TIME" }, \
    { "based-on", 0, 0, G_OPTION_ARG_STRING, &(options).based_on, "Not if another version is in force", "VERSION" }, \
    { "reason", 0, 0, G_OPTION_ARG_STRING, &(options).reason, "Why, for the audit (must be said)", "TEXT" }, \
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &(options).dry_run, "Only show what would change, and for how many people", NULL }, \
    { "json", 0, 0, G_OPTION_ARG_NONE, &(options).json, "Print JSON", NULL }

/* The policy as it would be; NULL after saying on stderr all that is wrong with it. `kept` is the command's own. */
typedef Policy *(*PolicyWished)(Store *store, const Policy *policy, const void *kept);

/* Changes the policy in force; whoever named no version changes the one that is read here, and no other. Returns the exit code. */
int policy_set(const char *command, const PolicySetOptions *options, PolicyWished wished, const void *kept);

/* Says on stderr what is wrong with a policy that was not made; returns `made`. */
Policy *policy_set_told(Policy *made, const GPtrArray *mistakes);

#endif
