/* Forms that programs send as JSON. */
#ifndef WEBQUOTA_FORM_JSON_H
#define WEBQUOTA_FORM_JSON_H

#include "web/call.h"
#include "web/form.h"

/* Are all members of what a program sent fields of the form? One that misspells a member is told so. False: answered already. */
bool form_members_are_known(Call *call, const InputField *fields, int count) MUST_CHECK;

/* Answers 400 with the first mistake, in the words of the page. */
void form_problem(Call *call, const FormShown *shown, int count);

#endif
