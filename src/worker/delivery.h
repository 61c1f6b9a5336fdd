/* Sends the callbacks of those whose turn has come: a thread of each service, of which one at a time sends. */
#ifndef WEBQUOTA_DELIVERY_H
#define WEBQUOTA_DELIVERY_H

#include "domain/callback.h"
#include "store/store.h"

typedef struct DeliveryWorker DeliveryWorker;

/* Starts the thread. `callbacks` must outlive it. NULL: it cannot be started. */
DeliveryWorker *delivery_start(Store *store, const Callbacks *callbacks);

/* Lets those that are being sent end, for a few seconds; what has not by then is sent again by whoever is next. NULL is fine. */
void delivery_stop(DeliveryWorker *worker);

#endif
