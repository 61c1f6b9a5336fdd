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
void sessions_remember(Store *store, const Session *session, const SessionTimes *times);
void sessions_forget_one(Store *store, const char *hash);

#endif
