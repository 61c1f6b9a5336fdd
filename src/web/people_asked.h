/* Whom people are looked for by, as it is asked for: one meaning for the page of people and for what is changed of all whom it finds. */
#ifndef WEBQUOTA_PEOPLE_ASKED_H
#define WEBQUOTA_PEOPLE_ASKED_H

#include "store/people.h"
#include "view/view_admin.h"
#include "web/call.h"

/* Reads q, filter, organization, key and the plan, by the name `plan_field`, from an address or a form, as they were written. An empty one
 * is none; the filter "plan" says no more than that there is a plan, and is none either. What is read belongs to the query. False: answered
 * already. */
bool people_asked_read(Call *call, const Query *from, const char *plan_field, PeopleSought *sought, PeopleAsked *asked) MUST_CHECK;

/* Is it one of these fields? */
bool people_asked_has(const char *name, const char *plan_field);

#endif
