/* The people who were looked for, as rows. Inside the store only. */
#ifndef WEBQUOTA_PEOPLE_ROWS_H
#define WEBQUOTA_PEOPLE_ROWS_H

#include "store/people.h"
#include "store/store_internal.h"

/* At most `most` of them behind the subject `after` (NULL: from the first). */
StoreResult people_rows(Store *store, const PeopleWay *asked, const char *after, int64_t most, const Policy *policy, PGresult **rows,
                        StoreError *error) MUST_CHECK;

/* Of a row: the subject, the plan they have now (NULL: none), whether their own plan has an end, whether they are suspended; and all as JSON
 * (people.h). */
const char *people_row_subject(const PGresult *rows, int row);
const Plan *people_row_plan(const PGresult *rows, int row, const Policy *policy);
bool people_row_plan_ends(const PGresult *rows, int row);
bool people_row_suspended(const PGresult *rows, int row);
json_t *people_row_json(const PGresult *rows, int row, const Policy *policy);

#endif
