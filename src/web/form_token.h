/* What each form carries so that no other site's page can send it: made for one reader and a day, from a secret that only this
 * service has. Pure.
 *
 *     HOURS.MAC    MAC = base64url of HMAC-SHA-256(secret, HOURS "." bound)
 *
 * `bound` is the reader: the session, or who they are without one. */
#ifndef WEBQUOTA_FORM_TOKEN_H
#define WEBQUOTA_FORM_TOKEN_H

#include "base/instant.h"

#define FORM_TOKEN_CHARS_MAX 64
#define FORM_TOKEN_LIVES_H 24

/* New string. */
char *form_token_make(const char *secret, const char *bound, Instant now);

/* Compared in constant time. `token` may be NULL. */
bool form_token_is_good(const char *token, const char *secret, const char *bound, Instant now);

#endif
