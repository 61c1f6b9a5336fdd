/* Lets in those who wait, as limits get room: a thread of each service, of which one at a time decides. */
#ifndef WEBQUOTA_ADMISSION_H
#define WEBQUOTA_ADMISSION_H

#include "store/queue.h"

typedef struct AdmissionWorker AdmissionWorker;

/* Starts the thread; it does next to nothing while the policy has no limit that queues and nobody is in line. NULL: it cannot be started. */
AdmissionWorker *admission_start(Store *store);
void admission_stop(AdmissionWorker *worker); /* NULL is fine */

#endif
