/* The second factor: what is looked at is read first; what a right code changes is one transaction, guarded by the code's step or by the
 * recovery code's row, so that of two who send the same one is let in. */
#include "store/second_factor.h"

#include <sodium.h>

#include "say/say.h"
#include "store/admin_internal.h"
#include "store/session_internal.h"
#include "store/sign_in_internal.h"
#include "store/totp.h"

#define RECOVERY_CHARS 16 /* of 5 random bits each */
#define HASH_HEX (crypto_hash_sha256_BYTES * 2 + 1)

typedef struct {
    bool begun, on;
    unsigned char secret[TOTP_SECRET_BYTES];
    int64_t last_step;
    Instant now, since;
    int codes_left;
    char subject[256]; /* as whom the account is metered */
} Factor;

static void factor_clear(Factor *factor)
{
    sodium_memzero(factor, sizeof *factor);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Factor, factor_clear)

static void factor_of_row(const PGresult *rows, Factor *factor)
{
    size_t length = 0;
    const char *hex = result_text(rows, 0, 0);
    factor->begun = sodium_hex2bin(factor->secret, sizeof factor->secret, hex, strlen(hex), NULL, &length, NULL) == 0 &&
                    length == sizeof factor->secret;
    factor->on = result_bool(rows, 0, 1);
    factor->last_step = result_number(rows, 0, 2);
    factor->now = result_number(rows, 0, 3);
    factor->since = result_null(rows, 0, 4) ? 0 : result_number(rows, 0, 4);
    factor->codes_left = (int) result_number(rows, 0, 5);
    g_strlcpy(factor->subject, result_text(rows, 0, 6), sizeof factor->subject);
}

static StoreResult factor_read(Store *store, const char *account, Factor *factor, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, account);
    StoreResult result = store_read(store, QUERY_FACTOR_READ, &params, &rows, error);
    if (result == STORE_OK && PQntuples(rows))
        factor_of_row(rows, factor);
    return result;
}

void factor_state_clear(FactorState *state)
{
    if (state->secret)
        sodium_memzero(state->secret, strlen(state->secret));
    g_free(state->secret);
    *state = (FactorState){0};
}

StoreResult factor_state(Store *store, const char *account, FactorState *state, StoreError *error)
{
    g_auto(Factor) factor = {0};
    StoreResult result = factor_read(store, account, &factor, error);
    *state = (FactorState){.on = factor.on, .since = factor.since, .codes_left = factor.codes_left};
    if (result == STORE_OK && factor.begun && !factor.on)
        state->secret = totp_base32(factor.secret);
    return result;
}

json_t *factor_state_json(const FactorState *state)
{
    g_autofree char *since = state->on ? instant_text(state->since) : NULL;
    return json_pack("{s:b, s:s?, s:i}", "on", state->on, "since", since, "recovery_codes", state->codes_left);
}

StoreResult factor_begin(Store *store, const char *account, StoreError *error)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    char hex[2 * sizeof secret + 1];
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    randombytes_buf(secret, sizeof secret);
    sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    params_text(&params, account);
    params_text(&params, hex);
    StoreResult result = store_write(store, QUERY_FACTOR_BEGIN, &params, &rows, error);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(hex, sizeof hex);
    return result == STORE_OK && !PQntuples(rows)
               ? store_fail(error, STORE_CONFLICT, NULL, SAY_FACTOR_THERE, account)
               : result;
}

/* The entry of a transaction. Takes over `details`. */
static StoreResult note(Store *store, const char *account, const Factor *factor, const char *action, json_t *details, StoreError *error)
{
    g_autofree char *actor = g_strconcat("account:", account, NULL);
    json_object_set_new(details, "account", json_string(account));
    return admin_audit(store, actor, action, factor->subject, NULL, details, error);
}

/* --- codes, and recovery codes --- */

static void recovery_hash(const char *account, const char *plain, char hex[HASH_HEX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    g_autofree char *said = g_strconcat(account, "\n", plain, NULL);
    crypto_hash_sha256(hash, (const unsigned char *) said, strlen(said));
    sodium_bin2hex(hex, HASH_HEX, hash, sizeof hash);
}

/* "abcd-efgh-2345-wxyz" */
static char *recovery_code(void)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    GString *code = g_string_new(NULL);
    for (int i = 0; i < RECOVERY_CHARS; i++) {
        if (i && i % 4 == 0)
            g_string_append_c(code, '-');
        g_string_append_c(code, letters[randombytes_uniform(32)]);
    }
    return g_string_free(code, FALSE);
}

static StoreResult recovery_make(Store *store, const char *account, GPtrArray *codes, StoreError *error)
{
    g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func(g_free);
    g_auto(Params) params = params_new();
    for (int i = 0; i < RECOVERY_CODES; i++) {
        char *hex = g_malloc(HASH_HEX), *code = recovery_code();
        g_autofree char *plain = totp_typed(code);
        recovery_hash(account, plain, hex);
        g_ptr_array_add(codes, code);
        g_ptr_array_add(hashes, hex);
    }
    params_text(&params, account);
    params_texts(&params, hashes);
    return admin_run(store, QUERY_RECOVERY_MAKE, &params, NULL, error);
}

