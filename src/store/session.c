/* Sessions. A token has 256 random bits, so a plain hash keeps it. */
#include "store/session_internal.h"

#include <sodium.h>

#include "say/say.h"
#include "store/admin_internal.h"

#define TOKEN_BYTES 32
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define KNOWN_SHARE 4          /* of all patience: there is a last word about them */
#define UNKNOWN_LESS_US 300000 /* than for the decision that comes after it */

G_STATIC_ASSERT(sodium_base64_ENCODED_LEN(TOKEN_BYTES, VARIANT) == SESSION_TOKEN_CHARS + 1);

void session_clear(Session *session)
{
    g_free(session->account);
    g_free(session->subject);
    *session = (Session){0};
}

bool session_token_looks_like(const char *text)
{
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == SESSION_TOKEN_CHARS &&
           !text[SESSION_TOKEN_CHARS];
}

void session_token_hash(const char *token, char hex[SESSION_HASH_HEX])
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *) token, strlen(token));
    sodium_bin2hex(hex, SESSION_HASH_HEX, hash, sizeof hash);
}

/* Nothing depends on it: who comes again is noted then. */
static void note_use(Store *store, int64_t id)
{
    g_auto(Params) params = params_new();
    params_number(&params, id);
    store_note(store, QUERY_SESSION_SEEN, &params);
}

/* Of the one row that was found. False: it is over. */
static bool session_read(const PGresult *rows, Session *session, SessionTimes *times, bool *wants_note)
{
    Instant now = result_number(rows, 0, 7);
    *times = (SessionTimes){result_number(rows, 0, 4), result_number(rows, 0, 5), result_number(rows, 0, 6)};
    *wants_note = session_wants_note(times, now);
    if (!session_is_alive(times, now) || !role_find(result_text(rows, 0, 3), &session->role))
        return false;
    session->id = result_number(rows, 0, 0);
    session->account = g_strdup(result_text(rows, 0, 1));
    session->subject = g_strdup(result_text(rows, 0, 2));
    session->factor = result_bool(rows, 0, 8);
    return true;
}

static StoreResult session_look_up(Store *store, const char *hash, PGresult **rows, StoreError *error)
{
    Session last = {0};
    g_auto(Params) params = params_new();
    params_text(&params, hash);
    bool met = sessions_recall_last(store, hash, &last);
    session_clear(&last);
    int64_t us = met ? store_patience_us(store) / KNOWN_SHARE : store_patience_us(store) - UNKNOWN_LESS_US;
    return store_read_for(store, us, QUERY_SESSION_FIND, &params, rows, error);
}

StoreResult session_find(Store *store, const char *token, Session *session, StoreError *error)
{
    if (!session_token_looks_like(token))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    char hash[SESSION_HASH_HEX];
    session_token_hash(token, hash);
    if (sessions_recall(store, hash, session))
        return STORE_OK;
    g_autoptr(PGresult) rows = NULL;
    unsigned ended = sessions_ended(store);
    StoreResult result = session_look_up(store, hash, &rows, error);
    if (result != STORE_OK)
        return sessions_recall_last(store, hash, session) ? STORE_OK : result;
    SessionTimes times;
    bool wants_note = false;
    if (PQntuples(rows) != 1 || !session_read(rows, session, &times, &wants_note)) {
        sessions_forget_one(store, hash, true);
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("session"));
    }
    g_strlcpy(session->hash, hash, sizeof session->hash);
    sessions_remember(store, session, &times, ended);
    if (wants_note)
        note_use(store, session->id);
    return STORE_OK;
}

WaitsFor waits_for_read(const char *word)
{
    return !word ? WAITS_FOR_NOTHING : strcmp(word, "code") == 0 ? WAITS_FOR_CODE : WAITS_FOR_ENROLMENT;
}

static StoreResult session_insert(Store *store, const char *hash, const char *account, const char *address, FactorNeed need, char **named,
                                  WaitsFor *waits_for, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    g_autoptr(GPtrArray) subjects = g_ptr_array_new();
    for (char **one = named; one && *one; one++)
        g_ptr_array_add(subjects, *one);
    params_text(&params, hash);
    params_text(&params, account);
    params_text(&params, address);
    params_number(&params, SESSION_MOST_US);
    params_bool(&params, need == FACTOR_REQUIRED);
    params_bool(&params, need == FACTOR_GIVEN);
    params_texts(&params, subjects);
    StoreResult result = store_write(store, QUERY_SESSION_BEGIN, &params, &rows, error);
    if (result == STORE_OK && PQntuples(rows) != 1)
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("account"));
    if (result == STORE_OK)
        *waits_for = waits_for_read(result_text(rows, 0, 0));
    return result;
}

StoreResult session_begin(Store *store, const char *account, const char *address, FactorNeed need, char **named, char **token,
                          WaitsFor *waits_for, StoreError *error)
{
    unsigned char bytes[TOKEN_BYTES];
    char made[SESSION_TOKEN_CHARS + 1], hash[SESSION_HASH_HEX];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(made, sizeof made, bytes, sizeof bytes, VARIANT);
    session_token_hash(made, hash);
    StoreResult result = session_insert(store, hash, account, address, need, named, waits_for, error);
    result = store_made(result, STORE_NOT_MADE, error); /* one whose token nobody has is none */
    if (result == STORE_OK) {
        *token = g_strdup(made);
        store_note(store, QUERY_SESSIONS_FORGET, NULL); /* who comes next may do it as well */
    }
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(made, sizeof made);
    return result;
}

StoreResult session_end(Store *store, const char *token, StoreError *error)
{
    if (!session_token_looks_like(token))
        return STORE_OK;
    char hash[SESSION_HASH_HEX];
    session_token_hash(token, hash);
    g_auto(Params) params = params_new();
    params_text(&params, hash);
    StoreResult result = store_write(store, QUERY_SESSION_END, &params, NULL, error);
    if (result == STORE_OK)
        sessions_forget_one(store, hash, false);
    return result;
}

/* --- the secret of forms --- */

static StoreResult secret_read(Store *store, char **secret, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, "forms");
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_read(store, QUERY_SECRET_FIND, &params, &rows, error);
    if (result == STORE_OK && PQntuples(rows) != 1)
        result = store_fail(error, STORE_DOWN, NULL, SAY_NO_SECRET_OF_FORMS);
    if (result == STORE_OK)
        *secret = g_strdup(result_text(rows, 0, 0));
    return result;
}

StoreResult store_form_secret(Store *store, const char **secret, StoreError *error)
{
    pthread_mutex_lock(&store->sessions_lock);
    *secret = store->form_secret;
    pthread_mutex_unlock(&store->sessions_lock);
    if (*secret)
        return STORE_OK;
    char *read = NULL;
    StoreResult result = secret_read(store, &read, error);
    if (result != STORE_OK)
        return result;
    pthread_mutex_lock(&store->sessions_lock);
    if (!store->form_secret)
        store->form_secret = g_steal_pointer(&read);
    *secret = store->form_secret;
    pthread_mutex_unlock(&store->sessions_lock);
    g_free(read);
    return STORE_OK;
}
