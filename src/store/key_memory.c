/* Keys that were found good, remembered for a second, so that a busy application does not ask the database about
 * itself at every call. A revocation anywhere empties the memory by notice, and the second bounds it in any case. */
#include "store/admin_internal.h"

#include <sodium.h>

#define REMEMBER_US 1000000

typedef struct {
    char hash[crypto_hash_sha256_BYTES * 2 + 1];
    unsigned scopes;
    int64_t until_us;
} KnownKey;

StoreResult keys_recall(Store *store, int64_t id, const char *hash, unsigned *scopes)
{
    StoreResult result = STORE_DOWN;
    pthread_mutex_lock(&store->keys_lock);
    const KnownKey *known = store->keys ? g_hash_table_lookup(store->keys, &id) : NULL;
    if (known && g_get_monotonic_time() < known->until_us) {
        result = sodium_memcmp(known->hash, hash, sizeof known->hash) == 0 ? STORE_OK : STORE_NONE;
        *scopes = known->scopes;
    }
    pthread_mutex_unlock(&store->keys_lock);
    return result;
}

void keys_remember(Store *store, int64_t id, const char *hash, unsigned scopes)
{
    KnownKey *known = g_new0(KnownKey, 1);
    memcpy(known->hash, hash, sizeof known->hash);
    known->scopes = scopes;
    known->until_us = g_get_monotonic_time() + REMEMBER_US;
    pthread_mutex_lock(&store->keys_lock);
    if (!store->keys)
        store->keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    g_hash_table_replace(store->keys, g_memdup2(&id, sizeof id), known);
    pthread_mutex_unlock(&store->keys_lock);
}

void keys_forget(Store *store)
{
    pthread_mutex_lock(&store->keys_lock);
    if (store->keys)
        g_hash_table_remove_all(store->keys);
    pthread_mutex_unlock(&store->keys_lock);
}
