/* Changes by administrators that are made once for each Idempotency-Key of a caller, for 24 hours. */
#ifndef WEBQUOTA_ONCE_H
#define WEBQUOTA_ONCE_H

#include "store/store.h"

typedef struct {
    const char *caller, *key; /* 1 to 255 bytes */
    const char *fingerprint;  /* of the request */
} Once;

/* Claims the key. STORE_OK: with *answer (new string) and *status it was answered before; with NULL the caller makes the change, and says
 * what came of it (once_answer, or once_forget when nothing was made). STORE_INVALID: the key was for another request; STORE_CONFLICT:
 * it is under way, or it is not known what became of it. */
StoreResult once_claim(Store *store, const Once *once, int *status, char **answer, StoreError *error) MUST_CHECK;
StoreResult once_answer(Store *store, const Once *once, int status, const char *answer, StoreError *error) MUST_CHECK;
StoreResult once_forget(Store *store, const Once *once, StoreError *error) MUST_CHECK;

#endif
