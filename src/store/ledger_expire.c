/* Reservations that are over, which become jobs of the ledger's own before everything else. What cannot be given back is nobody else's
 * misfortune: those held for nobody, or by nothing that is on record, end; those whose counters cannot be read, or that the database
 * refuses, are put off, or so many of them would be the first each time, and all that is tried. */
#include "store/ledger_job.h"

#include "base/log.h"
#include "say/say.h"

void job_expire_init(Job *job, const PGresult *due, int row)
{
    *job = (Job){ .kind = JOB_EXPIRE, .key.id = record_id_new() };
    job->about = (DecisionKey){ result_number(due, row, 0), result_number(due, row, 1), result_number(due, row, 2), result_number(due, row, 3) };
}

DbResult batch_take_due(Batch *batch)
{
    g_autoptr(PGresult) rows = NULL;
    if (batch->leaves_due)
        return DB_OK;
    DbResult result = db_run(batch->db, QUERY_RESERVATIONS_DUE, NULL, &rows);
    for (int row = 0; result == DB_OK && row < PQntuples(rows); row++) {
        Job *job = g_new(Job, 1);
        job_expire_init(job, rows, row);
        g_ptr_array_add(batch->own_jobs, job);
        g_ptr_array_insert(batch->jobs, row, job);
    }
    return result;
}

void batch_lost(const Batch *batch, const Job *job)
{
    if (job->kind == JOB_EXPIRE)
        g_array_append_val(batch->lost, job->about);
}

void batch_put_off(const Batch *batch, const Job *job)
{
    if (job->kind == JOB_EXPIRE)
        g_array_append_val(batch->put_off, job->about);
}

BatchResult batch_end_lost(const Batch *batch)
{
    if (!batch->lost->len)
        return BATCH_DONE;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, batch->lost);
    return batch_result(db_run(batch->db, QUERY_RESERVATIONS_END_LOST, &params, NULL));
}

static void queue(const Batch *batch, Query query, const GArray *keys)
{
    if (!keys->len)
        return;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    db_queue(batch->db, query, &params, NULL);
}

void batch_queue_expiry(const Batch *batch)
{
    queue(batch, QUERY_RESERVATIONS_END_LOST, batch->lost);
    queue(batch, QUERY_RESERVATIONS_PUT_OFF, batch->put_off);
}

void batch_tell_expiry(const Batch *batch)
{
    if (batch->lost->len)
        log_line(LOG_LEVEL_WARNING, "ledger: %u reservations are over whose subjects or decisions are gone; there is nothing to give back",
                 batch->lost->len);
    if (batch->put_off->len)
        log_line(LOG_LEVEL_ERROR, "ledger: %u reservations are over that cannot be given back, as counters cannot be read; it is tried again later",
                 batch->put_off->len);
}

DbResult reservation_put_off(Db *db, const Job *job)
{
    g_autofree char *why = g_strdup(db->error ? db->error : SAY_NO_DECISION);
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    g_array_append_val(keys, job->about);
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    g_autofree char *id = public_id_reservation(&job->about);
    DbResult result = db_run(db, QUERY_RESERVATIONS_PUT_OFF, &params, NULL);
    log_line(LOG_LEVEL_ERROR, "ledger: %s is over and cannot be given back%s: %s", id, result == DB_OK ? "; it is tried again later" : "", why);
    return result;
}
