/* What is done besides answering requests: one thread, which takes turns. */
#ifndef WEBQUOTA_WORKER_H
#define WEBQUOTA_WORKER_H

#include "store/store.h"

typedef struct Worker Worker;

/* Begins; NULL when no thread can be had. `store` must outlive it. */
Worker *worker_start(Store *store);

/* Ends what is under way and waits for that. NULL is fine. */
void worker_stop(Worker *worker);

#endif
