/* Twice a second whoever has the lease looks at the first of each line, or where there are very many, of some and the next time of the next,
 * and lets in as many as there is room for. The lease is a row that is over after three seconds unless it is renewed, and is looked at once
 * more in each transaction that lets somebody in: so a process that stood still cannot act on a line that is another's by now. */
#include "worker/admission.h"

#include "base/log.h"
#include "store/lease.h"
#include "worker/turns.h"

#define TURN_US (US_PER_S / 2)
#define IDLE_US US_PER_S        /* where nobody has to wait, and where another process has the lease */
#define LOOK_US (3 * US_PER_S)  /* whether anybody is in line though the policy has no limit that queues */
#define TIDY_US US_PER_S
#define EXPIRE_US (5 * US_PER_S) /* or at once, where there were more than are given up together */

struct AdmissionWorker {
    Store *store;
    char *holder;
    QueueSweep *sweep;
    Turns *turns;
    int64_t tidied_us, expired_us, looked_us; /* monotonic */
    bool unseen;                   /* there may be more whose places are to be given up */
    bool people;                   /* when it was looked last, somebody was in line */
    int64_t mercy_until_us;        /* after an outage nobody loses a place that could not be asked for */
};

/* Every process writes down who was seen by it; one gives back what is due. */
static StoreResult tidy(AdmissionWorker *worker, bool mine, StoreError *error)
{
    int64_t now_us = g_get_monotonic_time();
    StoreResult result = STORE_OK;
    if (now_us - worker->tidied_us >= TIDY_US) {
        worker->tidied_us = now_us;
        result = queue_tidy(worker->store, error);
    }
    if (result == STORE_OK && mine && now_us >= worker->mercy_until_us && (worker->unseen || now_us - worker->expired_us >= EXPIRE_US)) {
        int ended = 0;
        worker->expired_us = now_us;
        result = queue_expire(worker->store, 0, &ended, &worker->unseen, error);
    }
    return result;
}

static void log_failure(const StoreError *error)
{
    log_line(LOG_LEVEL_DEBUG, "admission: %s", error->detail ? error->detail : "the database does not answer");
}

/* What fails of it keeps nobody from being let in. */
static bool tidy_up(AdmissionWorker *worker, bool mine)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = tidy(worker, mine, &error);
    if (result != STORE_OK)
        log_failure(&error);
    return result == STORE_OK;
}

/* A limit that queued may do so no more: whoever waited for it is let in or told, as it says now. */
static bool is_needed(AdmissionWorker *worker)
{
    g_auto(StoreError) ignored = { 0 };
    int64_t now_us = g_get_monotonic_time();
    if (queue_is_in_policy(worker->store)) {
        worker->people = true;
        return true;
    }
    bool people;
    if (worker->looked_us && now_us - worker->looked_us < LOOK_US)
        return worker->people;
    worker->looked_us = now_us;
    if (queue_has_people(worker->store, &people, &ignored) == STORE_OK)
        worker->people = people;
    return worker->people;
}

static StoreResult let_in(AdmissionWorker *worker, bool *mine, bool *late, bool *more, StoreError *error)
{
    int in = 0;
    StoreResult result = queue_lease(worker->store, worker->holder, mine, late, error);
    return result == STORE_OK && *mine ? queue_admit_all(worker->store, worker->sweep, worker->holder, &in, more, error) : result;
}

/* One turn; returns how long to wait for the next. */
static int64_t work(void *data)
{
    AdmissionWorker *worker = data;
    g_auto(StoreError) error = { 0 };
    bool mine = false, late = false, more = false;
    if (!is_needed(worker))
        return IDLE_US;
    tidy_up(worker, false);
    StoreResult result = let_in(worker, &mine, &late, &more, &error);
    if (late)
        worker->mercy_until_us = g_get_monotonic_time() + 300 * US_PER_S;
    if (result != STORE_OK)
        log_failure(&error);
    bool tidied = result == STORE_OK && tidy_up(worker, mine);
    return tidied && mine && (more || worker->unseen) ? 0 : mine ? TURN_US : IDLE_US;
}

static void worker_free(AdmissionWorker *worker)
{
    queue_sweep_free(worker->sweep);
    g_free(worker->holder);
    g_free(worker);
}

AdmissionWorker *admission_start(Store *store)
{
    AdmissionWorker *worker = g_new0(AdmissionWorker, 1);
    worker->holder = lease_holder_new();
    worker->sweep = queue_sweep_new();
    worker->store = store;
    worker->turns = turns_start("admission", work, worker, 0);
    if (worker->turns)
        return worker;
    worker_free(worker);
    return NULL;
}

void admission_stop(AdmissionWorker *worker)
{
    if (!worker)
        return;
    turns_stop(worker->turns);
    queue_lease_leave(worker->store, worker->holder);
    worker_free(worker);
}
