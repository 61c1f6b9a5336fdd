/* What administrators do about people besides their limits: give units back, end their sessions, keep accounts out. Audited. */
#ifndef WEBQUOTA_ACCESS_H
#define WEBQUOTA_ACCESS_H

#include "store/admin.h"
#include "store/ledger.h"

/* ledger_refund by a person, which the audit says, too (the journal always does). */
StoreResult access_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor, LedgerDone *done,
                          StoreError *error) MUST_CHECK;

/* Ends all sessions in which somebody signed in is metered as `subject`; *ended (may be NULL): how many. Other processes know within a
 * second. */
StoreResult access_sessions_end(Store *store, const char *subject, const char *reason, const char *actor, int *ended,
                                StoreError *error) MUST_CHECK;

/* A suspended account cannot sign in, and its sessions end; nothing else of it changes. STORE_CONFLICT: it is so already, or
 * it is the last administrator, as in account.h. */
StoreResult access_account_suspend(Store *store, const char *name, bool suspended, const char *reason, const char *actor,
                                   StoreError *error) MUST_CHECK;

/* Ends the sessions of an account. */
StoreResult access_account_sign_out(Store *store, const char *name, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* The newest SESSIONS_SHOWN open sessions of an account, or (`account` NULL) of all who are metered as `subject`: [{session, account, subject,
 * address, created_at, last_seen_at}]. Of nobody that is known: none. */
#define SESSIONS_SHOWN 100
StoreResult access_sessions(Store *store, const char *account, const char *subject, json_t **list, StoreError *error) MUST_CHECK;
/* One of them, by its `session`. STORE_NONE: it is none, or over. */
StoreResult access_session_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;
/* Ends it; other processes know within a second. */
StoreResult access_session_end(Store *store, const char *id, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* Writes down that somebody begins to look at the pages of `subject`. */
StoreResult access_view(Store *store, const char *subject, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

#endif
