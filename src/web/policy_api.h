/* Changes of the policy by programs: what all of them say, and how they are answered. */
#ifndef WEBQUOTA_POLICY_API_H
#define WEBQUOTA_POLICY_API_H

#include "policy/policy_read.h"
#include "web/call.h"

/* The fields that all have, first in their lists. */
enum { CHANGE_VERSION, CHANGE_REASON, CHANGE_EFFECTIVE_AT, CHANGE_DRY_RUN, CHANGE_FIELDS };

/* It says why, and from when on, if not at once. False: answered already. */
bool policy_api_is_good(Call *call, const InputValue *values) MUST_CHECK;

/* Nobody changes what they have not seen. False: answered already. */
bool policy_api_is_of_now(Call *call, const InputValue *version) MUST_CHECK;

/* Answers 400 with all that is wrong with a policy, with its lines. */
void policy_api_mistakes(Call *call, const char *field, const GPtrArray *mistakes);

/* Makes it, or, of a dry run and of what would change nothing, only says what it comes to. `warnings` (NULL: there are none to speak of)
 * are borrowed. */
void policy_api_make(Call *call, const Policy *next, const InputValue *values, bool may_differ_in_text, json_t *warnings);

#endif
