/* Who is signed in with webquota itself. A session is known by a token that only its browser has; the store keeps a hash. */
#ifndef WEBQUOTA_SESSION_H
#define WEBQUOTA_SESSION_H

#include "domain/session.h"
#include "store/store.h"

#define SESSION_TOKEN_CHARS 43 /* 256 random bits in base64url without padding */
#define SESSION_HASH_HEX 65    /* with a NUL */

/* Zero it first, clear it last. */
typedef struct {
    int64_t id;
    char *account;               /* the name signed in with */
    char *subject;               /* as whom it is metered */
    Role role;
    bool factor;                 /* the account has a second factor, which was asked for at sign-in */
    char hash[SESSION_HASH_HEX]; /* of the token: what a form of this session is bound to */
} Session;
void session_clear(Session *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

/* Has the text the form of a token, good or bad? */
bool session_token_looks_like(const char *text);

/* Whose session it is. STORE_NONE: there is none, or it is over (never says which). Remembered for a second, or until this
 * process ends it; noted as in use once a minute. While the database is away, what was last heard of it holds until it would
 * be over. */
StoreResult session_find(Store *store, const char *token, Session *session, StoreError *error) MUST_CHECK;

/* What a session that was begun waits for: nobody is signed in before that. */
typedef enum { WAITS_FOR_NOTHING, WAITS_FOR_CODE, WAITS_FOR_ENROLMENT } WaitsFor;

typedef enum {
    FACTOR_IF_ANY,   /* a code is asked for where the account has a second factor */
    FACTOR_REQUIRED, /* and those with a role beyond their own must have one */
    FACTOR_GIVEN     /* a moment ago */
} FactorNeed;

/* Begins one for an account; always under a new token. `address` (may be NULL) is shown in lists. `named`: subjects who have a role though
 * their accounts have none (ended by NULL; NULL: none). *token is the only copy (new string). STORE_NONE: there is no such account. */
StoreResult session_begin(Store *store, const char *account, const char *address, FactorNeed need, char **named, char **token, WaitsFor *waits_for,
                          StoreError *error) MUST_CHECK;

/* Ends it; STORE_OK also where there is none. */
StoreResult session_end(Store *store, const char *token, StoreError *error) MUST_CHECK;

/* What forms are signed with: the same in all processes, read once. Not owned; lives as long as the store. */
StoreResult store_form_secret(Store *store, const char **secret, StoreError *error) MUST_CHECK;

#endif
