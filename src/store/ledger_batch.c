/* One try of a batch: resolve who is meant, lock what they have, decide all in C, write all, commit.
 *
 * Locks are taken in one order everywhere: subjects' counters by (account, subject), then shared counters
 * by (account, slot, owner). Rows that are not there yet are made first, in transactions of their own, so that
 * nothing is created while locks are held. Two round trips, three where shared limits apply.
 */
#include "store/ledger_job.h"

#include "base/log.h"
#include "say/say.h"

/* Who moved to another account is found there by the next try, and who is not found after so many is nowhere. */
#define MOVES_MAX 8

SubjectState *batch_state(Batch *batch, int64_t subject_id)
{
    return g_hash_table_lookup(batch->states, &subject_id);
}

bool job_open(const Job *job)
{
    return !job->settled && job->kind != JOB_SWEEP;
}

BatchResult batch_result(DbResult result)
{
    return result == DB_OK ? BATCH_DONE : result == DB_RETRY ? BATCH_AGAIN : result == DB_LOST ? BATCH_LOST : BATCH_REFUSED;
}

/* --- locking and reading --- */

static int address_order(gconstpointer a, gconstpointer b)
{
    const SubjectAddress *x = a, *y = b;
    if (x->account_id != y->account_id)
        return x->account_id < y->account_id ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Parameters: accounts[], subjects[], each subject once, in the order of the keys. */
static void subject_params(const Batch *batch, Params *params)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(SubjectAddress));
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        SubjectAddress address = { job->account_id, job->subject_id };
        if (job_open(job))
            g_array_append_val(all, address);
    }
    g_array_sort(all, address_order);
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < all->len; i++) {
        const SubjectAddress *address = &g_array_index(all, SubjectAddress, i);
        if (i && address_order(address, address - 1) == 0)
            continue;
        g_array_append_val(accounts, address->account_id);
        g_array_append_val(ids, address->id);
    }
    params_numbers(params, accounts);
    params_numbers(params, ids);
}

static void queue_abouts(Batch *batch)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job_settles(job))
            g_array_append_val(keys, job->about);
    }
    if (!keys->len)
        return;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    db_queue(batch->db, QUERY_DECISIONS_READ, &params, &batch->abouts);
}

static void queue_idempotency(Batch *batch)
{
    g_autoptr(GPtrArray) callers = g_ptr_array_new();
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || job->kind != JOB_ASK || !job->ask->idempotency_key)
            continue;
        g_ptr_array_add(callers, (char *)job->ask->caller);
        g_ptr_array_add(keys, (char *)job->ask->idempotency_key);
    }
    if (!keys->len)
        return;
    g_auto(Params) params = params_new();
    params_texts(&params, callers);
    params_texts(&params, keys);
    db_queue(batch->db, QUERY_IDEMPOTENCY_FORGET, &params, NULL);
    db_queue(batch->db, QUERY_IDEMPOTENCY_FIND, &params, &batch->idempotency);
}

typedef struct {
    PGresult *policy, *subjects, *overrides, *grants, *clock;
} Loaded;

static void loaded_clear(Loaded *loaded)
{
    PQclear(loaded->policy);
    PQclear(loaded->subjects);
    PQclear(loaded->overrides);
    PQclear(loaded->grants);
    PQclear(loaded->clock);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loaded, loaded_clear)

static DbResult batch_lock(Batch *batch, Loaded *loaded)
{
    g_auto(Params) params = params_new();
    subject_params(batch, &params);
    db_queue(batch->db, QUERY_BEGIN, NULL, NULL);
    db_queue(batch->db, QUERY_COUNTERS_LOCK, &params, NULL);
    db_queue(batch->db, QUERY_SUBJECTS_LOAD, &params, &loaded->subjects);
    db_queue(batch->db, QUERY_POLICY_VERSION, NULL, &loaded->policy);
    db_queue(batch->db, QUERY_OVERRIDES_OF, &params, &loaded->overrides);
    db_queue(batch->db, QUERY_GRANTS_OF, &params, &loaded->grants);
    queue_abouts(batch);
    queue_idempotency(batch);
    db_queue(batch->db, QUERY_CLOCK, NULL, &loaded->clock);
    return db_sync(batch->db);
}

