/* Passwords. What looks the same is the same: texts are compared in one form of Unicode (NFC). */
#include "store/password.h"
#include "say/say.h"

#include <pthread.h>
#include <sodium.h>
#include <sys/mman.h>

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

static bool there_is_room(void)
{
    // cppcheck-suppress invalidFunctionArg
    void *room = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return room != MAP_FAILED && munmap(room, MEMORY) == 0;
}

/* libsodium does not tell what is wrong from what it had no memory to try. */
static bool verify(const char *password, const char *hash, bool *right)
{
    pthread_mutex_lock(&at_work);
    *right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
    bool tried = *right || there_is_room();
    pthread_mutex_unlock(&at_work);
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
