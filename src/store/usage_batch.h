/* Reads of where subjects stand, in one statement for all who ask at the same time: what a statement costs whatever it reads is
 * shared by them. Inside the store only. */
#ifndef WEBQUOTA_USAGE_BATCH_H
#define WEBQUOTA_USAGE_BATCH_H

#include "store/store_internal.h"

/* Columns of usage_read behind those of subject_state_new. */
enum { USAGE_HAS_MORE = 16, USAGE_PLACE, USAGE_NOW, USAGE_POLICY, USAGE_DUE, USAGE_SHARED };

/* The rows of one key, in a result that others look at as well. */
typedef struct {
    PGresult **held;      /* counted; NULL: nothing was read */
    const PGresult *rows;
    int first, count;     /* at least one */
} UsageRows;

void usage_rows_clear(UsageRows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UsageRows, usage_rows_clear)

/* Reads by `key`, with the shared counters that there may be under `policy`, in one snapshot that is younger than this call. In a
 * service it takes no longer than a reading connection may (store_reader_take). On DB_LOST or DB_REFUSED *error says why. */
DbResult usage_rows_read(Store *store, const Policy *policy, const char *key, UsageRows *out, StoreError *error) MUST_CHECK;

/* Part of a Store. */
UsageQueue *usage_queue_new(void);
void usage_queue_free(UsageQueue *queue);

#endif
