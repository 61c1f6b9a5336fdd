/* Strict parsing of small things. */
#include "base/parse.h"

#include "base/text.h"

bool parse_whole(const char *text, int64_t min, int64_t max, int64_t *out)
{
    if (!text || !*text || (text[0] == '0' && text[1]))
        return false;
    int64_t value = 0;
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isdigit(*p))
            return false;
        int digit = *p - '0';
        if (value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

static bool is_hidden(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

bool text_is_plain(const char *text, size_t len, size_t max_bytes)
{
    if (!text || len == 0 || len > max_bytes)
        return false;
    if (text_is_printable(text, len))
        return true;
    if (!g_utf8_validate_len(text, len, NULL))
        return false;
    for (const char *p = text; p < text + len; p = g_utf8_next_char(p))
        if (is_hidden(g_utf8_get_char(p)))
            return false;
    return true;
}

char *text_made_plain(const char *text, size_t max_bytes)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *plain = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        size_t len = (size_t) (g_utf8_next_char(at) - at);
        if (plain->len + len > max_bytes)
            break;
        if (text_is_plain(at, len, len))
            g_string_append_len(plain, at, (gssize) len);
        else
            g_string_append_c(plain, '?');
    }
    return g_string_free(plain, FALSE);
}

bool text_is_key(const char *text)
{
    if (!text || !g_ascii_islower(text[0]))
        return false;
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return text[len] == '\0' && len <= 64;
}

bool pattern_match(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == '?') {
            pattern++;
            /* By its continuation bytes, so that a sequence cut off at the end is not read past. */
            do
                text++;
            while (((unsigned char)*text & 0xc0) == 0x80);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
