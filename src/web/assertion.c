/* The MAC is checked before anything of the payload is read. */
#include "web/assertion.h"

#include <jansson.h>
#include <sodium.h>

#include "base/parse.h"
#include "web/flat.h"

#define PREFIX "v1."
#define SUBJECT_MAX 255
#define SECRET_KEPT_MAX 256
#define MAC_BYTES 32
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

bool assertion_looks_like(const char *text)
{
    return g_str_has_prefix(text, PREFIX);
}

/* What a MAC begins with depends on the secret only, and is half of its cost: a thread keeps it for the secret that it used last. */
static crypto_auth_hmacsha256_state mac_begin(const char *secret)
{
    static _Thread_local crypto_auth_hmacsha256_state begun;
    static _Thread_local char of[SECRET_KEPT_MAX];
    size_t len = strlen(secret);
    if (len == 0 || len >= sizeof of || memcmp(of, secret, len + 1) != 0) {
        crypto_auth_hmacsha256_init(&begun, (const unsigned char *) secret, len);
        g_strlcpy(of, len < sizeof of ? secret : "", sizeof of);
    }
    return begun;
}

static void mac_of(const char *text, size_t len, const char *secret, unsigned char mac[MAC_BYTES])
{
    crypto_auth_hmacsha256_state state = mac_begin(secret);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *) text, len);
    crypto_auth_hmacsha256_final(&state, mac);
}

/* Is the part after the last dot the MAC of what stands before it? There is one way only to write it. */
static bool mac_is_right(const char *text, const char *dot, const char *secret)
{
    unsigned char mac[MAC_BYTES];
    char right[sodium_base64_ENCODED_LEN(MAC_BYTES, VARIANT)];
    mac_of(text, (size_t) (dot - text), secret, mac);
    sodium_bin2base64(right, sizeof right, mac, sizeof mac, VARIANT);
    return strlen(dot + 1) == sizeof right - 1 && sodium_memcmp(dot + 1, right, sizeof right - 1) == 0;
}

/* Who it names, and until when. */
typedef struct {
    char *subject; /* new string; NULL: nobody */
    int64_t expires_s;
} Claims;

/* What others than our own members there are, or is written in another way, is read by jansson. */
static Claims claims_of_json(const char *json, size_t len)
{
    Claims claims = {0};
    json_t *object = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *sub = json_object_get(object, "sub"), *exp = json_object_get(object, "exp");
    if (json_is_integer(exp) && text_is_plain(json_string_value(sub), json_string_length(sub), SUBJECT_MAX)) {
        claims.subject = g_strdup(json_string_value(sub));
        claims.expires_s = json_integer_value(exp);
    }
    json_decref(object);
    return claims;
}

static Claims claims_read(const char *payload, size_t len)
{
    enum { SUB, EXP };
    static const InputField fields[] = {[SUB] = {"sub", INPUT_TEXT, true, 1, SUBJECT_MAX},
                                        [EXP] = {"exp", INPUT_WHOLE, true, 0, INT64_MAX}};
    InputValue values[G_N_ELEMENTS(fields)];
    char json[ASSERTION_BYTES_MAX + 1];
    size_t got = 0;
    if (sodium_base642bin((unsigned char *) json, ASSERTION_BYTES_MAX, payload, len, NULL, &got, NULL, VARIANT) != 0)
        return (Claims){0};
    json[got] = '\0';
    if (!flat_read(json, got, fields, G_N_ELEMENTS(fields), values))
        return claims_of_json(json, got);
    return (Claims){g_strdup(values[SUB].text), values[EXP].whole};
}

char *assertion_subject(const char *text, const char *secret, Instant now)
{
    const char *dot = strrchr(text, '.');
    if (!secret || !assertion_looks_like(text) || strlen(text) > ASSERTION_BYTES_MAX || dot < text + strlen(PREFIX) ||
        !mac_is_right(text, dot, secret))
        return NULL;
    const char *payload = text + strlen(PREFIX);
    Claims claims = claims_read(payload, (size_t) (dot - payload));
    if (claims.subject && claims.expires_s > now / US_PER_S && !g_str_has_prefix(claims.subject, "anon:"))
        return claims.subject;
    g_free(claims.subject);
    return NULL;
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
