/* Idempotency keys of administrators' changes. The ledger has its own (sql: idempotency). */
#include "store/once.h"

#include "say/say.h"
#include "store/store_internal.h"

static void whose(Params *params, const Once *once)
{
    params_text(params, once->caller);
    params_text(params, once->key);
}

/* It is there already. */
static StoreResult look(Store *store, const Once *once, int *status, char **answer, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    whose(&params, once);
    StoreResult result = store_write(store, QUERY_ONCE_FIND, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    if (!PQntuples(rows))
        return store_fail(error, STORE_CONFLICT, "Idempotency-Key", SAY_KEY_ENDED);
    if (strcmp(result_text(rows, 0, 0), once->fingerprint) != 0)
        return store_fail(error, STORE_INVALID, "Idempotency-Key", SAY_KEY_OF_ANOTHER);
    if (result_null(rows, 0, 1))
        return store_fail(error, STORE_CONFLICT, "Idempotency-Key", SAY_KEY_UNDER_WAY);
    *status = (int) result_number(rows, 0, 1);
    *answer = g_strdup(result_text(rows, 0, 2));
    return STORE_OK;
}

StoreResult once_claim(Store *store, const Once *once, int *status, char **answer, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    *answer = NULL;
    StoreResult result = store_write(store, QUERY_ONCE_FORGET_OLD, NULL, NULL, error);
    if (result != STORE_OK)
        return result;
    whose(&params, once);
    params_text(&params, once->fingerprint);
    result = store_write(store, QUERY_ONCE_CLAIM, &params, &rows, error);
    return result == STORE_OK && !PQntuples(rows) ? look(store, once, status, answer, error) : result;
}

StoreResult once_answer(Store *store, const Once *once, int status, const char *answer, StoreError *error)
{
    g_auto(Params) params = params_new();
    whose(&params, once);
    params_number(&params, status);
    params_text(&params, answer);
    return store_write(store, QUERY_ONCE_ANSWER, &params, NULL, error);
}

StoreResult once_forget(Store *store, const Once *once, StoreError *error)
{
    g_auto(Params) params = params_new();
    whose(&params, once);
    return store_write(store, QUERY_ONCE_FORGET, &params, NULL, error);
}
