/* Account and subject as variable-length numbers (LEB128), then instant and id in eight bytes each. */
#include "store/public_id.h"

#include <sodium.h>

#define BYTES_MAX 40

bool decision_key_equal(const DecisionKey *a, const DecisionKey *b)
{
    return a->account_id == b->account_id && a->subject_id == b->subject_id && a->at == b->at && a->id == b->id;
}

static size_t put_short(unsigned char *out, uint64_t value)
{
    size_t n = 0;
    do {
        out[n++] = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value);
    return n;
}

static size_t put_long(unsigned char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(value >> (56 - 8 * i));
    return 8;
}

static char *public_id_text(const char *prefix, const DecisionKey *key)
{
    unsigned char bytes[BYTES_MAX];
    size_t n = put_short(bytes, (uint64_t)key->account_id);
    n += put_short(bytes + n, (uint64_t)key->subject_id);
    n += put_long(bytes + n, (uint64_t)key->at);
    n += put_long(bytes + n, (uint64_t)key->id);
    char text[sodium_base64_ENCODED_LEN(BYTES_MAX, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    sodium_bin2base64(text, sizeof text, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strconcat(prefix, text, NULL);
}

char *public_id_decision(const DecisionKey *key)
{
    return public_id_text(DECISION_PREFIX, key);
}

char *public_id_reservation(const DecisionKey *key)
{
    return public_id_text(RESERVATION_PREFIX, key);
}

char *public_id_ticket(const DecisionKey *key)
{
    return public_id_text(TICKET_PREFIX, key);
}

static bool take_short(const unsigned char *bytes, size_t len, size_t *at, int64_t *out)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        if (*at >= len)
            return false;
        unsigned char byte = bytes[(*at)++];
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = (int64_t)value;
            return value <= INT64_MAX;
        }
    }
    return false;
}

static uint64_t take_long(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

bool public_id_read(const char *text, const char *prefix, DecisionKey *key)
{
    if (!text || !g_str_has_prefix(text, prefix) || strlen(text) > 64)
        return false;
    unsigned char bytes[BYTES_MAX + 8];
    size_t len = 0, at = 0;
    const char *body = text + strlen(prefix), *end = NULL;
    if (sodium_base642bin(bytes, sizeof bytes, body, strlen(body), NULL, &len, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || (end && *end))
        return false;
    DecisionKey read = { 0 };
    if (!take_short(bytes, len, &at, &read.account_id) || !take_short(bytes, len, &at, &read.subject_id) || len - at != 16)
        return false;
    read.at = (Instant)take_long(bytes + at);
    read.id = (int64_t)take_long(bytes + at + 8);
    if (read.id < 0)
        return false;
    /* Only the one spelling that we would have written is ours. */
    g_autofree char *again = public_id_text(prefix, &read);
    if (strcmp(again, text) != 0)
        return false;
    *key = read;
    return true;
}