static void fail_broken(const Batch *batch, Job *job)
{
    job->settled = true;
    batch_put_off(batch, job);
    job_down(job, SAY_COUNTERS_UNREADABLE);
    if (job->error)
        job->error->only_this = true;
}

/* A row that was changed by hand, or is gone, is the misfortune of those who are meant, and of nobody else in the batch. */
static void fail_subject(const Batch *batch, int64_t id)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->subject_id == id)
            fail_broken(batch, job);
    }
}

static bool take_states(Batch *batch, const Loaded *loaded, Memory *memory)
{
    for (int row = 0; row < PQntuples(loaded->subjects); row++) {
        SubjectState *state = subject_state_new(loaded->subjects, row);
        if (!state) {
            fail_subject(batch, result_number(loaded->subjects, row, 1));
            continue;
        }
        subject_state_rows(state, batch->policy, loaded->overrides, loaded->grants);
        subject_state_settle(state, batch->policy, batch->now);
        g_hash_table_insert(batch->states, g_memdup2(&state->id, sizeof state->id), state);
    }
    bool all = true;
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || batch_state(batch, job->subject_id))
            continue;
        if (batch->tries >= MOVES_MAX) {
            fail_broken(batch, job);
            continue;
        }
        if (job_subject(job))
            memory_drop_subject(memory, job_subject(job)); /* it moved to another account */
        all = false;
    }
    return all;
}

/* --- shared counters --- */

static bool shared_missing(const SharedCounter *counter)
{
    return !counter->found && !counter->broken;
}

/* Are all there? Those that are not are made, after letting go of all locks. */
static BatchResult make_missing_shared(Batch *batch)
{
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    bool missing = false;
    for (guint i = 0; i < all->len; i++)
        missing |= shared_missing(all->pdata[i]);
    if (!missing)
        return BATCH_DONE;
    g_auto(Params) params = params_new();
    shared_params(&params, all, shared_missing);
    DbResult result = db_run(batch->db, QUERY_ROLLBACK, NULL, NULL);
    if (result == DB_OK)
        result = db_run(batch->db, QUERY_SHARED_MEET, &params, NULL);
    return result == DB_OK ? BATCH_AGAIN : batch_result(result);
}

static void settle_states(Batch *batch)
{
    GHashTableIter iter;
    gpointer state;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &state))
        subject_state_settle(state, batch->policy, batch->now);
}

static void want_shared_of(Batch *batch, const Job *job)
{
    if (job_settles(job))
        batch_want_trace(batch, job);
    batch_want_tickets(batch, job);
    for (int item = 0; job->kind == JOB_ASK && item < job->ask->item_count; item++)
        shared_set_want_for(batch->shared, batch_state(batch, job->subject_id), job->features[item]);
}

void batch_want_shared(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++)
        if (job_open(batch->jobs->pdata[i]))
            want_shared_of(batch, batch->jobs->pdata[i]);
}

static bool is_broken(const SharedCounter *counter)
{
    return counter && counter->broken;
}

/* Does the job need a shared counter that cannot be read? */
static bool wants_broken(Batch *batch, const Job *job)
{
    SharedSet *all = batch->shared;
    g_autoptr(SharedSet) its = batch->shared = shared_set_new();
    want_shared_of(batch, job);
    batch->shared = all;
    g_autoptr(GPtrArray) wanted = shared_set_sorted(its);
    for (guint i = 0; i < wanted->len; i++) {
        const SharedCounter *one = wanted->pdata[i];
        if (is_broken(shared_set_get(all, one->account_id, one->slot, one->owner)))
            return true;
    }
    return false;
}

