/* The background threads of the FastCGI process, one for each kind of sums, which asks the database once a second when there is nothing
 * to do, with a statement that only reads; and one that makes room in the journal, once a day. */
#include "worker/worker.h"

#include "store/rollup.h"
#include "store/room.h"
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
    Room *room;
    Turns *room_turns;
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

static int64_t make_room(void *data)
{
    return room_turn(data);
}

Worker *worker_start(Store *store)
{
    Worker *worker = g_new0(Worker, 1);
    worker->room = room_open(store);
    worker->room_turns = turns_start("room", make_room, worker->room, 0);
    if (!worker->room_turns) {
        worker_stop(worker);
        return NULL;
    }
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
    turns_stop(worker->room_turns);
    for (int kind = 0; kind < ROLLUP_KINDS; kind++)
        turns_stop(worker->rollers[kind].turns);
    for (int kind = 0; kind < ROLLUP_KINDS; kind++)
        rollup_close(worker->rollers[kind].rollup);
    room_close(worker->room);
    g_free(worker);
}
