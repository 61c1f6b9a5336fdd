/* The background thread of the FastCGI process. When there is nothing to do, it asks the database once a second, with a statement
 * that only reads. */
#include "worker/worker.h"

#include "store/rollup.h"
#include "worker/turns.h"

#define LOOK_US US_PER_S
/* While there is always something new: what is rolled up together costs less than apart. */
#define PAUSE_US (2 * US_PER_S)
#define FAILED_US (3 * US_PER_S)
/* Sums can wait, decisions cannot: while this process decides so many a second, a turn is put off, for so long at most. What is
 * not rolled up is read from the journal. */
#define BUSY_PER_S 1000
#define PUT_OFF_US (120 * US_PER_S)

typedef struct {
    uint64_t decisions;              /* of the process so far */
    int64_t looked_us, turned_us;    /* monotonic */
} Pace;

struct Worker {
    Store *store;
    Rollup *rollup;
    Pace pace;
    bool more; /* the last turn left something */
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
    case ROLLUP_NO_POLICY:
        break;
    }
    return LOOK_US;
}

static uint64_t decisions_so_far(Store *store)
{
    StoreMetrics metrics;
    store_metrics(store, &metrics);
    uint64_t all = metrics.remembered;
    for (size_t i = 0; i < G_N_ELEMENTS(metrics.decisions); i++)
        all += metrics.decisions[i];
    return all;
}

/* Is more decided just now than a turn should disturb? */
static bool is_to_be_put_off(Pace *pace, Store *store)
{
    int64_t now_us = g_get_monotonic_time(), since_us = now_us - pace->looked_us;
    uint64_t so_far = decisions_so_far(store), lately = so_far - pace->decisions;
    pace->decisions = so_far;
    pace->looked_us = now_us;
    if (lately * US_PER_S >= (uint64_t)BUSY_PER_S * (uint64_t)since_us && now_us - pace->turned_us < PUT_OFF_US)
        return true;
    pace->turned_us = now_us;
    return false;
}

static int64_t turn(void *data)
{
    Worker *worker = data;
    if (worker->more || !is_to_be_put_off(&worker->pace, worker->store)) {
        RollupTurn came_to = rollup_turn(worker->rollup, ROLLUP_TURN);
        worker->more = came_to == ROLLUP_MORE;
        return pause_us(came_to);
    }
    return LOOK_US;
}

Worker *worker_start(Store *store)
{
    int64_t now_us = g_get_monotonic_time();
    Worker *worker = g_new(Worker, 1);
    *worker = (Worker){.store = store, .rollup = rollup_open(store), .pace = {.looked_us = now_us, .turned_us = now_us}};
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
