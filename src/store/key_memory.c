/* Keys that were found good, remembered for a second, so that a busy application does not ask the database about
 * itself at every call. A revocation anywhere empties the memory by notice, and the second bounds it in any case;
 * whoever was looking a key up meanwhile does not put it back.
 * While the database cannot be reached, no key can be revoked either: the last word about it holds for an hour, or nobody
 * who comes with a key could be let past a limit that fails open.
 *
 * What is remembered of a secret is its SipHash under a key that only this process has: a tag that tells nothing of it,
 * and that cannot be met by trying, for a fifteenth of what SHA-256 costs at every call. */
#include "store/admin_internal.h"

#include <sodium.h>

#define REMEMBER_US 1000000
#define LAST_WORD_US (3600 * US_PER_S)

typedef struct {
    unsigned char bytes[crypto_shorthash_siphashx24_BYTES];
} Tag;

typedef struct {
    Tag tag;
    unsigned scopes;
    Instant expires_at;
    int64_t seen_us;
} KnownKey;

static pthread_once_t tag_key_made = PTHREAD_ONCE_INIT;
static unsigned char tag_key[crypto_shorthash_siphashx24_KEYBYTES];

static void tag_key_make(void)
{
    randombytes_buf(tag_key, sizeof tag_key);
}

static Tag tag_of(const char *secret)
{
    Tag tag;
    pthread_once(&tag_key_made, tag_key_make);
    crypto_shorthash_siphashx24(tag.bytes, (const unsigned char *)secret, strlen(secret), tag_key);
    return tag;
}

static StoreResult recall(Store *store, int64_t id, const char *secret, unsigned *scopes, int64_t for_us, Instant now)
{
    StoreResult result = STORE_DOWN;
    Tag tag = tag_of(secret);
    pthread_mutex_lock(&store->keys_lock);
    const KnownKey *known = store->keys ? g_hash_table_lookup(store->keys, &id) : NULL;
    if (known && g_get_monotonic_time() - known->seen_us < for_us && now < known->expires_at) {
        result = sodium_memcmp(&known->tag, &tag, sizeof tag) == 0 ? STORE_OK : STORE_NONE;
        *scopes = known->scopes;
    }
    pthread_mutex_unlock(&store->keys_lock);
    return result;
}

StoreResult keys_recall(Store *store, int64_t id, const char *secret, unsigned *scopes)
{
    return recall(store, id, secret, scopes, REMEMBER_US, INSTANT_MIN);
}

StoreResult keys_recall_last(Store *store, int64_t id, const char *secret, unsigned *scopes)
{
    return recall(store, id, secret, scopes, LAST_WORD_US, store_now(store));
}

unsigned keys_ended(Store *store)
{
    pthread_mutex_lock(&store->keys_lock);
    unsigned ended = store->keys_ended;
    pthread_mutex_unlock(&store->keys_lock);
    return ended;
}

void keys_remember(Store *store, int64_t id, const char *secret, unsigned scopes, Instant expires_at, unsigned ended)
{
    KnownKey *known = g_new0(KnownKey, 1);
    known->tag = tag_of(secret);
    known->scopes = scopes;
    known->expires_at = expires_at;
    known->seen_us = g_get_monotonic_time();
    pthread_mutex_lock(&store->keys_lock);
    if (!store->keys)
        store->keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    if (ended == store->keys_ended)
        g_hash_table_replace(store->keys, g_memdup2(&id, sizeof id), known);
    else
        g_free(known);
    pthread_mutex_unlock(&store->keys_lock);
}

void keys_forget_one(Store *store, int64_t id, bool known)
{
    pthread_mutex_lock(&store->keys_lock);
    bool was = store->keys && g_hash_table_remove(store->keys, &id);
    store->keys_ended += was || !known;
    pthread_mutex_unlock(&store->keys_lock);
}

void keys_forget(Store *store)
{
    pthread_mutex_lock(&store->keys_lock);
    store->keys_ended++;
    if (store->keys)
        g_hash_table_remove_all(store->keys);
    pthread_mutex_unlock(&store->keys_lock);
}
