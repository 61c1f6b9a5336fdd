/* What the files about sessions share. */
#ifndef WEBQUOTA_SESSION_INTERNAL_H
#define WEBQUOTA_SESSION_INTERNAL_H

#include "store/session.h"
#include "store/store_internal.h"

/* What is kept of a token, in hexadecimal. */
void session_token_hash(const char *token, char hex[SESSION_HASH_HEX]);

/* As the database says it (NULL: nothing). */
WaitsFor waits_for_read(const char *word);

/* New texts. */
void session_copy(Session *to, const Session *from);

/* False: not known, or not for a second any more. */
bool sessions_recall(Store *store, const char *hash, Session *session);
/* The last word about it, for as long as the database cannot be asked. */
bool sessions_recall_last(Store *store, const char *hash, Session *session);
/* Store.sessions_ended as a session is about to be looked up; then what was found, unless one has come to its end since. */
unsigned sessions_ended(Store *store);
void sessions_remember(Store *store, const Session *session, const SessionTimes *times, unsigned ended);
/* One that is over. `known`: only where it was remembered, as anybody may come with what looks like a token. */
void sessions_forget_one(Store *store, const char *hash, bool known);

#endif
