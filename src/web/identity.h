/* Who is asking. Never taken from a header that a client can set, but for Authorization and Cookie,
 * which carry proof. */
#ifndef WEBQUOTA_IDENTITY_H
#define WEBQUOTA_IDENTITY_H

#include "base/instant.h"
#include "domain/session.h"
#include "web/request.h"

typedef enum {
    IDENTITY_VISITOR, /* known by address only */
    IDENTITY_PERSON,  /* signed in: a signed assertion, REMOTE_USER, or a session of webquota's own */
    IDENTITY_KEY      /* a program with an API key; acts for any subject */
} IdentityKind;

typedef struct {
    IdentityKind kind;
    char *subject;    /* the visitor's or person's; NULL for a key */
    bool ambient;     /* a browser sends it without being asked (cookie, REMOTE_USER, address): other sites could use it */
    char *key;        /* as presented, not yet checked */
    int64_t key_id;   /* set by whoever checks the key, with scopes */
    unsigned scopes;  /* KEY_… */
    char *account;    /* set by whoever checks the session, as are the next two: the name signed in with; NULL: no session */
    char *session;    /* the hash of its token */
    Role role;        /* what it allows beyond one's own */
} Identity;
void identity_clear(Identity *identity);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Identity, identity_clear)

/* In this order: a bearer token (API key or assertion), the cookie "webquota_identity" (assertion; a bad one is
 * passed over), REMOTE_USER, the address. Returns 0, or 401 (a bearer token that is no good) or 400 (no usable
 * address), and *why (static). An authorizer passes over bearer tokens that are not assertions: they are the
 * application's. `secret` is that of assertions, NULL when none is set. */
int identity_read(const Request *request, const char *secret, Instant now, Identity *out, const char **why) MUST_CHECK;

/* "anon:192.0.2.7", "anon:2001:db8:1:2::/64"; NULL when the text is no address. New string. */
char *identity_visitor(const char *address);

/* The value of a cookie in a Cookie header (may be NULL); the first of several. New string, or NULL. */
char *cookie_get(const char *header, const char *name);

/* Who is written down as having done something: "key:12", "user:ada", "anon:…"; new string. */
char *identity_actor(const Identity *identity);

/* Whose idempotency keys and such they are: "key:12", "subject:ada". New string. */
char *identity_caller(const Identity *identity);

#endif
