/* Codes that change with time, by liboath. */
#include "store/totp.h"

#include <oath.h>
#include <pthread.h>
#include <sodium.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void)
{
    if (oath_init() != OATH_OK)
        g_error("liboath cannot be used");
}

bool totp_code(const unsigned char *secret, size_t length, int64_t step, unsigned digits, char out[9])
{
    pthread_once(&once, begin);
    return step >= 0 && digits <= 8 &&
           oath_hotp_generate((const char *) secret, length, (uint64_t) step, digits, false, OATH_HOTP_DYNAMIC_TRUNCATION, out) == OATH_OK;
}

bool totp_find(const unsigned char secret[TOTP_SECRET_BYTES], const char *code, Instant now, int64_t after, int64_t *step)
{
    int64_t current = now / US_PER_S / TOTP_STEP_S;
    char right[9];
    bool found = false;
    if (strlen(code) != TOTP_DIGITS)
        return false;
    for (int64_t at = current - 1; at <= current + 1; at++)
        if (totp_code(secret, TOTP_SECRET_BYTES, at, TOTP_DIGITS, right) && sodium_memcmp(right, code, TOTP_DIGITS) == 0 && at > after) {
            *step = at;
            found = true;
        }
    sodium_memzero(right, sizeof right);
    return found;
}

char *totp_typed(const char *typed)
{
    GString *plain = g_string_new(NULL);
    for (; *typed; typed++)
        if (*typed != ' ' && *typed != '-')
            g_string_append_c(plain, g_ascii_tolower(*typed));
    return g_string_free(plain, FALSE);
}

char *totp_base32(const unsigned char secret[TOTP_SECRET_BYTES])
{
    char *made = NULL;
    pthread_once(&once, begin);
    if (oath_base32_encode((const char *) secret, TOTP_SECRET_BYTES, &made, NULL) != OATH_OK)
        g_error("not enough memory");
    char *text = g_strdup(made);
    sodium_memzero(made, strlen(made));
    free(made);
    return text;
}
