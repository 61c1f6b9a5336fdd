/* The options that say whom a search finds: the same for every command that searches. */
#ifndef WEBQUOTA_PEOPLE_OPTIONS_H
#define WEBQUOTA_PEOPLE_OPTIONS_H

#include "store/people.h"

/* As they were typed; NULL: not given. */
typedef struct {
    const char *find, *filter, *near, *on_plan, *organization, *key;
} PeopleOptions;

/* *asked points into what was typed. False after complaining as cli_usage does. */
bool people_options_read(const char *command, const PeopleOptions *options, PeopleAsked *asked) MUST_CHECK;

/* STORE_NONE: there is no such plan in the policy in force. */
StoreResult people_options_check(Store *store, const PeopleAsked *asked, StoreError *error) MUST_CHECK;

#endif
