/* Leases on a connection of one's own, within a transaction. Inside the store only. */
#ifndef WEBQUOTA_LEASE_ON_H
#define WEBQUOTA_LEASE_ON_H

#include "store/lease.h"
#include "store/store_internal.h"

/* Queues the taking or renewing: a row (*row, after db_sync) where it is had, which stays locked until the end of the
 * transaction. */
void lease_queue_take(Db *db, const Lease *lease, PGresult **row);
DbResult lease_leave_on(Db *db, const Lease *lease) MUST_CHECK;

#endif
