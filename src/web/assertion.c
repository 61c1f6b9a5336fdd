/* The MAC is checked before anything of the payload is read. */
#include "web/assertion.h"

#include <jansson.h>
#include <sodium.h>

#include "base/parse.h"

#define PREFIX "v1."
#define MAC_BYTES 32
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

bool assertion_looks_like(const char *text)
{
    return g_str_has_prefix(text, PREFIX);
}

static void mac_of(const char *text, size_t len, const char *secret, unsigned char mac[MAC_BYTES])
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) secret, strlen(secret));
    gsize size = MAC_BYTES;
    g_hmac_update(hmac, (const guchar *) text, (gssize) len);
    g_hmac_get_digest(hmac, mac, &size);
}

/* Is the part after the last dot the MAC of what stands before it? */
static bool mac_is_right(const char *text, const char *dot, const char *secret)
{
    unsigned char said[MAC_BYTES], right[MAC_BYTES];
    size_t len = 0;
    if (sodium_base642bin(said, sizeof said, dot + 1, strlen(dot + 1), NULL, &len, NULL, VARIANT) != 0 || len != MAC_BYTES)
        return false;
    mac_of(text, (size_t) (dot - text), secret, right);
    return sodium_memcmp(said, right, MAC_BYTES) == 0;
}

static json_t *payload_read(const char *payload, size_t len)
{
    char bytes[ASSERTION_BYTES_MAX];
    size_t got = 0;
    if (sodium_base642bin((unsigned char *) bytes, sizeof bytes, payload, len, NULL, &got, NULL, VARIANT) != 0)
        return NULL;
    return json_loadb(bytes, got, JSON_REJECT_DUPLICATES, NULL);
}

char *assertion_subject(const char *text, const char *secret, Instant now)
{
    const char *dot = strrchr(text, '.');
    if (!secret || !assertion_looks_like(text) || strlen(text) > ASSERTION_BYTES_MAX || dot < text + strlen(PREFIX) ||
        !mac_is_right(text, dot, secret))
        return NULL;
    const char *payload = text + strlen(PREFIX);
    json_t *claims = payload_read(payload, (size_t) (dot - payload));
    const json_t *sub = json_object_get(claims, "sub"), *exp = json_object_get(claims, "exp");
    const char *name = json_string_value(sub);
    char *subject = NULL;
    if (json_is_integer(exp) && json_integer_value(exp) > now / US_PER_S &&
        text_is_plain(name, json_string_length(sub), 255) && !g_str_has_prefix(name, "anon:"))
        subject = g_strdup(name);
    json_decref(claims);
    return subject;
}

static char *encode(const unsigned char *bytes, size_t len)
{
    size_t room = sodium_base64_encoded_len(len, VARIANT);
    return sodium_bin2base64(g_malloc(room), room, bytes, len, VARIANT);
}

char *assertion_make(const char *subject, int64_t expires_s, const char *secret)
{
    json_t *claims = json_pack("{s:s, s:I}", "sub", subject, "exp", (json_int_t) expires_s);
    char *text = json_dumps(claims, JSON_COMPACT);
    g_autofree char *payload = encode((const unsigned char *) text, strlen(text));
    g_autofree char *signed_part = g_strconcat(PREFIX, payload, NULL);
    unsigned char mac[MAC_BYTES];
    mac_of(signed_part, strlen(signed_part), secret, mac);
    g_autofree char *mac_text = encode(mac, sizeof mac);
    free(text);
    json_decref(claims);
    return g_strconcat(signed_part, ".", mac_text, NULL);
}
