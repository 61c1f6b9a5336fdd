/* What people ask their administrators for: another plan, or a larger limit. At most one of a subject on a feature waits for an
 * answer at any time; an answered one makes way for the next.
 *
 * JSON: {request, subject, feature, kind, plan, limit, amount, reason, state, answer, decided_by, decided_at, override, created_at};
 * `request` is its id, a string. */
#ifndef WEBQUOTA_REQUESTS_H
#define WEBQUOTA_REQUESTS_H

#include "store/admin.h"

#define REQUEST_REASON_MAX 500

typedef enum { REQUEST_UPGRADE, REQUEST_INCREASE } RequestKind;
bool request_kind_find(const char *word, RequestKind *kind) MUST_CHECK;
const char *request_kind_word(RequestKind kind);

typedef struct {
    const char *subject, *feature;
    RequestKind kind;
    const char *plan;   /* upgrade: which; NULL: not said */
    const char *limit;  /* increase: which; NULL: not said */
    int64_t amount;     /* increase: how much; 0: not said */
    const char *reason; /* 1 to REQUEST_REASON_MAX bytes */
} RequestAdd;

/* STORE_CONFLICT: there is one already that waits for an answer; STORE_INVALID: no such plan or limit; STORE_NONE: no such feature. */
StoreResult request_add(Store *store, const RequestAdd *add, json_t **json, StoreError *error) MUST_CHECK;

/* The newest 100, with the given state and of the given subject (NULL: any), and below the id `before` (NULL: from the newest on). */
StoreResult request_list(Store *store, const char *subject, const char *state, const char *before, json_t **list,
                         StoreError *error) MUST_CHECK;
StoreResult request_get(Store *store, const char *id, json_t **json, StoreError *error) MUST_CHECK;

/* What is given: where it is not said, what was asked for. */
typedef struct {
    const char *plan;        /* upgrade; NULL: the one that was offered */
    const char *limit;       /* increase; NULL: as asked */
    bool unlimited;
    int64_t amount;          /* 0: as asked */
    double multiplier;       /* 0: none */
    Instant expires_at;      /* INSTANT_MAX: never. A plan goes back to the one before, then */
    const char *reason;      /* told to the person; NULL: nothing */
} RequestGift;

/* Approves it: an override is added, or the plan is changed, in the same transaction. STORE_NONE: no such request; STORE_CONFLICT: it is
 * answered already; STORE_INVALID: it must be said how much, on which limit, or which plan. */
StoreResult request_approve(Store *store, const char *id, const RequestGift *gift, const char *actor, json_t **json,
                            StoreError *error) MUST_CHECK;

/* `reason` is told to the person. */
StoreResult request_deny(Store *store, const char *id, const char *reason, const char *actor, json_t **json, StoreError *error) MUST_CHECK;

#endif
