/* Callbacks: a ticket may carry something to be sent to a program when its turn comes. Where it may be sent, how it is signed, when
 * it is tried again. Pure. */
#ifndef WEBQUOTA_CALLBACK_H
#define WEBQUOTA_CALLBACK_H

#include "base/instant.h"

#define CALLBACK_URL_MAX 2048
#define CALLBACK_PAYLOAD_MAX 65536
/* A ticket with a callback has nobody who looks after it: its place is kept for so long, */
#define CALLBACK_KEEP_S (7 * 86400)
/* and its units are held for so long after its turn came, whatever becomes of those who deliver. */
#define CALLBACK_HOLD_S 86400
/* No try begins later than this after the first. */
#define CALLBACK_TIME_S 3600
/* So many of a subject for a feature may be open at a time. */
#define CALLBACKS_OPEN_MAX 100

/* --- what has become of one --- */

typedef enum {
    CALLBACK_NONE,      /* the ticket has none */
    CALLBACK_WAITING,   /* for the ticket's turn */
    CALLBACK_PENDING,   /* it is being tried */
    CALLBACK_DELIVERED, /* taken: a 2xx */
    CALLBACK_FAILED,    /* given up */
    CALLBACK_CANCELLED  /* its ticket ended before its turn came */
} CallbackState;

const char *callback_state_word(CallbackState state);
bool callback_state_read(const char *word, CallbackState *state) MUST_CHECK;

/* Why a try came to nothing. The words are kept with the ticket and are part of the API. */
typedef enum {
    TROUBLE_NONE,
    TROUBLE_STATUS,      /* "status": answered, but not with 2xx */
    TROUBLE_REDIRECT,    /* "redirect": answered with 3xx, which is not followed */
    TROUBLE_TIMEOUT,     /* "timeout" */
    TROUBLE_UNREACHABLE, /* "unreachable": no connection, no such host */
    TROUBLE_TLS,         /* "tls": the certificate, or the like */
    TROUBLE_BROKEN,      /* "broken": the connection ended before the answer did */
    TROUBLE_NOT_ALLOWED  /* "not_allowed": the address is not on the list any more */
} CallbackTrouble;

const char *callback_trouble_word(CallbackTrouble trouble); /* NULL for TROUBLE_NONE */

/* --- where to --- */

/* An address taken apart. Only http and https; no user, password or fragment; no dot segments, however they are spelled. */
typedef struct {
    char *origin; /* "https://host" or "https://host:8443": lower case, without a port that goes without saying */
    char *path;   /* from the first slash, with the query; "/" where there is none */
} CallbackUrl;
/* False: *why (not owned) says what is wrong with it. */
bool callback_url_read(const char *text, CallbackUrl *out, const char **why) MUST_CHECK;
void callback_url_clear(CallbackUrl *url);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CallbackUrl, callback_url_clear)

/* What the operator has set up. */
typedef struct {
    GPtrArray *allowed;  /* of CallbackUrl *: origins with what a path must begin with; NULL: there are no callbacks */
    GPtrArray *origins;  /* of char *: theirs, each once */
    GPtrArray *secrets;  /* of GBytes *: each signs */
    int tries_max, timeout_s;
} Callbacks;

/* `allowed`: addresses with spaces between; `secrets`: a line each. False: *why (new) says what is wrong, never quoting a secret. */
bool callbacks_read(const char *allowed, const char *secrets, Callbacks *out, char **why) MUST_CHECK;
void callbacks_clear(Callbacks *callbacks);

/* Does one of the list have its origin, and a path that this one begins with, up to a slash? */
bool callbacks_allow(const Callbacks *callbacks, const CallbackUrl *url);

/* --- signing: the Standard Webhooks scheme, version 1 --- */

/* "whsec_" and base64 of 24 to 64 bytes. NULL: it is none. */
GBytes *callback_secret_read(const char *text);

/* webhook-signature: "v1," and base64 of the HMAC-SHA256 of "ID.SECONDS.BODY", for each secret, with spaces between. New. */
char *callback_signature(const GPtrArray *secrets, const char *id, int64_t seconds, const char *body, size_t len);

/* --- trying again --- */

typedef struct {
    int tries, tries_max;   /* those made, the last one included */
    int64_t since_first_us; /* from the beginning of the first to now */
    int64_t asked_s;        /* what the receiver asked for (Retry-After); 0: nothing */
    bool gone;              /* 410: it says that there is no use */
} CallbackTried;

/* After how many microseconds to try again: about 2 seconds, twice as long each time, 5 minutes at most, the second half of
 * it by chance (`draw`, any number); not before the receiver wants it. Negative: given up. */
int64_t callback_next_us(const CallbackTried *tried, uint32_t draw);

#endif
