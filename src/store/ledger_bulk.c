/* Resets, and what takes them back, as parts of a bulk (bulk.h): what is noted there of a person is written in the ledger's own transaction,
 * together with what was done or why it could not be (that they are taken: ledger_once.c). */
#include "store/ledger_job.h"

#include "say/say.h"

static Params *params_of(const Job *job)
{
    Params *params = g_new0(Params, 1);
    *params = params_new();
    params_number(params, job->bulk);
    params_number(params, job->bulk_number);
    return params;
}

void batch_bulk_made(Batch *batch, const Job *job, int64_t units, Instant until)
{
    if (!job->bulk)
        return;
    const DecisionKey *key = &job->key;
    g_autofree char *decision = public_id_decision(key);
    json_auto_t *made = json_pack("{s:{s:s, s:I, s:I, s:I, s:I, s:I, s:I}}", "reset", "decision", decision, "account", (json_int_t)key->account_id,
                                  "subject", (json_int_t)key->subject_id, "at", (json_int_t)key->at, "id", (json_int_t)key->id, "units",
                                  (json_int_t)units, "until", (json_int_t)until);
    char *text = json_dumps(made, JSON_COMPACT);
    Params *params = params_of(job);
    params_text(params, text);
    free(text);
    g_ptr_array_add(batch->bulk_mades, params);
}

void batch_bulk_failed(Batch *batch, const Job *job)
{
    if (!job->bulk)
        return;
    Params *params = params_of(job);
    params_text(params, job->error && job->error->detail ? job->error->detail : SAY_BULK_CANNOT);
    params_text(params, "done"); /* by this transaction */
    g_ptr_array_add(batch->bulk_failures, params);
}
