/* What the database says of where subjects stand: one statement, for one of them or for many at once. Inside the store only. */
#ifndef WEBQUOTA_USAGE_ROWS_H
#define WEBQUOTA_USAGE_ROWS_H

#include "store/store_internal.h"

/* Columns of usage_read behind those of subject_state_new. */
enum { USAGE_HAS_MORE = 17, USAGE_PLACE, USAGE_NOW, USAGE_POLICY, USAGE_DUE, USAGE_SHARED };

/* Until when something of a caller who asks now has to be there (monotonic): a service's answers are in time. */
int64_t usage_until(const Store *store);

/* A reading connection till then, or NULL when it is over: then, *error says so. Give it back. */
Db *usage_reader_take(Store *store, int64_t until_us, StoreError *error);

/* Reads by their keys (of char *), with the shared counters that there may be under `policy`, in one snapshot. The rows of the
 * key at i begin at first[i] and end before first[i + 1]: one at least. *error says why not. */
DbResult usage_rows_read(Store *store, const Policy *policy, const GPtrArray *keys, int64_t until_us, PGresult **rows, int *first,
                         StoreError *error) MUST_CHECK;

/* usage_read.c. What the rows of one key say; rows that do not say all of it: false, and it is to be read by itself. */
typedef struct {
    const char *subject, *feature; /* feature: NULL for all */
    bool with_unlisted;
    int64_t until_us;
} UsageAsk;
bool usage_from_rows(Store *store, Policy *policy, const UsageAsk *ask, const PGresult *rows, int first, int count, UsageRead **read,
                     StoreResult *result, StoreError *error) MUST_CHECK;
StoreResult usage_read_alone(Store *store, const UsageAsk *ask, UsageRead **read, StoreError *error) MUST_CHECK;

/* usage_later.c. Ends those who answer callers that do not wait; nobody may be waiting. NULL is fine. */
void usage_tellers_stop(UsageTellers *tellers);

#endif
