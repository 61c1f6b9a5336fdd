/* What would have been, had another policy been in force: recorded decisions, read and replayed (domain/replay.h). */
#ifndef WEBQUOTA_SIMULATE_H
#define WEBQUOTA_SIMULATE_H

#include "domain/replay.h"
#include "store/store.h"

typedef struct {
    Policy *next;            /* the other policy, just read, for world 1: its slots are filled. NULL: only the one in force, as world 0 */
    ReplayMove move;         /* who has another plan in world 1; of one person, only the records of their account are read */
    int days;                /* up to now */
    int64_t most;            /* records are read at most; of more, those of a sample of the accounts. 0: all are read */
    /* Told now and then how much of the time was read, 0 to 1, and how many records; NULL: nobody is. */
    void (*progress)(void *data, double share, int64_t records);
    void *data;
} SimulateAsk;

typedef struct {
    Replay *replay;
    Policy *now, *next;      /* references */
    Instant from, until;     /* what is counted */
    Instant read_from;       /* records from here on were read */
    bool sampled;            /* not all of them, but those of some accounts: what is shared by all cannot be told by them */
    bool cut;                /* of one account, not all of them, but the newest */
} Simulation;
void simulation_free(Simulation *simulation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Simulation, simulation_free)

/* Reads all there is, on a connection of its own; takes as long as it takes. */
StoreResult store_simulate(Store *store, const SimulateAsk *ask, Simulation **simulation, StoreError *error) MUST_CHECK;

#endif
