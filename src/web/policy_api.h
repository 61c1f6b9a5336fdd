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

/* `what` is one of these, or nothing. False: answered already. */
bool policy_api_what_is(Call *call, const InputValue *what, const char *const *words) MUST_CHECK;

/* Of what goes ("remove") none of these fields can be changed. False: answered already. */
bool policy_api_only_goes(Call *call, const InputValue *what, const InputField *fields, const InputValue *values, int first, int count) MUST_CHECK;

/* What a field wishes, as the policy would have it. NULL: nothing was sent; "" of null: it is to be as it is without. New string. */
char *policy_api_wish(const InputField *field, const InputValue *value) MUST_CHECK;

/* The same of a list of texts. NULL: an element is no text, or empty. New string. */
char *policy_api_texts(const json_t *list) MUST_CHECK;

/* The member that a mistake is about: "plan free: limit daily: window": "window"; "plan free: grace: days": "grace_days"; `otherwise` where
 * it is none of the fields from the first on. */
const char *policy_api_member(const GPtrArray *mistakes, const InputField *fields, int first, int count, const char *otherwise);

/* Answers 400 with all that is wrong with a policy, with its lines. */
void policy_api_mistakes(Call *call, const char *field, const GPtrArray *mistakes);

/* Makes it, or, of a dry run and of what would change nothing, only says what it comes to. `warnings` (NULL: there are none to speak of)
 * are borrowed. */
void policy_api_make(Call *call, const Policy *next, const InputValue *values, bool may_differ_in_text, json_t *warnings);

#endif
