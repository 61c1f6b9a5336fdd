/* Signing in. Attempts are counted before anything is looked at, by name and by address, in the database, so that neither many
 * processes nor many connections give more of them; what was counted runs off with time, and a right password takes it back. */
#include "store/account.h"

#include <math.h>

#include "base/log.h"
#include "base/parse.h"
#include "say/say.h"
#include "store/admin_internal.h"
#include "store/password.h"
#include "store/second_factor.h"
#include "store/session_internal.h"
#include "store/sign_in_internal.h"

/* At once; and one more each time so many seconds have passed. */
typedef struct {
    const char *kind;
    int most, every_s;
} Allowance;

/* A code is one of a million, and three are right at any time: fewer. */
static const Allowance by_address = {"address ", 20, 45}, by_name = {"name ", 10, 90}, by_code = {"code ", 5, 600};

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
        return store_made(result, STORE_NOT_MADE, error); /* that it may be counted is no change to who comes again */
    *allowed = result_bool(rows, 0, 0);
    *wait_s = MAX((int64_t) ceil((result_real(rows, 0, 1) + 1 - allowance->most) * allowance->every_s), 1);
    return STORE_OK;
}

StoreResult attempt_count(Store *store, Attempt what, const char *name, const char *address, bool *allowed, int64_t *wait_s,
                          StoreError *error)
{
    StoreResult result = attempt(store, &by_address, address, allowed, wait_s, error);
    if (result == STORE_OK && *allowed)
        result = attempt(store, what == ATTEMPT_CODE ? &by_code : &by_name, name, allowed, wait_s, error);
    return result;
}

void attempts_take_back(Store *store, Attempt what, const char *name, const char *address, int of_address)
{
    g_auto(StoreError) error = {0};
    g_autofree char *of_name = g_strconcat(by_name.kind, name, NULL), *of_code = g_strconcat(by_code.kind, name, NULL);
    g_autofree char *from = g_strconcat(by_address.kind, address, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_auto(Params) params = params_new();
    g_ptr_array_add(keys, of_name);
    if (what == ATTEMPT_CODE)
        g_ptr_array_add(keys, of_code);
    params_texts(&params, keys);
    params_text(&params, from);
    params_number(&params, of_address);
    if (store_write(store, QUERY_ATTEMPTS_TAKE_BACK, &params, NULL, &error) != STORE_OK)
        log_line(LOG_LEVEL_WARNING, "attempts of %s to sign in stay counted: %s", name, error.detail);
}

StoreResult account_password_is(Store *store, const char *name, const char *password, bool *right, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, name);
    StoreResult result = store_read(store, QUERY_ACCOUNT_HASH, &params, &rows, error);
    *right = false;
    if (result == STORE_OK && !password_look(password, PQntuples(rows) ? result_text(rows, 0, 0) : NULL, right))
        return store_fail(error, STORE_DOWN, "password", SAY_NO_MEMORY);
    return result;
}

StoreResult account_sign_in(Store *store, const SignInAsk *ask, SignIn *outcome, char **token, int64_t *wait_s, StoreError *error)
{
    bool allowed = false, right = false;
    WaitsFor waits_for = WAITS_FOR_NOTHING;
    *outcome = SIGN_IN_TOO_MANY;
    StoreResult result = attempt_count(store, ATTEMPT_PASSWORD, ask->name, ask->address, &allowed, wait_s, error);
    if (result != STORE_OK || !allowed)
        return result;
    *outcome = SIGN_IN_WRONG;
    result = account_password_is(store, ask->name, ask->password, &right, error);
    if (result != STORE_OK || !right)
        return result;
    result = session_begin(store, ask->name, ask->address, ask->totp_required ? FACTOR_REQUIRED : FACTOR_IF_ANY, ask->administrators, token,
                           &waits_for, error);
    if (result == STORE_NONE)
        return STORE_OK; /* taken away a moment ago */
    if (result == STORE_OK && waits_for == WAITS_FOR_ENROLMENT)
        result = store_made(factor_begin(store, ask->name, error), STORE_NOT_MADE, error); /* nobody is signed in */
    else if (result == STORE_OK && waits_for == WAITS_FOR_NOTHING) /* else more is asked for, and counted */
        attempts_take_back(store, ATTEMPT_PASSWORD, ask->name, ask->address, 1);
    if (result == STORE_OK)
        *outcome = waits_for == WAITS_FOR_NOTHING ? SIGN_IN_DONE : SIGN_IN_HALF;
    return result;
}

/* --- changing it --- */

/* Of the transaction: the hash, the other sessions, the audit. */
static StoreResult write_change(Store *store, const char *name, const char *made, const char *hash, StoreError *error)
{
    g_auto(Params) change = params_new(), others = params_new();
    g_autoptr(PGresult) rows = NULL;
    g_autofree char *actor = g_strconcat("account:", name, NULL);
    params_text(&change, name);
    params_text(&change, made);
    params_text(&others, name);
    params_text(&others, NULL);
    params_text(&others, hash);
    StoreResult result = admin_run(store, QUERY_ACCOUNT_PASSWORD, &change, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        result = store_fail(error, STORE_NONE, "account", SAY_NO_ACCOUNT, name);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_SESSIONS_END_SOME, &others, NULL, error);
    return result == STORE_OK ? admin_audit(store, actor, "account.password", result_text(rows, 0, 0), NULL,
                                            json_pack("{s:s}", "account", name), error)
                              : result;
}

static StoreResult keep_change(Store *store, const char *name, const char *wanted, const char *hash, StoreError *error)
{
    g_autofree char *made = password_hash(wanted);
    if (!made)
        return store_fail(error, STORE_DOWN, "password", SAY_NO_MEMORY);
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, write_change(store, name, made, hash, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

StoreResult account_password_change(Store *store, const char *name, const char *password, const char *wanted, const char *address,
                                    const char *hash, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    bool allowed = false, right = false;
    const char *complaint = password_complaint(wanted);
    *outcome = SIGN_IN_TOO_MANY;
    if (complaint)
        return store_fail(error, STORE_INVALID, "wanted", "%s", complaint);
    StoreResult result = attempt_count(store, ATTEMPT_PASSWORD, name, address, &allowed, wait_s, error);
    if (result != STORE_OK || !allowed)
        return result;
    *outcome = SIGN_IN_WRONG;
    result = account_password_is(store, name, password, &right, error);
    if (result != STORE_OK || !right)
        return result;
    result = keep_change(store, name, wanted, hash, error);
    if (result == STORE_OK) {
        attempts_take_back(store, ATTEMPT_PASSWORD, name, address, 1);
        *outcome = SIGN_IN_DONE;
    }
    return result;
}
