/* What the files that make changes under a key share: administration, with a transaction for each, and the ledger, with one for many. */
#ifndef WEBQUOTA_ONCE_INTERNAL_H
#define WEBQUOTA_ONCE_INTERNAL_H

#include "store/store_internal.h"

/* What the changes of this thread are made under; NULL: under none. */
const Once *once_of_thread(void);

/* Of the statement once_look, and what it came to: STORE_CONFLICT where the change is under way or was made. */
void once_params_look(Params *params, const Once *once);
StoreResult once_looked(const PGresult *rows, StoreError *error) MUST_CHECK;
/* STORE_CONFLICT. */
StoreResult once_busy(StoreError *error) MUST_CHECK;

/* Of once_write. `id` (NULL: none) and `units` (NULL: none) of what was made: ONCE_MADE. */
void once_params_write(Params *params, const Once *once, const char *id, const int64_t *units);

/* Of the transaction by the writing connection (Store.once): as it begins, with the number of what it adds, and as all is done but the
 * commit. */
StoreResult once_begin(Store *store, StoreError *error) MUST_CHECK;
void once_made(Store *store, const char *id);
StoreResult once_end(Store *store, StoreError *error) MUST_CHECK;

#endif
