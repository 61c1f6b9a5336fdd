/* Policies in the database: one text a version, one of them active. */
#ifndef WEBQUOTA_POLICY_STORE_H
#define WEBQUOTA_POLICY_STORE_H

#include "store/store.h"

/* Puts a policy (already read and checked) in force, in one transaction: a new version, the numbers of what it
 * counts, and the tables for reports. The same text as the active one makes no new version. *version is the one in force. */
StoreResult policy_apply(Store *store, const Policy *policy, const char *author, const char *reason, int *version,
                         bool *changed, StoreError *error) MUST_CHECK;

/* How many subjects are on each plan now: {plan key: number}; those on the default plans are counted under its key. */
StoreResult policy_people(Store *store, const Policy *policy, json_t **people, StoreError *error) MUST_CHECK;

/* Versions, newest first: [{version, author, reason, applied_at, active}]. */
StoreResult policy_versions(Store *store, json_t **list, StoreError *error) MUST_CHECK;

#endif
