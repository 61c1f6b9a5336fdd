/* A limit in a form: as it is written in the policy, and the policy with what was filled in. Fields are those of `shown` that are named
 * as options of limits are; a form may have few of them. */
#ifndef WEBQUOTA_LIMIT_FORM_H
#define WEBQUOTA_LIMIT_FORM_H

#include "policy/policy_limit.h"
#include "view/view_form.h"
#include "web/call.h"

/* The limit that is named as "plan/limit"; false: there is none. */
bool limit_form_choose(const Policy *policy, const char *which, LimitChosen *chosen) MUST_CHECK;

/* Fills in what is written, where nothing was sent and nothing is wrong with that. */
void limit_form_fill(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown, int count);

/* False: something that must be written was emptied, and is marked. */
bool limit_form_is_full(const Policy *policy, const LimitChosen *chosen, const Query *sent, FormShown *shown, int count) MUST_CHECK;

/* What is wished by what was sent. It points into `shown`. */
LimitWish limit_form_wish(const FormShown *shown, int count, const Query *sent);

/* "plan free: limit daily": where mistakes about it are. New string. */
char *limit_form_where(const char *plan, const char *limit);

#endif
