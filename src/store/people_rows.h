/* The people who were looked for, as rows. Inside the store only. */
#ifndef WEBQUOTA_PEOPLE_ROWS_H
#define WEBQUOTA_PEOPLE_ROWS_H

#include "store/people.h"
#include "store/store_internal.h"

/* At most `most` of them, of which those that fit what leads are looked at up to `looked_at`, or all of them (PEOPLE_ALL). */
#define PEOPLE_ALL INT64_MAX
StoreResult people_rows(Store *store, const PeopleAsked *asked, int64_t most, int64_t looked_at, const Policy *policy, PGresult **rows,
                        StoreError *error) MUST_CHECK;
int people_row_count(const PGresult *rows);

/* Of a row: the subject, the plan they have now (NULL: none), whether their own plan has an end, whether they are suspended; and all as JSON
 * (people.h). */
const char *people_row_subject(const PGresult *rows, int row);
const Plan *people_row_plan(const PGresult *rows, int row, const Policy *policy);
bool people_row_plan_ends(const PGresult *rows, int row);
bool people_row_suspended(const PGresult *rows, int row);
json_t *people_row_json(const PGresult *rows, int row, const Policy *policy);

#endif
