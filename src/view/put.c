/* Most texts have nothing to escape, and are copied as they are. What is written is what jansson writes (JSON_COMPACT);
 * tests/view/test_put.c compares. */
#include "view/put.h"

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

static void add_verbatim(GString *out, const char *text, size_t len)
{
    char *at = text_room(out, len + 3);
    memcpy(at + 1, text, len);
    at[0] = at[len + 1] = '"';
    at[len + 2] = ',';
    text_added(out, len + 3);
}

void put_text_value(GString *out, const char *text)
{
    if (!text) {
        put_null_value(out);
        return;
    }
    size_t len = strlen(text);
    if (text_is_verbatim(text, len)) {
        add_verbatim(out, text, len);
        return;
    }
    PUT_LITERAL(out, "\"");
    add_odd(out, text, len);
    PUT_LITERAL(out, "\",");
}

void put_number_value(GString *out, int64_t number)
{
    char *at = text_room(out, TEXT_NUMBER_MAX + 1);
    size_t len = text_number(at, number);
    at[len] = ',';
    text_added(out, len + 1);
}

/* Windows begin and end at the same few instants for everybody: a thread keeps those that it wrote last, quoted. */
#define RECENT_BITS 4

typedef struct {
    Instant at;
    size_t len; /* 0: nothing yet */
    char text[INSTANT_TEXT_MAX + 3];
} Written;

static Written *written_of(Instant instant)
{
    static _Thread_local Written recent[1 << RECENT_BITS];
    uint64_t stirred = (uint64_t)instant * UINT64_C(0x9E3779B97F4A7C15);
    Written *written = &recent[stirred >> (64 - RECENT_BITS)];
    if (written->len > 0 && written->at == instant)
        return written;
    size_t len = instant_write(written->text + 1, instant);
    written->at = instant;
    written->len = len > 0 ? len + 3 : 0;
    written->text[0] = written->text[len + 1] = '"';
    written->text[len + 2] = ',';
    return written;
}

void put_instant_value(GString *out, Instant instant)
{
    const Written *written = written_of(instant);
    if (written->len > 0)
        text_add_len(out, written->text, written->len);
    else
        put_null_value(out);
}

void put_word_value(GString *out, const char *word)
{
    add_verbatim(out, word, strlen(word));
}

void put_words_end(GString *out, size_t began)
{
    size_t len = out->len - began;
    if (!text_is_verbatim(out->str + began, len)) {
        g_autofree char *plain = g_strndup(out->str + began, len);
        g_string_truncate(out, began);
        add_odd(out, plain, len);
    }
    PUT_LITERAL(out, "\",");
}
