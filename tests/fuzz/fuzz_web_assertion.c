/* Fuzzes signed assertions: as they come, and with a right MAC around the payload, which else would never be read. */
#include <sodium.h>

#include "base/parse.h"
#include "web/assertion.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char *sign(const uint8_t *bytes, size_t size)
{
    size_t room = sodium_base64_encoded_len(size, VARIANT);
    g_autofree char *payload = sodium_bin2base64(g_malloc(room), room, bytes, size, VARIANT);
    g_autofree char *text = g_strconcat("v1.", payload, NULL);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) SECRET, strlen(SECRET));
    unsigned char mac[32];
    char mac_text[64];
    gsize len = sizeof mac;
    g_hmac_update(hmac, (const guchar *) text, -1);
    g_hmac_get_digest(hmac, mac, &len);
    return g_strconcat(text, ".", sodium_bin2base64(mac_text, sizeof mac_text, mac, sizeof mac, VARIANT), NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = g_strndup((const char *) bytes, size);
    g_autofree char *forged = assertion_subject(text, SECRET, 0);
    if (forged)
        abort();
    g_autofree char *right = sign(bytes, size);
    g_autofree char *subject = assertion_subject(right, SECRET, 0);
    /* Whatever is altered in it, it is good no more. */
    right[3 + size % (strlen(right) - 3)] ^= 1;
    g_autofree char *altered = assertion_subject(right, SECRET, 0);
    if (altered)
        abort();
    if (subject && (!text_is_plain(subject, strlen(subject), 255) || g_str_has_prefix(subject, "anon:")))
        abort();
    return 0;
}
