/* The ledger: the only way in which counters change. Callers wait until it is on disk.
 * See docs in ledger.c for how many callers share one transaction. */
#ifndef WEBQUOTA_LEDGER_H
#define WEBQUOTA_LEDGER_H

#include "store/store.h"

#define LEDGER_ITEMS_MAX 20

typedef struct {
    const char *feature;      /* key */
    const char *resource;     /* NULL when none */
    int64_t units;
} LedgerItem;

/* What is to be sent to a program when the turn of the ticket comes that an ask is answered with. */
typedef struct {
    const char *url, *origin; /* checked: domain/callback.h */
    const char *payload;      /* the body */
    const char *job;          /* what makes it the same as another of the subject's for the feature: it gets that one's ticket then */
    bool once;                /* also where that one is over, for a day */
    bool always;              /* a ticket, let in at once, where there is room: with ASK_HOLD only. Otherwise there is none then */
} LedgerCallback;

typedef struct {
    AskKind kind;             /* ASK_CONSUME or ASK_HOLD */
    const char *subject;      /* key; "anon:…" is a visitor */
    LedgerItem items[LEDGER_ITEMS_MAX];
    int item_count;
    const char *on_behalf_of; /* NULL when none */
    const char *metadata;     /* a JSON object as text; NULL when none */
    int64_t ttl_s;            /* of a hold */
    bool own;                 /* of a hold: the subject asked for it, and may settle it */
    const char *caller;       /* whose idempotency key it is: "key:12", "subject:ada" */
    const char *idempotency_key; /* NULL when none */
    const char *fingerprint;  /* of the request: the same key with another one is refused */
    const char *return_to;    /* where its maker wants to be when it is their turn; NULL: nowhere */
    bool by_form;             /* it came with a form or the like, which would have to be sent again */
    bool claims;              /* only what is held for a ticket of the subject may be taken: STORE_NONE where nothing is */
    const LedgerCallback *callback; /* NULL: none */
    struct Admission *admission; /* an admission's own (store/queue.h); NULL otherwise */
} LedgerAsk;

/* Decides, charges and records; answers only after the commit. STORE_OK with an answer that may well
 * be a refusal. STORE_NONE: no such feature (error.field "feature"). STORE_INVALID: idempotency key used for
 * another request (field "Idempotency-Key"). STORE_CONFLICT: the same key is still running.
 * STORE_DOWN: the store cannot be reached and not every limit is `fail = open`; when all are, STORE_OK with an
 * answer whose reason is REASON_UNAVAILABLE and whose id is NULL. */
StoreResult ledger_decide(Store *store, const LedgerAsk *ask, Answer **answer, StoreError *error) MUST_CHECK;

/* The same for a caller who does not wait: returns at once, and `then` is called once, by another thread or before this
 * returns, with what ledger_decide would have answered. `then` takes the answer (NULL unless STORE_OK) and must not take
 * long, as others wait for the same thread; the error is the ledger's. `ask` and what it points to must stay until then. */
typedef void (*LedgerThen)(void *data, StoreResult result, Answer *answer, const StoreError *error);
void ledger_decide_later(Store *store, const LedgerAsk *ask, LedgerThen then, void *data);

/* What became of a reservation, a refund or a reset. */
typedef struct {
    char *id;                 /* public id of the record this made; NULL when there was nothing to do */
    char *subject;
    char *feature;
    int64_t units;            /* committed, released, refunded, or reset */
    int64_t total;            /* held, or charged at first */
    Instant at;
} LedgerDone;
void ledger_done_clear(LedgerDone *done);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LedgerDone, ledger_done_clear)

/* units: -1 for all that was held. More than held (field "units"), or over already: STORE_CONFLICT. */
StoreResult ledger_commit(Store *store, const char *reservation, int64_t units, LedgerDone *done, StoreError *error) MUST_CHECK;
StoreResult ledger_release(Store *store, const char *reservation, LedgerDone *done, StoreError *error) MUST_CHECK;

/* units: -1 for all that is left. More than is left of the charge, or nothing charged: STORE_CONFLICT. A decision of
 * several items is refunded whole. The subject of a decision or reservation, for checking who may: store_decision. */
StoreResult ledger_refund(Store *store, const char *decision, int64_t units, const char *reason, const char *actor,
                          LedgerDone *done, StoreError *error) MUST_CHECK;

/* Sets the subject's own counters to 0, of one feature (key) or all (NULL); audited. */
StoreResult ledger_reset(Store *store, const char *subject, const char *feature, const char *reason, const char *actor,
                         LedgerDone *done, StoreError *error) MUST_CHECK;
/* Takes a reset back, by its id: what it took is used again, in the windows that still go on, just as if it had not been; audited.
 * STORE_CONFLICT: it was taken back already, its windows are over, or something came since that makes it inexact. */
StoreResult ledger_restore(Store *store, const char *reset, const char *reason, const char *actor, LedgerDone *done,
                           StoreError *error) MUST_CHECK;

#endif
