/* A limit in a form: as it is written in the policy, and the policy's text with what was filled in. */
#ifndef WEBQUOTA_LIMIT_FORM_H
#define WEBQUOTA_LIMIT_FORM_H

#include "policy/policy_limit.h"
#include "view/view_form.h"
#include "web/call.h"

/* The fields that pages with such a form have in common, first in their lists. */
enum { LIMIT_WHICH, LIMIT_AMOUNT, LIMIT_WINDOW, LIMIT_ALIGN, LIMIT_SCOPE, LIMIT_MODE, LIMIT_FIELDS };

/* The limit that is named as "plan/limit"; false: there is none. */
bool limit_form_choose(const Policy *policy, const char *which, LimitChosen *chosen) MUST_CHECK;

/* Fills in what is written, where nothing was typed and nothing is wrong with that. */
void limit_form_fill(const Policy *policy, const LimitChosen *chosen, FormShown *shown);

/* False: something that is written was emptied, and is marked. What was not sent stays as it is. */
bool limit_form_is_full(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown) MUST_CHECK;

/* The policy that what is in the form makes of the present one; NULL where it would not be one: *wrong (new strings) has each mistake. */
Policy *limit_form_policy(const Policy *policy, const LimitChosen *chosen, const FormShown *shown, char ***wrong) MUST_CHECK;

#endif
