/* Most texts have nothing to escape: that is found out eight bytes at a time. What is written is what jansson writes
 * (JSON_COMPACT), byte for byte; tests/view/test_put.c compares. */
#include "view/put.h"

void put_name(GString *out, const char *name, size_t len)
{
    char *at = text_room(out, len + 4), *first = at;
    char last = out->len > 0 ? out->str[out->len - 1] : '{';
    if (last != '{' && last != '[')
        *at++ = ',';
    if (name) {
        *at++ = '"';
        memcpy(at, name, len);
        at += len;
        *at++ = '"';
        *at++ = ':';
    }
    text_added(out, (size_t)(at - first));
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Has one of the eight bytes its highest bit set, or is it a control character, a quote, a backslash? */
static bool is_odd_word(uint64_t word)
{
    uint64_t quote = word ^ EACH('"'), backslash = word ^ EACH('\\');
    uint64_t found = word | (word - EACH(0x20)) | (quote - EACH(1)) | (backslash - EACH(1));
    return found & EACH(0x80);
}

static bool is_odd(char byte)
{
    return (unsigned char)byte < 0x20 || (unsigned char)byte >= 0x80 || byte == '"' || byte == '\\';
}

/* Is there a byte that may need more than being copied? Those of UTF-8 sequences are for a closer look. */
static bool has_odd(const char *text, size_t len)
{
    for (; len >= sizeof(uint64_t); text += sizeof(uint64_t), len -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text, sizeof word);
        if (is_odd_word(word))
            return true;
    }
    for (; len > 0; text++, len--)
        if (is_odd(*text))
            return true;
    return false;
}

static void add_escaped(GString *out, const char *text, size_t len)
{
    static const char *const shorts[0x20] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"
    };
    for (const char *end = text + len; text < end; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            text_add_len(out, byte == '"' ? "\\\"" : "\\\\", 2);
        else if (byte >= 0x20)
            text_add_char(out, *text);
        else if (shorts[byte])
            text_add(out, shorts[byte]);
        else
            g_string_append_printf(out, "\\u%04X", byte);
    }
}

static void add_odd(GString *out, const char *text, size_t len)
{
    g_autofree char *valid = g_utf8_validate_len(text, len, NULL) ? NULL : g_utf8_make_valid(text, (gssize)len);
    if (valid)
        add_escaped(out, valid, strlen(valid));
    else
        add_escaped(out, text, len);
}

void put_string(GString *out, const char *text)
{
    if (!text) {
        text_add_len(out, "null", 4);
        return;
    }
    size_t len = strlen(text);
    if (has_odd(text, len)) {
        text_add_char(out, '"');
        add_odd(out, text, len);
        text_add_char(out, '"');
        return;
    }
    char *at = text_room(out, len + 2);
    at[0] = at[len + 1] = '"';
    memcpy(at + 1, text, len);
    text_added(out, len + 2);
}

void put_moment(GString *out, Instant instant)
{
    char *at = text_room(out, INSTANT_TEXT_MAX + 2);
    size_t len = instant_write(at + 1, instant);
    if (len == 0) {
        text_add_len(out, "null", 4);
        return;
    }
    at[0] = at[len + 1] = '"';
    text_added(out, len + 2);
}

void put_words_end(GString *out, size_t began)
{
    size_t len = out->len - began;
    if (has_odd(out->str + began, len)) {
        g_autofree char *plain = g_strndup(out->str + began, len);
        g_string_truncate(out, began);
        add_odd(out, plain, len);
    }
    text_add_char(out, '"');
}
