/* API keys: "wq_ID_SECRET". The secret has 256 random bits, so a plain hash keeps it; only the hash is stored. */
#include "store/admin_internal.h"
#include "say/say.h"

#include <sodium.h>

#define SECRET_BYTES 32
#define SECRET_TEXT sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
#define ID_TEXT 24 /* digits of any id, and a NUL */
#define KNOWN_SHARE 4 /* of all patience */
#define UNKNOWN_LESS_US 300000 /* than for the decision that comes after it */
#define HASH_HEX (crypto_hash_sha256_BYTES * 2 + 1)

static void secret_hash(const char *secret, char *hex)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
    sodium_bin2hex(hex, HASH_HEX, hash, sizeof hash);
}

static StoreResult insert_key(Store *store, const char *name, const char *hash, unsigned scopes, Instant expires_at,
                              const char *reason, const char *actor, char **id, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, name);
    params_text(&params, hash);
    params_number(&params, scopes);
    params_instant(&params, expires_at);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_KEY_CREATE, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        result = store_fail(error, STORE_INVALID, "expires_at", SAY_FUTURE("expires_at"));
    if (result != STORE_OK)
        return result;
    *id = g_strdup(result_text(rows, 0, 0));
    g_autofree char *expires = instant_text(expires_at);
    return admin_audit(store, actor, "key.create", NULL, NULL,
                       json_pack("{s:s, s:s, s:i, s:s*, s:s*}", "id", *id, "name", name, "scopes", (int)scopes, "expires_at", expires,
                                 "reason", reason), error);
}

StoreResult admin_key_create(Store *store, const char *name, unsigned scopes, Instant expires_at, const char *reason, const char *actor,
                             json_t **json, StoreError *error)
{
    unsigned char bytes[SECRET_BYTES];
    char secret[SECRET_TEXT], hash[HASH_HEX];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(secret, sizeof secret, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    secret_hash(secret, hash);
    g_autofree char *id = NULL;
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, insert_key(store, name, hash, scopes, expires_at, reason, actor, &id, error), error);
    if (result == STORE_OK)
        result = store_made(admin_one(store, QUERY_KEYS_LIST, id, "key", json, error), STORE_MADE, error);
    if (result == STORE_OK) {
        g_autofree char *key = g_strdup_printf("wq_%s_%s", id, secret);
        json_object_set_new(*json, "key", json_string(key));
    }
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(secret, sizeof secret);
    return result;
}

StoreResult admin_key_list(Store *store, const char *before, int64_t most, json_t **list, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, NULL);
    params_text(&params, before);
    params_number(&params, most);
    return admin_rows(store, QUERY_KEYS_LIST, &params, list, error);
}

StoreResult admin_key_get(Store *store, const char *id, json_t **json, StoreError *error)
{
    return admin_one(store, QUERY_KEYS_LIST, id, "key", json, error);
}

static StoreResult revoke_key(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, id);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_KEY_REVOKE, &params, &rows, error);
    if (result == STORE_OK && !PQntuples(rows))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH_OR_REVOKED);
    return result == STORE_OK ? admin_audit(store, actor, "key.revoke", NULL, NULL,
                                            json_pack("{s:s, s:s, s:s*}", "id", id, "name", result_text(rows, 0, 1), "reason", reason),
                                            error)
                              : result;
}

StoreResult admin_key_revoke(Store *store, const char *id, const char *reason, const char *actor, StoreError *error)
{
    int64_t number;
    if (!admin_id(id, &number))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH_OR_REVOKED);
    StoreResult result = admin_begin(store, error);
    if (result == STORE_OK)
        result = admin_end(store, revoke_key(store, id, reason, actor, error), error);
    if (result == STORE_OK)
        keys_forget_one(store, number, false); /* others hear of it; this process need not wait for that */
    return result;
}

/* "wq_12_SECRET" into 12 and SECRET. */
static bool key_split(const char *key, int64_t *id, const char **secret)
{
    if (!g_str_has_prefix(key, "wq_") || strlen(key) > 128)
        return false;
    const char *mark = strchr(key + 3, '_');
    char number[ID_TEXT];
    if (!mark || (size_t)(mark - key - 3) >= sizeof number)
        return false;
    g_strlcpy(number, key + 3, (gsize)(mark - key - 3) + 1);
    *secret = mark + 1;
    return admin_id(number, id);
}

StoreResult admin_key_check(Store *store, const char *key, int64_t *id, unsigned *scopes, StoreError *error)
{
    const char *secret = NULL;
    if (!key_split(key, id, &secret))
        return store_fail(error, STORE_NONE, NULL, SAY_KEY_INVALID);
    StoreResult known = keys_recall(store, *id, secret, scopes);
    if (known != STORE_DOWN)
        return known == STORE_OK ? STORE_OK : store_fail(error, STORE_NONE, NULL, SAY_KEY_INVALID);
    g_auto(Params) params = params_new();
    params_number(&params, *id);
    g_autoptr(PGresult) rows = NULL;
    unsigned ended = keys_ended(store);
    /* Who was known before need not wait for long: there is a last word about them, and the call has more to wait for. */
    bool met = keys_recall_last(store, *id, secret, scopes) == STORE_OK;
    int64_t us = met ? store_patience_us(store) / KNOWN_SHARE : store_patience_us(store) - UNKNOWN_LESS_US;
    StoreResult outcome = store_read_for(store, us, QUERY_KEY_FIND, &params, &rows, error);
    if (outcome != STORE_OK)
        return keys_recall_last(store, *id, secret, scopes) == STORE_OK ? STORE_OK : outcome;
    char hash[HASH_HEX];
    secret_hash(secret, hash);
    bool good = PQntuples(rows) == 1 && strlen(result_text(rows, 0, 0)) == HASH_HEX - 1 &&
                sodium_memcmp(result_text(rows, 0, 0), hash, HASH_HEX - 1) == 0;
    if (!PQntuples(rows))
        keys_forget_one(store, *id, true);
    if (!good)
        return store_fail(error, STORE_NONE, NULL, SAY_KEY_INVALID);
    *scopes = (unsigned)result_number(rows, 0, 1);
    keys_remember(store, *id, secret, *scopes, result_number(rows, 0, 2), ended);
    store_note(store, QUERY_KEY_USED, &params); /* at most once a minute */
    return STORE_OK;
}
