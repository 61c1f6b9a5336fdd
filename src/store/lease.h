/* Leases: work that one process at a time does, each a row of `leases`. One that is not renewed in time is anybody's, so whoever dies
 * is replaced. Being told that one has it is good for deciding whether to begin; what must not be done twice looks again, in its own
 * transaction (lease_check.sql). */
#ifndef WEBQUOTA_LEASE_H
#define WEBQUOTA_LEASE_H

#include "store/store.h"

#define LEASE_HISTORY "history"     /* rolling up: rollup.h; of programs before 0023_active.sql, "usage" */
#define LEASE_STANDING "standing"   /* how far people are, the same way */
#define LEASE_ADMISSION "admission" /* letting in: queue.h */
#define LEASE_DELIVERY "delivery"   /* callbacks: deliveries.h */
#define LEASE_BULK "bulk"           /* changes to many people: bulk.h */

typedef struct {
    const char *name; /* the row: one of these */
    char *holder;     /* who wants it; the same text as long as the process lives. Owned */
    int seconds;      /* how long it lasts without being renewed */
} Lease;

/* A new holder, who can be told from all others and is found by who looks: the host's name, the process. New string. */
char *lease_holder_new(void);
Lease lease_new(const char *name, int seconds);
void lease_clear(Lease *lease);

/* Takes it or renews it. *late: it had been nobody's for long, as after an outage. */
StoreResult lease_take(Store *store, const Lease *lease, bool *mine, bool *late, StoreError *error) MUST_CHECK;
/* Leaves it to others at once; where the database does not answer it ends by itself. */
void lease_leave(Store *store, const Lease *lease);

#endif
