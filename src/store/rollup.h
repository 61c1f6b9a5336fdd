/* The roll-up of the journal into usage_daily: sums by subject, feature, day and on whose behalf, which are exact at every
 * moment, as what is added and what is remembered of how far that goes are changed in one transaction.
 *
 * Which records are new is known by the numbers of the transactions that wrote them (decisions.xact), not by time: so
 * one that commits late is counted when it is there, once, whatever is broken off. One process at a time does it, by a lease in
 * the database; two would disturb each other, but not the sums.
 */
#ifndef WEBQUOTA_ROLLUP_H
#define WEBQUOTA_ROLLUP_H

#include "store/store.h"

/* A lease that is not renewed for so long may be taken by others. */
#define ROLLUP_LEASE_S 5
/* What is rolled up in one turn, in records. */
#define ROLLUP_TURN 1000000

typedef struct Rollup Rollup;

/* What is counted: each by its own mark, lease and connection, so that they go on side by side. */
typedef enum {
    ROLLUP_USAGE,   /* history, and who asked (rollup_step.sql) */
    ROLLUP_STANDING /* how far people are in their limits (standing_step.sql) */
} RollupKind;
#define ROLLUP_KINDS 2

/* What it is called in the log: "history", "standing". */
const char *rollup_name(RollupKind kind);

typedef enum {
    ROLLUP_IDLE,      /* nothing is new: this took one statement, which reads only */
    ROLLUP_ELSEWHERE, /* another process does it */
    ROLLUP_PUT_OFF,   /* so much is decided just now that it should not be disturbed */
    ROLLUP_NO_POLICY, /* none is in force that can be read: others may have the newer one */
    ROLLUP_DONE,      /* what was new is counted */
    ROLLUP_MORE,      /* a part of it is: go on at once */
    ROLLUP_FAILED     /* the database cannot be used; it is in the log, once for each trouble */
} RollupTurn;

/* Does not connect yet. Has a connection of its own; for one thread. `store` must outlive it. */
Rollup *rollup_open(Store *store, RollupKind kind);
/* Leaves the lease to others. */
void rollup_close(Rollup *rollup);

/* Looks whether there is something new, and rolls up about `most` records (ROLLUP_TURN). */
RollupTurn rollup_turn(Rollup *rollup, int64_t most);

/* The same, for a service that calls it once a second: a turn is put off while so much is recorded a second, by whatever process, but for
 * so long at most. Sums can wait, decisions cannot; what is not rolled up is read from the journal. */
#define ROLLUP_BUSY_PER_S 1000
#define ROLLUP_PUT_OFF_S 120
RollupTurn rollup_turn_when_calm(Rollup *rollup, int64_t most);

#endif
