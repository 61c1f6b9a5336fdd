/* Callbacks of those whose turn has come: which are due, and what becomes of them. One process at a time delivers, by the lease
 * "delivery"; what one that died was busy with is taken by the next, as the same try. The ledger ends each, with its units, once. */
#ifndef WEBQUOTA_DELIVERIES_H
#define WEBQUOTA_DELIVERIES_H

#include "domain/callback.h"
#include "store/store.h"

typedef struct Deliveries Deliveries;

/* Does not connect yet. Has a connection of its own; for one thread. `store` must outlive it. */
Deliveries *deliveries_open(Store *store);
/* Leaves the lease to others. */
void deliveries_close(Deliveries *deliveries);

typedef enum {
    DELIVERY_ACCEPTED, /* 2xx: what is held is charged */
    DELIVERY_AGAIN,    /* tried again in `again_us` */
    DELIVERY_GIVEN_UP  /* what is held goes back */
} DeliveryOutcome;

/* One that is to be tried now. */
typedef struct {
    char *message;        /* the webhook-id */
    char *origin, *url, *payload;
    int tries;            /* with this one */
    int64_t since_first_us;
    /* what came of it, for deliveries_end; zero at first */
    DeliveryOutcome outcome;
    int status;           /* 0: nothing was answered */
    CallbackTrouble trouble;
    int64_t again_us;
    bool noted;           /* it is written down, by an earlier process maybe: it is not sent again; the ledger's part is missing */
    bool ended;
    bool put_off;         /* the ledger's part cannot be had for what it is about: it is taken again, by whoever delivers then */
} Delivery;
void delivery_free(Delivery *delivery);

/* Is there anything to do for this process, beside what it has in hand? Only reads. */
StoreResult deliveries_look(Deliveries *deliveries, bool *any, StoreError *error) MUST_CHECK;

/* Takes the lease, or renews it, and of each of these origins as many as are due, but `rooms` of it (as many numbers as origins) and
 * `most` in all at most; of other origins `others`. *taken: of Delivery *, the caller's; empty where another process delivers. They are
 * in hand from then on, until deliveries_end has ended them; one of which nothing was heard, as the answer was lost, is taken again.
 * Those that are `noted` have been sent: they are only to be handed in. */
StoreResult deliveries_take(Deliveries *deliveries, const GPtrArray *origins, const int64_t *rooms, int64_t most, int64_t others,
                            GPtrArray **taken, StoreError *error) MUST_CHECK;

/* Writes down what came of them, and has the ledger charge or give back. Those that it was done for are `ended`, and those of somebody
 * of whom nothing can be read are `put_off`, so that nobody waits for them; the others are to be handed in again. */
StoreResult deliveries_end(Deliveries *deliveries, GPtrArray *tried, StoreError *error) MUST_CHECK;

/* Of all processes: how many wait for the turn of their tickets, and how many are being sent or will be tried again. Does not wait long. */
StoreResult deliveries_count(Store *store, int64_t *waiting, int64_t *pending, StoreError *error) MUST_CHECK;

#endif
