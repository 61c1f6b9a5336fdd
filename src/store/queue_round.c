/* Letting in all who can be, and doing it for lines that no process looks after: whoever asks does it then. */
#include "store/lease.h"
#include "store/queue.h"
#include "store/store_internal.h"

#define LOOK_MIN 8              /* of each line at first, */
#define LOOK_MAX 128            /* and as long as all are let in, twice as many */
#define ROUNDS_MAX 64           /* in one turn; the lease has to be renewed */
/* Where nobody had the lease for long it is not known whether people could ask for their places: they are kept for longer. */
#define LATE_GRACE_S 300

/* Of the heads, handed in together, how many were let in; *full: somebody has to wait in every line. */
static int count_in(const GPtrArray *heads, bool *all)
{
    int in = 0;
    *all = false;
    for (guint i = 0; i < heads->len; i++) {
        const QueueHead *head = heads->pdata[i];
        bool last = i + 1 == heads->len || strcmp(((const QueueHead *)heads->pdata[i + 1])->line, head->line) != 0;
        in += head->result == ADMISSION_IN;
        /* A line whose last was not told to wait may go on. */
        *all |= last && (head->result == ADMISSION_IN || head->result == ADMISSION_ENDED || head->result == ADMISSION_MOVED);
    }
    return in;
}

StoreResult queue_admit_all(Store *store, const char *holder, int *in, StoreError *error)
{
    int most = LOOK_MIN;
    bool more = true;
    for (int round = 0; more && round < ROUNDS_MAX; round++) {
        g_autoptr(GPtrArray) heads = NULL;
        StoreResult result = queue_heads(store, most, &heads, error);
        if (result != STORE_OK)
            return result;
        if (!heads->len)
            return STORE_OK;
        queue_admit(store, holder, heads);
        *in += count_in(heads, &more);
        most = MIN(most * 2, LOOK_MAX);
    }
    return STORE_OK;
}

static StoreResult keep_order(Store *store, const char *holder, bool late, QueueAssisted *done, StoreError *error)
{
    StoreResult result = queue_tidy(store, error);
    if (result == STORE_OK)
        result = queue_expire(store, late ? LATE_GRACE_S : 0, &done->ended, error);
    return result == STORE_OK ? queue_admit_all(store, holder, &done->in, error) : result;
}

static StoreResult somebody_is_in_line(Store *store, bool *somebody, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, QUERY_TICKETS_ANY, NULL, &rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    *somebody = outcome == STORE_OK && result_bool(rows, 0, 0);
    return outcome;
}

StoreResult queue_assist(Store *store, QueueAssisted *done, StoreError *error)
{
    bool somebody = false, late = false;
    *done = (QueueAssisted){ 0 };
    if (!queue_is_needed(store))
        return STORE_OK;
    StoreResult result = somebody_is_in_line(store, &somebody, error);
    if (result != STORE_OK || !somebody)
        return result;
    g_autofree char *holder = lease_holder_new();
    result = queue_lease(store, holder, &done->mine, &late, error);
    if (result != STORE_OK || !done->mine)
        return result;
    result = keep_order(store, holder, late, done, error);
    queue_lease_leave(store, holder);
    return result;
}
