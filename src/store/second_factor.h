/* The second factor of local accounts: codes that change with time (totp.h), each taken once, and recovery codes for when the device is
 * lost. It counts once a right code was given. Every try is counted, by account and by address, and too many are not looked at. The
 * secret is in no log, no answer but the one that sets it up, and no audit entry. */
#ifndef WEBQUOTA_SECOND_FACTOR_H
#define WEBQUOTA_SECOND_FACTOR_H

#include "store/account.h"
#include "store/session.h"

#define RECOVERY_CODES 10

/* Zero it first, clear it last. */
typedef struct {
    bool on;        /* it counts */
    Instant since;  /* of one that is on */
    int codes_left; /* recovery codes that were not used so far */
    char *secret;   /* of one that was begun and is not on, in base32; NULL: none was begun */
} FactorState;
void factor_state_clear(FactorState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FactorState, factor_state_clear)

StoreResult factor_state(Store *store, const char *account, FactorState *state, StoreError *error) MUST_CHECK;

/* {on, since, recovery_codes}: without the secret. New reference. */
json_t *factor_state_json(const FactorState *state) MUST_CHECK;

/* Makes a secret, in place of one that was begun before. STORE_CONFLICT: the account has a second factor already. */
StoreResult factor_begin(Store *store, const char *account, StoreError *error) MUST_CHECK;

/* What somebody shows to have it set up or taken away. Not owned. */
typedef struct {
    const char *account, *password, *code; /* the code as typed */
    const char *address;                   /* of a visitor: "anon:192.0.2.7" */
    const char *session;                   /* the hash of the one that stays (Session.hash) */
} FactorProof;

/* It counts from now on, and all other sessions are over. *codes: the recovery codes, this once (new array of new strings). */
StoreResult factor_confirm(Store *store, const FactorProof *proof, SignIn *outcome, GPtrArray **codes, int64_t *wait_s,
                           StoreError *error) MUST_CHECK;

/* It is gone, with its recovery codes; a recovery code serves as well. */
StoreResult factor_off(Store *store, const FactorProof *proof, SignIn *outcome, int64_t *wait_s, StoreError *error) MUST_CHECK;

/* The same by an administrator, for somebody who has lost all of it; the account's sessions end. STORE_NONE: no such account;
 * STORE_CONFLICT: it has no second factor. */
StoreResult factor_reset(Store *store, const char *account, const char *reason, const char *actor, StoreError *error) MUST_CHECK;

/* --- the second half of signing in --- */

/* Whose sign-in waits under this token, and for what. *account is new. STORE_NONE: nobody's, or it took too long. */
StoreResult sign_in_half(Store *store, const char *token, char **account, WaitsFor *waits_for, StoreError *error) MUST_CHECK;

/* Goes on with it by a code. SIGN_IN_DONE: *made is the token of the new session (new string), and of an enrolment *codes the recovery
 * codes (new array; NULL otherwise). STORE_NONE as above. */
StoreResult sign_in_code(Store *store, const char *token, const char *code, const char *address, SignIn *outcome, char **made,
                         GPtrArray **codes, int64_t *wait_s, StoreError *error) MUST_CHECK;

#endif
