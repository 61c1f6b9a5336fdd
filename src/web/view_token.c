/* The cookie of those who look at somebody's pages. */
#include "web/view_token.h"

#include <sodium.h>

#include "base/parse.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define MAC_CHARS (sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, VARIANT) - 1)
#define SUBJECT_MAX 255

static char *base64_of(const void *bytes, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, VARIANT);
    char *text = g_malloc(size);
    return sodium_bin2base64(text, size, bytes, len, VARIANT);
}

static char *token_of(const char *secret, const char *reader, const char *said)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    g_autofree char *all = g_strconcat("view ", said, " ", reader, NULL);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *) secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *) all, strlen(all));
    crypto_auth_hmacsha256_final(&state, mac);
    g_autofree char *text = base64_of(mac, sizeof mac);
    return g_strconcat(said, ".", text, NULL);
}

char *view_token_make(const char *secret, const char *reader, const char *subject, Instant until)
{
    g_autofree char *name = base64_of(subject, strlen(subject));
    g_autofree char *said = g_strdup_printf("%" PRId64 ".%s", until / US_PER_S, name);
    return token_of(secret, reader, said);
}

/* The subject of what was found to be ours. */
static char *subject_of(const char *name)
{
    unsigned char bytes[SUBJECT_MAX + 1];
    size_t len = 0;
    if (sodium_base642bin(bytes, SUBJECT_MAX, name, strlen(name), NULL, &len, NULL, VARIANT) != 0)
        return NULL;
    return g_strndup((const char *) bytes, len);
}

char *view_token_read(const char *token, const char *secret, const char *reader, Instant now, Instant *until)
{
    int64_t seconds;
    if (!token || strlen(token) > 512)
        return NULL;
    g_auto(GStrv) parts = g_strsplit(token, ".", 4);
    if (g_strv_length(parts) != 3 || strlen(parts[2]) != MAC_CHARS || !parse_whole(parts[0], 0, INT64_MAX / US_PER_S, &seconds))
        return NULL;
    g_autofree char *said = g_strconcat(parts[0], ".", parts[1], NULL);
    g_autofree char *right = token_of(secret, reader, said);
    *until = seconds * US_PER_S;
    if (strlen(right) != strlen(token) || sodium_memcmp(right, token, strlen(right)) != 0)
        return NULL;
    return now < *until && *until - now <= VIEW_TOKEN_LIVES_US + US_PER_S ? subject_of(parts[1]) : NULL;
}
