/* Local accounts: those who sign in with a name and a password that webquota keeps. Changes are audited, and end the account's
 * sessions where they take something away. */
#ifndef WEBQUOTA_ACCOUNT_H
#define WEBQUOTA_ACCOUNT_H

#include "domain/session.h"
#include "store/store.h"

/* Makes an account. `subject` NULL: the name. `reason`, here and below: for the audit; NULL: none. STORE_CONFLICT: the name is taken;
 * STORE_INVALID: the password or the subject is not good.
 * JSON: {account, role, subject, created_at, changed_at, signed_in_at, suspended, second_factor, sessions}: how many sessions are open. */
StoreResult account_add(Store *store, const char *name, const char *password, Role role, const char *subject, const char *reason,
                        const char *actor, json_t **json, StoreError *error) MUST_CHECK;
StoreResult account_list(Store *store, json_t **list, StoreError *error) MUST_CHECK;
StoreResult account_get(Store *store, const char *name, json_t **json, StoreError *error) MUST_CHECK;

/* The same of the three: STORE_NONE where there is no such account; its sessions end. STORE_CONFLICT: it is the last with the role admin that
 * may sign in, and would be it no longer, the policy names no administrators, and it is not done at a shell. */
StoreResult account_password(Store *store, const char *name, const char *password, const char *reason, const char *actor,
                             StoreError *error) MUST_CHECK;
StoreResult account_role(Store *store, const char *name, Role role, const char *reason, const char *actor, StoreError *error) MUST_CHECK;
StoreResult account_remove(Store *store, const char *name, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

typedef enum {
    SIGN_IN_DONE,
    SIGN_IN_HALF,    /* the name and the password are right, and more is asked for: second_factor.h */
    SIGN_IN_WRONG,   /* no such name, or not its password: never said which, and takes as long */
    SIGN_IN_TOO_MANY /* attempts lately, under this name or from this address; nothing was looked at */
} SignIn;

typedef struct {
    const char *name, *password;
    const char *address;   /* of a visitor: "anon:192.0.2.7" */
    bool totp_required;    /* those with a role beyond their own must have a second factor, */
    char **administrators; /* and these subjects, ended by NULL; NULL: none */
} SignInAsk;

/* Tries to sign in, and counts the attempt. Takes a good part of a second. On SIGN_IN_DONE *token is the new session's (new string), on
 * SIGN_IN_HALF that of one in which nobody is signed in so far; on SIGN_IN_TOO_MANY *wait_s is for how long. */
StoreResult account_sign_in(Store *store, const SignInAsk *ask, SignIn *outcome, char **token, int64_t *wait_s, StoreError *error) MUST_CHECK;

/* --- what people do with their own --- */

/* The open sessions of an account, the newest first: [{session, address, created_at, last_seen_at, current}]. `hash` is that of the
 * session that is `current` (Session.hash). */
StoreResult account_sessions(Store *store, const char *name, const char *hash, json_t **list, StoreError *error) MUST_CHECK;

/* Ends one session of the account, by the `session` of the list; STORE_OK also where it is over already. `session` NULL: all but the one
 * with the hash. */
StoreResult account_sessions_end(Store *store, const char *name, const char *session, const char *hash, const char *actor,
                                 StoreError *error) MUST_CHECK;

/* Changes the password of whoever knows the one so far, which is counted as an attempt to sign in; SIGN_IN_DONE: it is changed, and all
 * sessions but the one with the hash are over. STORE_INVALID: the new one is not good. Takes a good part of a second. */
StoreResult account_password_change(Store *store, const char *name, const char *password, const char *wanted, const char *address,
                                    const char *hash, SignIn *outcome, int64_t *wait_s, StoreError *error) MUST_CHECK;

#endif
