/* What a change of the policy, or of an account, must leave. Inside the store only; from outside: policy_store.h. */
#ifndef WEBQUOTA_POLICY_HOLDS_H
#define WEBQUOTA_POLICY_HOLDS_H

#include "store/admin_internal.h"

/* How it is asked: admin_run, of a transaction that has the lock of the policy, or store_read. */
typedef StoreResult (*PolicyAsk)(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error);

/* policy_may_follow, asked so. `from` NULL: none is in force. */
StoreResult policy_follows(Store *store, PolicyAsk ask, const char *author, const Policy *from, const Policy *to, bool keeps_plans,
                           StoreError *error) MUST_CHECK;

/* The policy of a row of policy_active; NULL: there is none, or it cannot be read. New reference. */
Policy *policy_of_row(Store *store, const PGresult *rows);

#endif
