/* The background thread of the FastCGI process. When there is nothing to do, it asks the database once a second, with a statement
 * that only reads. */
#include "worker/worker.h"

#include "store/rollup.h"
#include "worker/turns.h"

#define LOOK_US US_PER_S
/* While there is always something new: what is rolled up together costs less than apart. */
#define PAUSE_US (2 * US_PER_S)
#define FAILED_US (3 * US_PER_S)

struct Worker {
    Rollup *rollup;
    Turns *turns;
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
    Worker *worker = data;
    return pause_us(rollup_turn_when_calm(worker->rollup, ROLLUP_TURN));
}

Worker *worker_start(Store *store)
{
    Worker *worker = g_new0(Worker, 1);
    worker->rollup = rollup_open(store);
    worker->turns = turns_start("history", turn, worker, LOOK_US);
    if (worker->turns)
        return worker;
    worker_stop(worker);
    return NULL;
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    turns_stop(worker->turns);
    rollup_close(worker->rollup);
    g_free(worker);
}
