/* Passwords. What looks the same is the same: texts are compared in one form of Unicode (NFC). */
#include "store/password.h"
#include "say/say.h"

#include <pthread.h>
#include <sodium.h>

#define OPERATIONS crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

static pthread_mutex_t at_work = PTHREAD_MUTEX_INITIALIZER;

const char *password_complaint(const char *password)
{
    if (strlen(password) > PASSWORD_BYTES_MAX)
        return SAY_PASSWORD_LONG;
    if (!g_utf8_validate(password, -1, NULL))
        return SAY_PASSWORD_UTF8;
    return g_utf8_strlen(password, -1) < PASSWORD_CHARS_MIN ? SAY_PASSWORD_SHORT : NULL;
}

/* New string; NULL: it can be nobody's. */
static char *in_one_form(const char *password)
{
    return strlen(password) <= PASSWORD_BYTES_MAX ? g_utf8_normalize(password, -1, G_NORMALIZE_NFC) : NULL;
}

static void wipe(char *text)
{
    if (text)
        sodium_memzero(text, strlen(text));
    g_free(text);
}

static bool hash_into(const char *password, char out[crypto_pwhash_STRBYTES])
{
    pthread_mutex_lock(&at_work);
    bool made = crypto_pwhash_str(out, password, strlen(password), OPERATIONS, MEMORY) == 0;
    pthread_mutex_unlock(&at_work);
    return made;
}

char *password_hash(const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    char *text = in_one_form(password);
    bool made = text && hash_into(text, hash);
    wipe(text);
    return made ? g_strdup(hash) : NULL;
}

/* What a hash was made of and with (crypto_pwhash_STRBYTES: "$argon2id$v=19$m=KiB,t=OPERATIONS,p=1$SALT$HASH"). */
typedef struct {
    unsigned long long operations;
    size_t memory; /* bytes */
    unsigned char salt[crypto_pwhash_SALTBYTES], hash[32];
} Recipe;

static bool decode(unsigned char *bytes, size_t size, const char *text, const char **end)
{
    size_t len;
    return sodium_base642bin(bytes, size, text, strcspn(text, "$"), NULL, &len, end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && len == size;
}

static bool recipe_read(Recipe *recipe, const char *hash)
{
    unsigned kib, operations;
    int begin = 0;
    const char *end;
    if (sscanf(hash, "$argon2id$v=19$m=%u,t=%u,p=1$%n", &kib, &operations, &begin) != 2 || !begin)
        return false;
    recipe->operations = operations;
    recipe->memory = (size_t) kib * 1024;
    return decode(recipe->salt, sizeof recipe->salt, hash + begin, &end) && *end == '$' &&
           decode(recipe->hash, sizeof recipe->hash, end + 1, &end) && !*end;
}

/* crypto_pwhash_str_verify does not tell what is wrong from what it had no memory to try; crypto_pwhash does. */
static bool verify(const char *password, const char *hash, bool *right)
{
    Recipe recipe;
    unsigned char made[sizeof recipe.hash];
    if (!recipe_read(&recipe, hash))
        return true;
    pthread_mutex_lock(&at_work);
    bool tried = crypto_pwhash(made, sizeof made, password, strlen(password), recipe.salt, recipe.operations, recipe.memory,
                               crypto_pwhash_ALG_ARGON2ID13) == 0;
    pthread_mutex_unlock(&at_work);
    *right = tried && sodium_memcmp(made, recipe.hash, sizeof made) == 0;
    sodium_memzero(made, sizeof made);
    return tried;
}

bool password_look(const char *password, const char *hash, bool *right)
{
    char scrap[crypto_pwhash_STRBYTES];
    char *text = in_one_form(password);
    *right = false;
    bool tried = hash && text ? verify(text, hash, right) : hash_into("", scrap); /* for the time that it takes */
    wipe(text);
    return tried;
}
