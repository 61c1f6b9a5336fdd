/* Overrides and bonuses that one person asks for and another one decides about: what goes above the ceiling of those who support people.
 * An approval is one transaction with what it makes; nobody decides about their own.
 *
 * JSON: {approval, what ("override", "bonus"), subject, organization, feature, limit, amount, unlimited, multiplier, priority, effective_at,
 * every, expires_at, reason, asked_by, asked_at, state ("waiting", "approved", "denied"), answer, decided_by, decided_at, made}; `approval`
 * and `made`, the override or grant, are ids, strings. */
#ifndef WEBQUOTA_APPROVALS_H
#define WEBQUOTA_APPROVALS_H

#include "store/admin.h"

#define APPROVAL_REASON_MAX 500

/* Asks for one of the two (the other NULL), which must end and have a reason. STORE_INVALID: it could not be made. */
StoreResult approval_add(Store *store, const OverrideAdd *override, const GrantAdd *grant, const char *actor, json_t **json,
                         StoreError *error) MUST_CHECK;

/* The newest 100 of a state (NULL: any), below the id `before` (NULL: from the newest on). */
StoreResult approval_list(Store *store, const char *state, const char *before, json_t **list, StoreError *error) MUST_CHECK;
StoreResult approval_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;

/* What one of them would make, to be looked at. Points into the JSON, which must stay; the one of the two that it is is filled. */
void approval_read(const json_t *approval, bool *is_grant, OverrideAdd *override, GrantAdd *grant);

/* Makes it. STORE_NONE: there is none; STORE_CONFLICT: it is decided already, or the actor's own; STORE_INVALID: it cannot be made any
 * more. `reason` (may be NULL) is for whoever asked, as of the next. */
StoreResult approval_approve(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error) MUST_CHECK;
StoreResult approval_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error) MUST_CHECK;

#endif
