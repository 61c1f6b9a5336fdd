/* What the ledger makes once, whoever tries and however often: a reset of somebody by a bulk (bulk.h), and what an administrator asks for
 * under an Idempotency-Key (once.h). Both are said by a row of the transaction that makes it. */
#include "store/ledger_job.h"

#include "say/say.h"
#include "store/once_internal.h"

/* Where its person is still to be changed by the bulk, which nobody else can say from here on; or is taken back. */
static DbResult take_bulk_item(Batch *batch, Job *job)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_number(&params, job->bulk);
    params_number(&params, job->bulk_number);
    DbResult result = db_run(batch->db, QUERY_BULK_TAKE, &params, &rows);
    if (result == DB_OK && !PQntuples(rows)) {
        job->settled = true;
        job->result = store_fail(job->error, STORE_CONFLICT, NULL, SAY_BULK_MADE);
    }
    return result;
}

/* An earlier job of the batch has the key: the lock is the transaction's, and so does not tell them apart. */
static bool is_taken(const Batch *batch, const Job *job)
{
    for (guint i = 0; batch->jobs->pdata[i] != job; i++) {
        const Job *other = batch->jobs->pdata[i];
        if (job_open(other) && other->once && strcmp(other->once->caller, job->once->caller) == 0 && strcmp(other->once->key, job->once->key) == 0)
            return true;
    }
    return false;
}

static DbResult take_key(Batch *batch, Job *job)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    once_params_look(&params, job->once);
    DbResult result = db_run(batch->db, QUERY_ONCE_LOOK, &params, &rows);
    if (result != DB_OK)
        return result;
    job->result = is_taken(batch, job) ? once_busy(job->error) : once_looked(rows, job->error);
    job->settled = job->result != STORE_OK;
    return result;
}

BatchResult batch_take_once(Batch *batch)
{
    DbResult result = DB_OK;
    for (guint i = 0; result == DB_OK && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->bulk)
            result = take_bulk_item(batch, job);
        if (result == DB_OK && job_open(job) && job->once)
            result = take_key(batch, job);
    }
    return batch_result(result);
}

void batch_queue_once(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || !job->once || job->result != STORE_OK)
            continue;
        g_auto(Params) params = params_new();
        once_params_write(&params, job->once, job->done->id, &job->done->units);
        db_queue(batch->db, QUERY_ONCE_WRITE, &params, NULL);
    }
}
