/* A few people a turn, with a breath between, so that administrators' own changes, which come by the same connection, get their turn. */
#include "worker/bulk.h"

#include "base/log.h"
#include "store/bulk.h"
#include "worker/turns.h"

#define IDLE_US US_PER_S
#define FAILED_US (3 * US_PER_S)
#define BREATH_US (US_PER_S / 500)

struct BulkWorker {
    Store *store;
    Lease lease;
    Turns *turns;
};

static int64_t work(void *data)
{
    BulkWorker *worker = data;
    g_auto(StoreError) error = {0};
    BulkRest rest;
    if (bulk_turn(worker->store, &worker->lease, &rest, &error) == STORE_OK)
        return rest == BULK_REST_MORE ? BREATH_US : IDLE_US;
    log_line(LOG_LEVEL_DEBUG, "bulk: %s", error.detail ? error.detail : "the database does not answer");
    return FAILED_US;
}

BulkWorker *bulk_worker_start(Store *store)
{
    BulkWorker *worker = g_new0(BulkWorker, 1);
    worker->store = store;
    worker->lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    worker->turns = turns_start("bulk", work, worker, IDLE_US);
    if (worker->turns)
        return worker;
    lease_clear(&worker->lease);
    g_free(worker);
    return NULL;
}

void bulk_worker_stop(BulkWorker *worker)
{
    if (!worker)
        return;
    turns_stop(worker->turns);
    lease_leave(worker->store, &worker->lease);
    lease_clear(&worker->lease);
    g_free(worker);
}