static void fail_broken_shared(Batch *batch, const GPtrArray *all)
{
    bool any = false;
    for (guint i = 0; i < all->len; i++)
        any |= is_broken(all->pdata[i]);
    for (guint i = 0; any && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (job_open(job) && wants_broken(batch, job))
            fail_broken(batch, job);
    }
}

static BatchResult batch_lock_shared(Batch *batch)
{
    batch_want_shared(batch);
    g_autoptr(GPtrArray) all = shared_set_sorted(batch->shared);
    if (!all->len)
        return BATCH_DONE;
    g_auto(Params) params = params_new();
    shared_params(&params, all, NULL);
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(PGresult) clock = NULL;
    db_queue(batch->db, QUERY_SHARED_LOCK, &params, &rows);
    db_queue(batch->db, QUERY_CLOCK, NULL, &clock);
    DbResult result = db_sync(batch->db);
    if (result != DB_OK)
        return batch_result(result);
    shared_set_read(batch->shared, rows);
    fail_broken_shared(batch, all);
    batch->now = result_number(clock, 0, 0);
    settle_states(batch);
    return make_missing_shared(batch);
}

/* --- deciding --- */

/* The features of an ask under the policy of this try. */
void batch_find_features(const Batch *batch, Job *job)
{
    for (int i = 0; i < job->ask->item_count; i++) {
        const LedgerItem *item = &job->ask->items[i];
        const Feature *feature = policy_feature_for(batch->policy, item->feature, item->resource);
        if (!feature) {
            job->settled = true;
            job->result = store_fail(job->error, STORE_NONE, "feature", SAY_NO_FEATURE, item->feature);
            return;
        }
        job->features[i] = feature->index;
    }
}

/* Did it come to a ticket, which says itself how it stands? */
static bool came_to_ticket(const Job *job, const DecisionRow *decision)
{
    return job->ask->callback && (strcmp(decision->outcome, "allowed") != 0 || strcmp(decision->kind, "hold") == 0);
}

/* A key that was used before gets its answer again; a key used for something else is refused. */
static BatchResult replay(Batch *batch, Job *job, const PGresult *found, int row)
{
    job->settled = true;
    if (strcmp(result_text(found, row, 2), job->ask->fingerprint) != 0) {
        job->result = store_fail(job->error, STORE_INVALID, "Idempotency-Key", SAY_KEY_OF_ANOTHER);
        return BATCH_DONE;
    }
    DecisionKey key = { result_number(found, row, 3), result_number(found, row, 4), result_number(found, row, 5), result_number(found, row, 6) };
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    g_array_append_val(keys, key);
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(batch->db, QUERY_DECISIONS_READ, &params, &rows);
    if (result != DB_OK)
        return batch_result(result);
    g_autoptr(DecisionRow) decision = decision_row_find(rows, &key);
    if (!decision)
        return BATCH_REFUSED;
    if (came_to_ticket(job, decision)) {
        job->settled = false;
        job->keyed = true;
        return BATCH_DONE;
    }
    job->answer = decision_row_answer(decision, batch->policy);
    job->result = STORE_OK;
    batch->charged = true; /* what is told again must be as safe as what is new: a standby may not have it yet */
    pthread_mutex_lock(&batch->store->metrics_lock);
    batch->store->metrics.idempotent_replays++;
    pthread_mutex_unlock(&batch->store->metrics_lock);
    return BATCH_DONE;
}

static BatchResult replay_keys(Batch *batch)
{
    for (guint i = 0; batch->idempotency && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job) || job->kind != JOB_ASK || !job->ask->idempotency_key)
            continue;
        job->keyed = false;
        for (int row = 0; row < PQntuples(batch->idempotency); row++)
            if (strcmp(result_text(batch->idempotency, row, 0), job->ask->caller) == 0 &&
                strcmp(result_text(batch->idempotency, row, 1), job->ask->idempotency_key) == 0) {
                BatchResult result = replay(batch, job, batch->idempotency, row);
                if (result != BATCH_DONE)
                    return result;
                break;
            }
    }
    return BATCH_DONE;
}

