/* The background threads of the FastCGI process, one for each kind of sums. When there is nothing to do, each asks the database once
 * a second, with a statement that only reads. */
#include "worker/worker.h"

#include "store/rollup.h"
#include "worker/turns.h"

#define LOOK_US US_PER_S
/* While there is always something new: what is rolled up together costs less than apart. */
#define PAUSE_US (2 * US_PER_S)
#define FAILED_US (3 * US_PER_S)

typedef struct {
    Rollup *rollup;
    Turns *turns;
} Roller;

struct Worker {
    Roller rollers[ROLLUP_KINDS];
};

/* How long until the next turn. */
static int64_t pause_us(RollupTurn turn)
{
    switch (turn) {
    case ROLLUP_MORE:
        return 0;
    case ROLLUP_DONE:
        return PAUSE_US;
    case ROLLUP_FAILED:
        return FAILED_US;
    case ROLLUP_IDLE:
    case ROLLUP_ELSEWHERE:
    case ROLLUP_PUT_OFF:
    case ROLLUP_NO_POLICY:
        break;
    }
    return LOOK_US;
}

static int64_t turn(void *data)
{
    Roller *roller = data;
    return pause_us(rollup_turn_when_calm(roller->rollup, ROLLUP_TURN));
}

Worker *worker_start(Store *store)
{
    Worker *worker = g_new0(Worker, 1);
    for (int kind = 0; kind < ROLLUP_KINDS; kind++) {
        Roller *roller = &worker->rollers[kind];
        roller->rollup = rollup_open(store, (RollupKind)kind);
        roller->turns = turns_start(rollup_name((RollupKind)kind), turn, roller, LOOK_US);
        if (!roller->turns) {
            worker_stop(worker);
            return NULL;
        }
    }
    return worker;
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    for (int kind = 0; kind < ROLLUP_KINDS; kind++)
        turns_stop(worker->rollers[kind].turns);
    for (int kind = 0; kind < ROLLUP_KINDS; kind++)
        rollup_close(worker->rollers[kind].rollup);
    g_free(worker);
}
