/* Idempotency keys of administrators' changes. The ledger has its own (sql: idempotency).
 *
 * Whoever is about to make a change takes a lock of the key for as long as their transaction lasts, which nobody waits for; looks that there
 * is no row; and writes one last of all. Who came between their look and another's commit fails at the row. */
#include "store/once.h"

#include "say/say.h"
#include "store/admin_internal.h"

static _Thread_local const Once *once_now;

void once_set(const Once *once)
{
    once_now = once;
}

const Once *once_of_thread(void)
{
    return once_now;
}

void once_params_look(Params *params, const Once *once)
{
    params_text(params, once->caller);
    params_text(params, once->key);
}

StoreResult once_busy(StoreError *error)
{
    return store_fail(error, STORE_CONFLICT, "Idempotency-Key", SAY_KEY_RUNNING);
}

StoreResult once_looked(const PGresult *rows, StoreError *error)
{
    bool locked = result_bool(rows, 0, 0), there = result_bool(rows, 0, 1);
    return locked && !there ? STORE_OK : once_busy(error);
}

void once_params_write(Params *params, const Once *once, const char *id, const int64_t *units)
{
    json_t *answer = json_copy(once->answer);
    json_object_set_new(answer, ONCE_MADE, json_pack("{s:s?, s:o}", "id", id, "units", units ? json_integer(*units) : json_null()));
    char *text = json_dumps(answer, JSON_COMPACT);
    once_params_look(params, once);
    params_text(params, once->fingerprint);
    params_number(params, once->status);
    params_text(params, text);
    free(text);
    json_decref(answer);
}

StoreResult once_begin(Store *store, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    once_params_look(&params, store->once);
    StoreResult result = admin_run(store, QUERY_ONCE_LOOK, &params, &rows, error);
    return result == STORE_OK ? once_looked(rows, error) : result;
}

void once_made(Store *store, const char *id)
{
    if (!store->once)
        return;
    g_free(store->once_id);
    store->once_id = g_strdup(id);
}

StoreResult once_end(Store *store, StoreError *error)
{
    g_auto(Params) params = params_new();
    once_params_write(&params, store->once, store->once_id, NULL);
    return admin_run(store, QUERY_ONCE_WRITE, &params, NULL, error);
}

StoreResult once_find(Store *store, const Once *once, int *status, json_t **answer, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    *answer = NULL;
    once_params_look(&params, once);
    StoreResult result = store_write(store, QUERY_ONCE_FIND, &params, &rows, error);
    if (result != STORE_OK || !PQntuples(rows))
        return store_made(result, STORE_NO_CHANGE, error);
    if (strcmp(result_text(rows, 0, 0), once->fingerprint) != 0)
        return store_fail(error, STORE_INVALID, "Idempotency-Key", SAY_KEY_OF_ANOTHER);
    *status = (int) result_number(rows, 0, 1);
    *answer = json_loads(result_text(rows, 0, 2), 0, NULL);
    return *answer ? STORE_OK : store_fail(error, STORE_DOWN, NULL, SAY_NO_MEMORY);
}

StoreResult once_answer(Store *store, const Once *once, int status, const json_t *answer, StoreError *error)
{
    g_auto(Params) params = params_new();
    char *text = json_dumps(answer, JSON_COMPACT);
    once_params_look(&params, once);
    params_number(&params, status);
    params_text(&params, text);
    free(text);
    StoreResult result = store_write(store, QUERY_ONCE_ANSWER, &params, NULL, error);
    store_note(store, QUERY_ONCE_FORGET_OLD, NULL); /* who comes next may do it as well */
    return result;
}