/* A try that was cut off at its commit may have come through: its record says so. */
static BatchResult find_own_records(Batch *batch)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->key.at)
            g_array_append_val(keys, job->key);
    }
    if (!keys->len)
        return BATCH_DONE;
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(batch->db, QUERY_DECISIONS_READ, &params, &rows);
    for (guint i = 0; result == DB_OK && i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        g_autoptr(DecisionRow) row = job_open(job) && job->key.at ? decision_row_find(rows, &job->key) : NULL;
        if (!row)
            continue;
        /* A place in line is found with its ticket, not with the record. */
        if (strcmp(row->outcome, "queued") == 0 || (job->kind == JOB_ASK && job->ask->admission))
            continue;
        job->settled = true;
        job->result = STORE_OK;
        batch->charged = true; /* it may be here only, and not at a standby that commits wait for */
        if (job->kind == JOB_ASK)
            job->answer = decision_row_answer(row, batch->policy);
        else if (job->done)
            *job->done = (LedgerDone){ .id = public_id_decision(&job->key), .subject = g_strdup(row->subject),
                                       .feature = g_strdup(row->feature), .units = row->units, .at = row->key.at };
    }
    return batch_result(result);
}

void batch_undecide(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job))
            continue;
        job->record = NULL;
        g_clear_pointer(&job->answer, answer_unref);
    }
    GPtrArray *made[] = { batch->records, batch->alerts, batch->holds, batch->keys };
    for (size_t i = 0; i < G_N_ELEMENTS(made); i++)
        g_ptr_array_set_size(made[i], 0);
}

void batch_decide(Batch *batch)
{
    batch->decided = true;
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (!job_open(job))
            continue;
        job->result = STORE_OK;
        if (job->kind == JOB_ASK)
            batch_ask(batch, job);
        else if (job->kind == JOB_RESET)
            batch_reset(batch, job);
        else if (job->kind == JOB_LEAVE)
            batch_leave(batch, job);
        else
            batch_settle(batch, job);
    }
}

static bool policy_is_current(const Batch *batch, const Loaded *loaded)
{
    return PQntuples(loaded->policy) == 1 &&
           (result_number(loaded->policy, 0, 0) == batch->policy->version ||
            store_policy_refused(batch->store, result_number(loaded->policy, 0, 0)));
}

static BatchResult batch_load(Batch *batch, Memory *memory)
{
    g_auto(Loaded) loaded = { 0 };
    DbResult result = batch_lock(batch, &loaded);
    if (result != DB_OK)
        return batch_result(result);
    batch->now = result_number(loaded.clock, 0, 0);
    store_clock_heard(batch->store, batch->now);
    if (!policy_is_current(batch, &loaded)) {
        store_policy_look_again(batch->store);
        return BATCH_AGAIN;
    }
    return take_states(batch, &loaded, memory) ? BATCH_DONE : BATCH_AGAIN;
}

static bool anything_open(const Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++)
        if (job_open(batch->jobs->pdata[i]))
            return true;
    return false;
}

/* Nobody may write by what was read before this: a try that was cut off may still be on its way, and must fail. */
static void overtake_lost(Batch *batch)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->key.at)
            batch_state(batch, job->subject_id)->changed = true;
    }
}

void batch_remember(const Batch *batch, Memory *memory)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SubjectState *state = value;
        state->version += state->changed;
        state->epoch += state->changed && state->touched;
        memory_keep_subject(memory, state);
    }
    g_hash_table_iter_init(&iter, batch->shared->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SharedCounter *counter = value;
        counter->version += counter->changed;
        if (counter->found)
            memory_keep_shared(memory, counter);
    }
}

void batch_forget(const Batch *batch, Memory *memory)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, batch->states);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        memory_drop_subject(memory, ((SubjectState *)value)->key);
    g_hash_table_iter_init(&iter, batch->shared->by_key);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        memory_drop_shared(memory, value);
}

