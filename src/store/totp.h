/* Codes that change with time: RFC 6238 with SHA-1, 30 seconds and six digits, which is what all applications for it know. Pure. */
#ifndef WEBQUOTA_TOTP_H
#define WEBQUOTA_TOTP_H

#include "base/instant.h"

#define TOTP_STEP_S 30
#define TOTP_DIGITS 6
#define TOTP_SECRET_BYTES 20

/* The code of the step (steps of 30 seconds since 1970). False: it cannot be made. */
bool totp_code(const unsigned char *secret, size_t length, int64_t step, unsigned digits, char out[9]) MUST_CHECK;

/* Is it the code of now, of the step before or of the one after, and later than the step `after`? *step is its own. */
bool totp_find(const unsigned char secret[TOTP_SECRET_BYTES], const char *code, Instant now, int64_t after, int64_t *step) MUST_CHECK;

/* A code as people type it, without its blanks and dashes, and in lower case: new string. */
char *totp_typed(const char *typed) MUST_CHECK;

/* The secret as people type it into an application: new string, 32 characters. */
char *totp_base32(const unsigned char secret[TOTP_SECRET_BYTES]) MUST_CHECK;

#endif
