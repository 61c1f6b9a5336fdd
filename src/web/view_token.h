/* Who is looking at whose pages, as a cookie carries it: good for one reader (a session, or a person who is signed in otherwise), until a
 * time. Pure.
 *
 *     SECONDS.SUBJECT.MAC    base64url; MAC = HMAC-SHA-256(secret, "view " SECONDS "." SUBJECT " " reader)
 */
#ifndef WEBQUOTA_VIEW_TOKEN_H
#define WEBQUOTA_VIEW_TOKEN_H

#include "base/instant.h"

#define VIEW_TOKEN_LIVES_US (15 * 60 * US_PER_S)

/* New string. */
char *view_token_make(const char *secret, const char *reader, const char *subject, Instant until);

/* The subject (new string) and until when; NULL: it is no good, or over. `token` may be NULL. */
char *view_token_read(const char *token, const char *secret, const char *reader, Instant now, Instant *until);

#endif