static StoreResult recovery_take(Store *store, const char *account, const Factor *factor, const char *plain, bool *taken, StoreError *error)
{
    char hex[HASH_HEX];
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    recovery_hash(account, plain, hex);
    params_text(&params, account);
    params_text(&params, hex);
    StoreResult result = admin_run(store, QUERY_RECOVERY_TAKE, &params, &rows, error);
    *taken = result == STORE_OK && PQntuples(rows);
    return *taken ? note(store, account, factor, "factor.recovery", json_pack("{s:i}", "left", factor->codes_left - 1), error) : result;
}

/* Of a transaction: takes what was typed, once; not *taken: it is none, or was taken before. What it confirms counts then. */
static StoreResult code_take(Store *store, const char *account, const Factor *factor, const char *typed, bool *taken, StoreError *error)
{
    int64_t step;
    g_autofree char *plain = totp_typed(typed);
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    *taken = false;
    if (factor->on && strlen(plain) == RECOVERY_CHARS)
        return recovery_take(store, account, factor, plain, taken, error);
    if (!factor->begun || !totp_find(factor->secret, plain, factor->now, factor->last_step, &step))
        return STORE_OK;
    params_text(&params, account);
    params_number(&params, step);
    params_bool(&params, !factor->on);
    StoreResult result = admin_run(store, QUERY_FACTOR_TAKE, &params, &rows, error);
    *taken = result == STORE_OK && PQntuples(rows);
    return result;
}

/* --- on and off --- */

/* Of a transaction: its other sessions end. */
static StoreResult others_end(Store *store, const char *account, const char *session, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, account);
    params_text(&params, NULL);
    params_text(&params, session);
    return admin_run(store, QUERY_SESSIONS_END_SOME, &params, NULL, error);
}

/* Of a transaction, once a code was taken: recovery codes, the end of sessions in which none was asked for, the entry. */
static StoreResult turn_on(Store *store, const char *account, const Factor *factor, const char *session, GPtrArray **codes, StoreError *error)
{
    *codes = g_ptr_array_new_with_free_func(g_free);
    StoreResult result = recovery_make(store, account, *codes, error);
    if (result == STORE_OK)
        result = others_end(store, account, session, error);
    return result == STORE_OK ? note(store, account, factor, "factor.on", json_object(), error) : result;
}

static StoreResult remove_row(Store *store, const char *account, bool any, bool *gone, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, account);
    params_bool(&params, any);
    StoreResult result = admin_run(store, QUERY_FACTOR_REMOVE, &params, &rows, error);
    *gone = result == STORE_OK && PQntuples(rows);
    return result;
}

static StoreResult turn_off(Store *store, const char *account, const Factor *factor, StoreError *error)
{
    bool gone;
    StoreResult result = remove_row(store, account, false, &gone, error);
    if (result == STORE_OK && !gone)
        result = store_fail(error, STORE_CONFLICT, NULL, SAY_SAME_CHANGED);
    return result == STORE_OK ? note(store, account, factor, "factor.off", json_object(), error) : result;
}

/* Counts a try, and looks whether the password is right. *outcome is SIGN_IN_DONE where it is. */
static StoreResult prove(Store *store, const FactorProof *proof, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    bool allowed = false, right = false;
    *outcome = SIGN_IN_TOO_MANY;
    StoreResult result = attempt_count(store, ATTEMPT_CODE, proof->account, proof->address, &allowed, wait_s, error);
    if (result != STORE_OK || !allowed)
        return result;
    result = account_password_is(store, proof->account, proof->password, &right, error);
    *outcome = right ? SIGN_IN_DONE : SIGN_IN_WRONG;
    return result;
}

/* The whole of both: `codes` NULL to turn it off. */
static StoreResult turn(Store *store, const FactorProof *proof, GPtrArray **codes, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    bool taken = false;
    g_auto(Factor) factor = {0};
    StoreResult result = prove(store, proof, outcome, wait_s, error);
    if (result != STORE_OK || *outcome != SIGN_IN_DONE)
        return result;
    *outcome = SIGN_IN_WRONG;
    result = factor_read(store, proof->account, &factor, error);
    if (result != STORE_OK)
        return result;
    if (!factor.begun || factor.on == (codes != NULL))
        return store_fail(error, STORE_CONFLICT, NULL, codes ? SAY_FACTOR_NOT_BEGUN : SAY_FACTOR_NONE);
    result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = code_take(store, proof->account, &factor, proof->code, &taken, error);
    if (taken && result == STORE_OK)
        result = codes ? turn_on(store, proof->account, &factor, proof->session, codes, error)
                       : turn_off(store, proof->account, &factor, error);
    result = admin_end(store, result, error);
    if (result != STORE_OK || !taken)
        return result;
    sessions_forget(store);
    *outcome = SIGN_IN_DONE;
    attempts_take_back(store, ATTEMPT_CODE, proof->account, proof->address, 1);
    return STORE_OK;
}

