/* The token of forms. */
#include "web/form_token.h"

#include <sodium.h>

#include "base/parse.h"

#define HOUR_US (3600 * US_PER_S)
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define MAC_CHARS (sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, VARIANT) - 1)

static char *token_of(const char *secret, const char *bound, int64_t hours)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char text[MAC_CHARS + 1];
    g_autofree char *said = g_strdup_printf("form %" PRId64 ".%s", hours, bound);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *) secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *) said, strlen(said));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(text, sizeof text, mac, sizeof mac, VARIANT);
    return g_strdup_printf("%" PRId64 ".%s", hours, text);
}

char *form_token_make(const char *secret, const char *bound, Instant now)
{
    return token_of(secret, bound, now / HOUR_US);
}

bool form_token_is_good(const char *token, const char *secret, const char *bound, Instant now)
{
    const char *dot = token ? strchr(token, '.') : NULL;
    int64_t hours, now_hours = now / HOUR_US;
    if (!dot || strlen(token) > FORM_TOKEN_CHARS_MAX)
        return false;
    g_autofree char *number = g_strndup(token, (gsize) (dot - token));
    /* An hour ahead: another process may have heard another clock. */
    if (!parse_whole(number, 0, INT64_MAX / HOUR_US, &hours) || hours > now_hours + 1 || now_hours - hours > FORM_TOKEN_LIVES_H)
        return false;
    g_autofree char *right = token_of(secret, bound, hours);
    return strlen(token) == strlen(right) && sodium_memcmp(token, right, strlen(right)) == 0;
}
