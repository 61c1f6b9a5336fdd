/* Signing in. Attempts are counted before anything is looked at, by name and by address, in the database, so that neither many
 * processes nor many connections give more of them; what was counted runs off with time, and a right password takes it back. */
#include "store/account.h"

#include <math.h>

#include "base/parse.h"
#include "store/password.h"
#include "store/session_internal.h"

/* At once; and one more each time so many seconds have passed. */
typedef struct {
    const char *kind;
    int most, every_s;
} Allowance;

static const Allowance by_address = {"address ", 20, 45}, by_name = {"name ", 10, 90};

static StoreResult attempt(Store *store, const Allowance *allowance, const char *whose, bool *allowed, int64_t *wait_s, StoreError *error)
{
    g_autofree char *key = g_strconcat(allowance->kind, whose, NULL);
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, key);
    params_number(&params, allowance->most);
    params_number(&params, allowance->every_s);
    StoreResult result = store_write(store, QUERY_ATTEMPT_ADD, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    *allowed = result_bool(rows, 0, 0);
    *wait_s = MAX((int64_t) ceil((result_real(rows, 0, 1) + 1 - allowance->most) * allowance->every_s), 1);
    return STORE_OK;
}

/* Of the address one, as others may be behind it; of the name all. */
static StoreResult attempts_take_back(Store *store, const char *name, const char *address, StoreError *error)
{
    g_autofree char *of_name = g_strconcat(by_name.kind, name, NULL), *of_address = g_strconcat(by_address.kind, address, NULL);
    g_auto(Params) params = params_new();
    params_text(&params, of_name);
    params_text(&params, of_address);
    return store_write(store, QUERY_ATTEMPTS_TAKE_BACK, &params, NULL, error);
}

static StoreResult hash_find(Store *store, const char *name, char **hash, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, name);
    Db *db = store_reader_take(store);
    DbResult read = db_run(db, QUERY_ACCOUNT_HASH, &params, &rows);
    if (read == DB_LOST)
        read = db_run(db, QUERY_ACCOUNT_HASH, &params, &rows);
    StoreResult result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    *hash = result == STORE_OK && PQntuples(rows) ? g_strdup(result_text(rows, 0, 0)) : NULL;
    return result;
}

static StoreResult count_attempts(Store *store, const char *name, const char *address, bool *allowed, int64_t *wait_s, StoreError *error)
{
    StoreResult result = attempt(store, &by_address, address, allowed, wait_s, error);
    if (result == STORE_OK && *allowed)
        result = attempt(store, &by_name, name, allowed, wait_s, error);
    return result;
}

StoreResult account_sign_in(Store *store, const char *name, const char *password, const char *address, SignIn *outcome, char **token,
                            int64_t *wait_s, StoreError *error)
{
    bool allowed = false;
    g_autofree char *hash = NULL;
    *outcome = SIGN_IN_TOO_MANY;
    StoreResult result = count_attempts(store, name, address, &allowed, wait_s, error);
    if (result != STORE_OK || !allowed)
        return result;
    *outcome = SIGN_IN_WRONG;
    result = hash_find(store, name, &hash, error);
    if (result != STORE_OK || !password_is_right(password, hash))
        return result;
    result = session_begin(store, name, address, token, error);
    if (result == STORE_NONE)
        return STORE_OK; /* taken away a moment ago */
    if (result == STORE_OK)
        result = attempts_take_back(store, name, address, error);
    if (result == STORE_OK)
        *outcome = SIGN_IN_DONE;
    return result;
}