StoreResult factor_confirm(Store *store, const FactorProof *proof, SignIn *outcome, GPtrArray **codes, int64_t *wait_s, StoreError *error)
{
    *codes = NULL;
    StoreResult result = turn(store, proof, codes, outcome, wait_s, error);
    if (result != STORE_OK)
        g_clear_pointer(codes, g_ptr_array_unref);
    return result;
}

StoreResult factor_off(Store *store, const FactorProof *proof, SignIn *outcome, int64_t *wait_s, StoreError *error)
{
    return turn(store, proof, NULL, outcome, wait_s, error);
}

static StoreResult reset(Store *store, const char *account, const char *subject, const char *reason, const char *actor, StoreError *error)
{
    bool gone;
    g_auto(Params) whose = params_new();
    params_text(&whose, account);
    StoreResult result = remove_row(store, account, true, &gone, error);
    if (result == STORE_OK && !gone)
        return store_fail(error, STORE_CONFLICT, "account", SAY_FACTOR_NONE_OF, account);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_SESSIONS_END_ACCOUNT, &whose, NULL, error);
    return result == STORE_OK ? admin_audit(store, actor, "factor.reset", subject, NULL,
                                            json_pack("{s:s, s:s}", "account", account, "reason", reason), error)
                              : result;
}

StoreResult factor_reset(Store *store, const char *account, const char *reason, const char *actor, StoreError *error)
{
    json_t *there = NULL;
    StoreResult result = account_get(store, account, &there, error);
    g_autofree char *subject = g_strdup(json_string_value(json_object_get(there, "subject")));
    json_decref(there);
    if (result == STORE_OK)
        result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = admin_end(store, reset(store, account, subject, reason, actor, error), error);
    if (result == STORE_OK)
        sessions_forget(store);
    return result;
}

/* --- the second half of signing in --- */

static StoreResult no_half(StoreError *error)
{
    return store_fail(error, STORE_NONE, NULL, SAY_SIGN_IN_LATE);
}

StoreResult sign_in_half(Store *store, const char *token, char **account, WaitsFor *waits_for, StoreError *error)
{
    char hash[SESSION_HASH_HEX];
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    if (!session_token_looks_like(token))
        return no_half(error);
    session_token_hash(token, hash);
    params_text(&params, hash);
    StoreResult result = store_read(store, QUERY_SESSION_HALF, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return no_half(error);
    if (result == STORE_OK) {
        *account = g_strdup(result_text(rows, 0, 0));
        *waits_for = waits_for_read(result_text(rows, 0, 1));
    }
    return result;
}

/* Of a transaction. */
static StoreResult half_end(Store *store, const char *token, StoreError *error)
{
    char hash[SESSION_HASH_HEX];
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    session_token_hash(token, hash);
    params_text(&params, hash);
    StoreResult result = admin_run(store, QUERY_SESSION_HALF_END, &params, &rows, error);
    return result == STORE_OK && !PQntuples(rows) ? no_half(error) : result;
}

/* The transaction of a right code. */
static StoreResult take(Store *store, const char *token, const char *account, const char *code, GPtrArray **codes, bool *taken,
                        StoreError *error)
{
    g_auto(Factor) factor = {0};
    StoreResult result = factor_read(store, account, &factor, error);
    if (result != STORE_OK)
        return result;
    if (factor.on == (codes != NULL)) /* set up by somebody else meanwhile, or taken away */
        return no_half(error);
    result = admin_begin(store, error);
    if (result != STORE_OK)
        return result;
    result = code_take(store, account, &factor, code, taken, error);
    if (result == STORE_OK && *taken)
        result = half_end(store, token, error);
    if (result == STORE_OK && *taken && codes)
        result = turn_on(store, account, &factor, "", codes, error);
    return admin_end(store, result, error);
}

StoreResult sign_in_code(Store *store, const char *token, const char *code, const char *address, SignIn *outcome, char **made,
                         GPtrArray **codes, int64_t *wait_s, StoreError *error)
{
    bool allowed = false, taken = false;
    g_autofree char *account = NULL;
    WaitsFor waits_for = WAITS_FOR_CODE;
    *codes = NULL;
    *outcome = SIGN_IN_TOO_MANY;
    StoreResult result = sign_in_half(store, token, &account, &waits_for, error);
    if (result == STORE_OK)
        result = attempt_count(store, ATTEMPT_CODE, account, address, &allowed, wait_s, error);
    if (result != STORE_OK || !allowed)
        return result;
    *outcome = SIGN_IN_WRONG;
    result = take(store, token, account, code, waits_for == WAITS_FOR_ENROLMENT ? codes : NULL, &taken, error);
    if (result == STORE_OK && taken)
        result = store_made(session_begin(store, account, address, FACTOR_GIVEN, NULL, made, &waits_for, error), *codes ? STORE_MADE : STORE_NOT_MADE,
                            error); /* codes were set up, though nobody is shown theirs */
    if (result == STORE_OK && taken) {
        attempts_take_back(store, ATTEMPT_CODE, account, address, 2); /* the password, and the code */
        *outcome = SIGN_IN_DONE;
        sessions_forget(store);
    }
    if (result != STORE_OK)
        g_clear_pointer(codes, g_ptr_array_unref);
    return result;
}
