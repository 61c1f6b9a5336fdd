/* Looking for people, and what was changed about them: for administrators. */
#ifndef WEBQUOTA_PEOPLE_H
#define WEBQUOTA_PEOPLE_H

#include "store/admin.h"

#define PEOPLE_PAGE 50

/* Subjects whose key, e-mail address (in any case) or organization begins with `text` ("" : all), behind the subject `after` (NULL: from
 * the first), in the order of their keys' bytes, at most PEOPLE_PAGE; *more: there are further ones. Of addresses and of members of
 * organizations, the first 1000 that fit are looked at. JSON: [{subject, plan: {key, title}, organization, email, suspended}]. */
StoreResult people_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error) MUST_CHECK;

#endif
