/* `webquota subject find`: looking for people as the panel does. */
#ifndef WEBQUOTA_SUBJECT_FIND_H
#define WEBQUOTA_SUBJECT_FIND_H

#include "store/people.h"

/* Prints those whom the search finds from asked->after on, FIND_MOST or a page more at most, and where the next begin. Returns an exit code. */
#define FIND_MOST 1000
int subject_find(Store *store, const PeopleAsked *asked, bool json) MUST_CHECK;

#endif
