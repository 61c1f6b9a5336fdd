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

bool password_is_right(const char *password, const char *hash)
{
    char scrap[crypto_pwhash_STRBYTES];
    char *text = in_one_form(password);
    bool right = false;
    if (!hash || !text) {
        bool made = hash_into("", scrap);
        (void) made; /* for the time that it takes */
    } else {
        pthread_mutex_lock(&at_work);
        right = crypto_pwhash_str_verify(hash, text, strlen(text)) == 0;
        pthread_mutex_unlock(&at_work);
    }
    wipe(text);
    return right;
}
