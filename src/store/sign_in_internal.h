/* What the files about signing in share: attempts are counted before anything is looked at. */
#ifndef WEBQUOTA_SIGN_IN_INTERNAL_H
#define WEBQUOTA_SIGN_IN_INTERNAL_H

#include "store/account.h"

/* Counts an attempt under the account's name, with a password or with a code, and from the address ("anon:192.0.2.7"). Not *allowed:
 * there were too many, and the next is looked at in *wait_s. */
typedef enum { ATTEMPT_PASSWORD, ATTEMPT_CODE } Attempt;
StoreResult attempt_count(Store *store, Attempt what, const char *name, const char *address, bool *allowed, int64_t *wait_s,
                          StoreError *error) MUST_CHECK;

/* They were right: of the name all with passwords, and where a code was right those with codes, which a password gives nobody back; of the
 * address so many, as others may be behind it. What they were made for is done by then, whatever becomes of this. */
void attempts_take_back(Store *store, Attempt what, const char *name, const char *address, int of_address);

/* Is it the account's? Takes a good part of a second, also where there is no such account. */
StoreResult account_password_is(Store *store, const char *name, const char *password, bool *right, StoreError *error) MUST_CHECK;

#endif
