/* Whom the jobs of a batch are about: subjects by key, who are met when nobody knows them; and the subjects of recorded
 * decisions by number. */
#include "store/ledger_job.h"
#include "say/say.h"

const char *job_subject(const Job *job)
{
    return job->kind == JOB_ASK ? job->ask->subject : job->kind == JOB_RESET ? job->subject : NULL;
}

bool job_settles(const Job *job)
{
    return job->kind == JOB_COMMIT || job->kind == JOB_RELEASE || job->kind == JOB_EXPIRE || job->kind == JOB_REFUND || job->kind == JOB_RESTORE ||
           job->kind == JOB_LEAVE;
}

static void take_addresses(GHashTable *subjects, const PGresult *rows)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        SubjectAddress *address = g_new(SubjectAddress, 1);
        *address = (SubjectAddress){ result_number(rows, row, 1), result_number(rows, row, 2) };
        g_hash_table_replace(subjects, g_strdup(result_text(rows, row, 0)), address);
    }
}

static GPtrArray *unknown_subjects(const Batch *batch, GHashTable *subjects)
{
    GPtrArray *unknown = g_ptr_array_new();
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        const char *key = job_open(job) ? job_subject(job) : NULL;
        if (key && !g_hash_table_contains(subjects, key))
            g_ptr_array_add(unknown, (char *)key);
    }
    return unknown;
}

static DbResult find_subjects(Batch *batch, GHashTable *subjects, const GPtrArray *keys)
{
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(batch->db, QUERY_SUBJECTS_FIND, &params, &rows);
    if (result == DB_OK)
        take_addresses(subjects, rows);
    return result;
}

DbResult batch_meet(Batch *batch, const GPtrArray *keys)
{
    g_auto(Params) params = params_new();
    params_texts(&params, keys);
    params_text(&params, batch->policy->zone);
    return db_run(batch->db, QUERY_SUBJECTS_MEET, &params, NULL);
}

static DbResult resolve_keys(Batch *batch, GHashTable *subjects)
{
    g_autoptr(GPtrArray) unknown = unknown_subjects(batch, subjects);
    if (!unknown->len)
        return DB_OK;
    DbResult result = find_subjects(batch, subjects, unknown);
    g_autoptr(GPtrArray) strangers = unknown_subjects(batch, subjects);
    if (result != DB_OK || !strangers->len)
        return result;
    result = batch_meet(batch, strangers);
    return result == DB_OK ? find_subjects(batch, subjects, strangers) : result;
}

/* Settling names a subject by number; it may have moved to another account since. */
static DbResult resolve_numbers(Batch *batch)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job_settles(job))
            g_array_append_val(ids, job->about.subject_id);
    }
    if (!ids->len)
        return DB_OK;
    g_auto(Params) params = params_new();
    params_numbers(&params, ids);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(batch->db, QUERY_SUBJECTS_ACCOUNT, &params, &rows);
    for (int row = 0; result == DB_OK && row < PQntuples(rows); row++)
        for (guint i = 0; i < batch->jobs->len; i++) {
            Job *job = batch->jobs->pdata[i];
            if (job_settles(job) && job->about.subject_id == result_number(rows, row, 0)) {
                job->subject_id = job->about.subject_id;
                job->account_id = result_number(rows, row, 1);
            }
        }
    return result;
}

static void take_address(Job *job, GHashTable *subjects)
{
    const char *key = job_subject(job);
    const SubjectAddress *address = key ? g_hash_table_lookup(subjects, key) : NULL;
    if (address) {
        job->account_id = address->account_id;
        job->subject_id = address->id;
    }
}

static GHashTable *addresses_remembered(const Batch *batch, Memory *memory)
{
    GHashTable *subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < batch->jobs->len; i++) {
        const char *key = job_subject(batch->jobs->pdata[i]);
        SubjectAddress address;
        if (key && memory_address(memory, key, &address.account_id, &address.id))
            g_hash_table_replace(subjects, g_strdup(key), g_memdup2(&address, sizeof address));
    }
    return subjects;
}

DbResult batch_resolve(Batch *batch, Memory *memory)
{
    g_autoptr(GHashTable) subjects = addresses_remembered(batch, memory);
    DbResult result = batch_take_due(batch);
    if (result == DB_OK)
        result = resolve_keys(batch, subjects);
    if (result == DB_OK)
        result = resolve_numbers(batch);
    for (guint i = 0; result == DB_OK && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        take_address(job, subjects);
        if (job_open(job) && !job->subject_id) {
            job->settled = true;
            batch_lost(batch, job);
            job->result = store_fail(job->error, STORE_NONE, NULL, SAY_NO_SUCH("%s"),
                                     job->kind == JOB_REFUND ? "decision" : job->kind == JOB_RESTORE ? "reset" : "reservation");
        }
    }
    return result;
}
