/* The background thread of the FastCGI process. When there is nothing to do, it asks the database once a second, with a statement
 * that only reads. */
#include "worker/worker.h"

#include <pthread.h>

#include "store/rollup.h"

#define LOOK_US US_PER_S
/* While there is always something new: what is rolled up together costs less than apart. */
#define PAUSE_US (2 * US_PER_S)
#define FAILED_US (3 * US_PER_S)
/* Sums can wait, decisions cannot: while this process decides so many a second, a turn is put off, for so long at most. What is
 * not rolled up is read from the journal. */
#define BUSY_PER_S 1000
#define PUT_OFF_US (120 * US_PER_S)

struct Worker {
    Store *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
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
        break;
    }
    return LOOK_US;
}

/* False: it is time to end. */
static bool wait_for(Worker *worker, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us % US_PER_S * 1000;
    until.tv_sec += us / US_PER_S + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    int waited = 0;
    pthread_mutex_lock(&worker->lock);
    while (!worker->stop && waited == 0)
        waited = pthread_cond_timedwait(&worker->wake, &worker->lock, &until);
    bool go_on = !worker->stop;
    pthread_mutex_unlock(&worker->lock);
    return go_on;
}

typedef struct {
    uint64_t decisions;              /* of the process so far */
    int64_t looked_us, turned_us;    /* monotonic */
} Pace;

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

static void *worker_main(void *data)
{
    Worker *worker = data;
    Rollup *rollup = rollup_open(worker->store);
    Pace pace = {.looked_us = g_get_monotonic_time(), .turned_us = g_get_monotonic_time()};
    RollupTurn turn = ROLLUP_IDLE;
    while (wait_for(worker, pause_us(turn)))
        turn = turn != ROLLUP_MORE && is_to_be_put_off(&pace, worker->store) ? ROLLUP_IDLE : rollup_turn(rollup, ROLLUP_TURN);
    rollup_close(rollup);
    return NULL;
}

Worker *worker_start(Store *store)
{
    Worker *worker = g_new0(Worker, 1);
    pthread_condattr_t monotonic;
    worker->store = store;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&worker->thread, NULL, worker_main, worker) == 0)
        return worker;
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    g_free(worker);
    return NULL;
}

void worker_stop(Worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_mutex_destroy(&worker->lock);
    pthread_cond_destroy(&worker->wake);
    g_free(worker);
}
