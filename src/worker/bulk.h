/* Makes the changes of bulks (store/bulk.h): a thread of each service, of which one at a time does. */
#ifndef WEBQUOTA_BULK_WORKER_H
#define WEBQUOTA_BULK_WORKER_H

#include "store/store.h"

typedef struct BulkWorker BulkWorker;

/* Starts the thread; without a bulk it asks the database once a second. NULL: it cannot be started. */
BulkWorker *bulk_worker_start(Store *store);

/* Lets the few people of the turn under way end. NULL is fine. */
void bulk_worker_stop(BulkWorker *worker);

#endif
