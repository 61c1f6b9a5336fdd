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

/* One who is to be changed, or whose change is to be undone. */
typedef struct {
    Store *store;
    int64_t bulk, number, undoes; /* 0: it undoes nothing */
    bool undoes_reset;
    const char *subject, *actor;
    BulkAsk ask;
} BulkItem;
void bulk_item_params(const BulkItem *item, Params *params);

/* Of a transaction, after it is theirs: takes back what the bulk that is undone made of them. STORE_INVALID: it is not as it left them. */
StoreResult bulk_undo_item(const BulkItem *item, StoreError *error) MUST_CHECK;

/* The same of a reset, by the ledger, with the note that it is theirs. STORE_CONFLICT: it is noted already, or the bulk was stopped. */
StoreResult bulk_undo_reset(const BulkItem *item, StoreError *error) MUST_CHECK;

/* What is changed of the subject (of its plan, or whether it is suspended), as JSON text; NULL: there is nobody. New string. */
StoreResult bulk_part(const BulkItem *item, bool of_plan, char **part, StoreError *error) MUST_CHECK;

/* Is it all of what this program can make? *kind. */
bool bulk_change_known(const char *what, const json_t *change, BulkKind *kind) MUST_CHECK;

#endif
