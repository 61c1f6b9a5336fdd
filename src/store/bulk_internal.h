/* What the files of bulks share. Inside the store only. */
#ifndef WEBQUOTA_BULK_INTERNAL_H
#define WEBQUOTA_BULK_INTERNAL_H

#include "store/admin_internal.h"
#include "store/bulk.h"

/* Can it be made of anybody? */
StoreResult bulk_check(const Policy *policy, const BulkAsk *ask, StoreError *error) MUST_CHECK;

/* What it makes of one. */
GrantAdd bulk_grant(const BulkAsk *ask, const char *subject);
OverrideAdd bulk_override(const BulkAsk *ask, const char *subject);

/* The change as it is kept, and back: the ask points into the JSON and the reason. */
json_t *bulk_change_json(const BulkAsk *ask);
BulkAsk bulk_change_read(BulkKind kind, const json_t *change, const char *reason);

/* Is it all of what this program can make? *kind. */
bool bulk_change_known(const char *what, const json_t *change, BulkKind *kind) MUST_CHECK;

#endif
