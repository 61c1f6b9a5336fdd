/* What commands that change the policy say of it. */
#ifndef WEBQUOTA_POLICY_MADE_H
#define WEBQUOTA_POLICY_MADE_H

#include <jansson.h>

#include "store/policy_store.h"

/* policy_diff with how many people each change concerns. New reference. */
StoreResult policy_made_diff(Store *store, const Policy *from, const Policy *to, json_t **diff, StoreError *error) MUST_CHECK;

/* The plans of `from` that `to` does not have and that somebody has, or is to have: a sentence (a new string) of each, of what becomes of
 * them when `to` is in force. */
StoreResult policy_made_gone(Store *store, const Policy *from, const Policy *to, GPtrArray *sentences, StoreError *error) MUST_CHECK;

/* A line for each change of such a difference. */
void policy_made_print(const json_t *diff);

/* Which version is in force, or will be; with `diff` (may be NULL) what it changes. */
void policy_made_say(int version, bool changed, const PolicyChange *change, const json_t *diff, bool json);

#endif
