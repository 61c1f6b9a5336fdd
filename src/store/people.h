/* Looking for people, and what was changed about them: for administrators. */
#ifndef WEBQUOTA_PEOPLE_H
#define WEBQUOTA_PEOPLE_H

#include "store/admin.h"

#define PEOPLE_PAGE 50

/* How people may stand, to be looked for by that: on a plan; near a limit of theirs (PeopleAsked.near_pct of it or more used, after their last
 * request); stopped by a limit today, as far as that is rolled up; with an override of their own in force; suspended. */
typedef enum { PEOPLE_ON_PLAN, PEOPLE_NEAR, PEOPLE_STOPPED, PEOPLE_OVERRIDE, PEOPLE_SUSPENDED, PEOPLE_FILTERS } PeopleFilter;
#define PEOPLE_NEAR_PCT 80 /* where nothing else is said; */
#define PEOPLE_NEAR_LEAST 50 /* and no less than that: REPORT_NEAR_LEAST */
bool people_filter_find(const char *word, PeopleFilter *filter) MUST_CHECK;
const char *people_filter_word(PeopleFilter filter);

/* What people are looked for by: all that is given must be true. */
typedef struct {
    const char *text;         /* how key, e-mail address (in any case) or organization begins; NULL or "": not. Of addresses and of members of
                               * organizations, the first 1000 that fit are looked at */
    bool filtered;
    PeopleFilter filter;      /* not PEOPLE_ON_PLAN, for which `plan` is enough */
    int near_pct;             /* of PEOPLE_NEAR; 0: PEOPLE_NEAR_PCT */
    const char *plan;         /* they have it now; NULL: any */
    const char *organization; /* the whole of its key; NULL: any */
    const char *key;          /* of an API key its id, what it begins with ("wq_7"), or how its name begins, in any case: those whom it changed
                                 something about, by the audit; NULL: none was asked for */
    const char *after;        /* NULL: from the first */
} PeopleAsked;

/* Those, at most PEOPLE_PAGE: by text alone in the order of their keys' bytes, by a filter or a plan alone in the order of their accounts and
 * of being met. Where more is asked for, it is ordered by what leads: API key, organization, text, filter, in this order, and of those that
 * fit it no more than PEOPLE_LOOKED_AT are looked at for a page, which may hold fewer people than there is room for, or none. *next: from
 * where on there are more (PeopleAsked.after), a new string; NULL: that was all. JSON: [{subject, plan: {key, title}, organization, email,
 * suspended}]. */
#define PEOPLE_LOOKED_AT 2000
StoreResult people_search(Store *store, const PeopleAsked *asked, json_t **list, char **next, StoreError *error) MUST_CHECK;

#endif