BatchResult batch_run(Batch *batch, Memory *memory)
{
    for (guint i = 0; i < batch->jobs->len; i++) {
        Job *job = batch->jobs->pdata[i];
        if (job_open(job) && job->kind == JOB_ASK)
            batch_find_features(batch, job);
    }
    DbResult resolved = batch_resolve(batch, memory);
    if (resolved != DB_OK)
        return batch_result(resolved);
    if (!anything_open(batch))
        return batch_end_lost(batch);
    BatchResult result = batch_load(batch, memory);
    if (result == BATCH_DONE)
        result = find_own_records(batch);
    if (result == BATCH_DONE)
        result = replay_keys(batch);
    if (result == BATCH_DONE)
        result = batch_take_once(batch);
    if (result == BATCH_DONE)
        result = batch_look_at_resets(batch);
    if (result == BATCH_DONE)
        result = batch_read_tickets(batch);
    if (result == BATCH_DONE)
        result = batch_lock_shared(batch);
    if (result != BATCH_DONE)
        return result;
    overtake_lost(batch);
    batch_decide(batch);
    result = make_missing_shared(batch);
    if (result != BATCH_DONE)
        return result;
    /* The locks must still be held: nothing may be written on a connection that was made anew meanwhile. */
    if (!batch->db->connection || PQtransactionStatus(batch->db->connection) != PQTRANS_INTRANS)
        return BATCH_LOST;
    batch_queue_writes(batch);
    db_queue(batch->db, QUERY_COMMIT, NULL, NULL);
    return batch_result(db_sync(batch->db));
}

/* --- letting go --- */

static void free_params(gpointer data)
{
    params_clear(data);
    g_free(data);
}

static void free_alert(gpointer data)
{
    AlertRow *row = data;
    g_free(row->owner);
    g_free(row->feature);
    g_free(row->limit_key);
    g_free(row);
}

void batch_init(Batch *batch, Store *store, Db *db, Policy *policy, GPtrArray *jobs)
{
    *batch = (Batch){ .store = store, .db = db, .policy = policy_ref(policy) };
    batch->jobs = g_ptr_array_new();
    for (guint i = 0; i < jobs->len; i++)
        g_ptr_array_add(batch->jobs, jobs->pdata[i]);
    batch->own_jobs = g_ptr_array_new_with_free_func(g_free);
    batch->states = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)subject_state_free);
    batch->shared = shared_set_new();
    batch->settlements = g_ptr_array_new_with_free_func(free_params);
    batch->give_backs = g_ptr_array_new_with_free_func(free_params);
    batch->lost = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    batch->put_off = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    batch->audits = g_ptr_array_new_with_free_func(free_params);
    batch->bulk_mades = g_ptr_array_new_with_free_func(free_params);
    batch->bulk_failures = g_ptr_array_new_with_free_func(free_params);
    batch->records = g_ptr_array_new_with_free_func((GDestroyNotify)record_free);
    batch->alerts = g_ptr_array_new_with_free_func(free_alert);
    batch->holds = g_ptr_array_new();
    batch->keys = g_ptr_array_new();
    batch->joins = g_ptr_array_new_with_free_func(batch_join_free);
    batch->ticket_changes = g_ptr_array_new_with_free_func(batch_ticket_change_free);
}

void batch_clear(Batch *batch)
{
    policy_unref(batch->policy);
    PQclear(batch->abouts);
    PQclear(batch->idempotency);
    batch_tickets_clear(batch);
    g_array_unref(batch->lost);
    g_array_unref(batch->put_off);
    g_hash_table_unref(batch->states);
    shared_set_free(batch->shared);
    GPtrArray *lists[] = { batch->jobs, batch->own_jobs, batch->settlements, batch->give_backs, batch->audits, batch->bulk_mades,
                           batch->bulk_failures, batch->records, batch->alerts, batch->holds, batch->keys };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(lists[i]);
}
