/* Changes by administrators that are made once for each Idempotency-Key of a caller, for 24 hours. The key is written in the transaction of
 * the change itself, with what is answered to it: what was not made leaves it free, and of what was made the answer is there, whoever of
 * those who were to give it died. */
#ifndef WEBQUOTA_ONCE_H
#define WEBQUOTA_ONCE_H

#include "store/store.h"

/* Of an answer, as it was written with the change: what could be told of it then only, {"id", "units"}. `id` is that of what was added or
 * recorded, null where nothing was; `units` are those of a record, null where there is none. An answer without it is whole. */
#define ONCE_MADE "once"

typedef struct {
    const char *caller, *key; /* 1 to 255 bytes */
    const char *fingerprint;  /* of the request */
    int status;               /* of the answer */
    json_t *answer;           /* as far as it is known before the change, an object; borrowed, and nobody else's until the change is made */
} Once;

/* What was made under the key: STORE_OK with *answer (a new reference) and *status; NULL: nothing that is known of. STORE_INVALID: the key
 * was for another request. */
StoreResult once_find(Store *store, const Once *once, int *status, json_t **answer, StoreError *error) MUST_CHECK;

/* The changes that this thread makes from now on are made under that (NULL: under none), which must stay until then: STORE_CONFLICT with the
 * field "Idempotency-Key" where one is under way, or was made. */
void once_set(const Once *once);

/* The whole answer, in the place of the one that was written with the change. */
StoreResult once_answer(Store *store, const Once *once, int status, const json_t *answer, StoreError *error) MUST_CHECK;

#endif
