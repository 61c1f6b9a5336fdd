/* Looking for people, and what was changed about them: for administrators. */
#ifndef WEBQUOTA_PEOPLE_H
#define WEBQUOTA_PEOPLE_H

#include "store/admin.h"

#define PEOPLE_PAGE 50

/* Subjects whose key, e-mail address (in any case) or organization begins with `text` ("" : all), behind the subject `after` (NULL: from
 * the first), in the order of their keys' bytes, at most PEOPLE_PAGE; *more: there are further ones. Of addresses and of members of
 * organizations, the first 1000 that fit are looked at. JSON: [{subject, plan: {key, title}, organization, email, suspended}]. */
StoreResult people_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error) MUST_CHECK;

/* How people may stand, to be looked for by that. */
typedef enum { PEOPLE_ON_PLAN, PEOPLE_NEAR, PEOPLE_STOPPED, PEOPLE_OVERRIDE, PEOPLE_SUSPENDED, PEOPLE_FILTERS } PeopleFilter;
bool people_filter_find(const char *word, PeopleFilter *filter) MUST_CHECK;

/* Those of whom it is true now: on the plan `plan` (only then); near a limit of theirs (PEOPLE_NEAR_PCT or more of it used, after their last
 * request); stopped by a limit today, as far as that is rolled up; with an override of their own in force; suspended. As people_find, but
 * in the order of their accounts and of being met. */
#define PEOPLE_NEAR_PCT 80
StoreResult people_filter(Store *store, PeopleFilter filter, const char *plan, const char *after, json_t **list, bool *more,
                          StoreError *error) MUST_CHECK;

/* One of the two ways to look. */
typedef struct {
    bool is_filtered;
    const char *q;       /* without a filter */
    PeopleFilter filter;
    const char *plan;    /* of PEOPLE_ON_PLAN */
} PeopleAsked;

#endif
