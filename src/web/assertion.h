/* Signed assertions: how an application tells webquota who its user is, without a shared session.
 *
 *     v1.PAYLOAD.MAC
 *     PAYLOAD  base64url without padding of {"sub":"ada","exp":1700000000}; other members are passed over
 *     MAC      base64url without padding of HMAC-SHA-256(secret, "v1." PAYLOAD)
 *
 * `exp` is in seconds since 1970 and must be in the future. Pure. */
#ifndef WEBQUOTA_ASSERTION_H
#define WEBQUOTA_ASSERTION_H

#include "base/instant.h"

#define ASSERTION_BYTES_MAX 2048
#define ASSERTION_SECRET_MIN 16

/* Has the text the form of one, good or bad? */
bool assertion_looks_like(const char *text);

/* Who the bearer is (new string), or NULL when the assertion is malformed, altered, expired, or names nobody
 * that could be a person (a visitor's name, control characters). `secret` NULL: none is good. */
char *assertion_subject(const char *text, const char *secret, Instant now);

/* Makes one: for tests, and for tools. New string. */
char *assertion_make(const char *subject, int64_t expires_s, const char *secret);

#endif
