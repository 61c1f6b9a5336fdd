/* What pages and the API have in common about the policy: changing it by what was looked at, and what would change. */
#ifndef WEBQUOTA_POLICY_CALL_H
#define WEBQUOTA_POLICY_CALL_H

#include "store/policy_store.h"
#include "web/call.h"

/* Who changes it, having looked at `version`; `effective_at` may be NULL or not given: at once. It points into what is given. */
PolicyChange policy_call_change(const char *actor, const InputValue *version, const InputValue *reason, const InputValue *effective_at);

/* What `to` would change, and for how many people. New reference. */
StoreResult policy_call_diff(Call *call, const Policy *from, const Policy *to, json_t **diff, StoreError *error) MUST_CHECK;

/* The call goes on with what is in force by now, which another process may have made a moment ago: whoever is shown it sends its version back.
 * False: answered already. */
bool policy_call_anew(Call *call) MUST_CHECK;

/* The same where another version was looked at than this process knows of: another one may have made it. */
bool policy_call_knows(Call *call, const InputValue *version) MUST_CHECK;

/* The subject of whoever may do it only for being named in the policy as an administrator; NULL: they may otherwise. Not owned. */
const char *policy_call_own(const Call *call);

/* The change was made: to the page of plans, which says so. */
void policy_call_made(Call *call, int version);

/* The entry of a version in the list of them, borrowed; NULL: it is too old for that. */
const json_t *policy_call_facts(const json_t *versions, int version);

/* {"version", "text", "facts", "changes"}: a version, and what it would change. `facts` may be NULL. New reference. */
json_t *policy_call_version_json(const Policy *version, const json_t *facts, const json_t *diff);

#endif
