/* Content negotiation between two kinds: pages and JSON. */
#include "web/accept.h"

#define BY_NAME 3

/* What one kind is worth: quality in thousandths, and how exactly it was named (3 type, 2 "text/…", 1 any). */
typedef struct {
    int quality, exactness;
} Worth;

static bool same_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && g_ascii_strncasecmp(text, word, len) == 0;
}

/* A qvalue: "0", "1", "0.5", "1.000"; in thousandths, -1 when it is none. */
static int quality_parse(const char *text, size_t len)
{
    if (len == 0 || len > 5 || (text[0] != '0' && text[0] != '1') || (len > 1 && text[1] != '.'))
        return -1;
    int quality = (text[0] - '0') * 1000, step = 100;
    for (size_t i = 2; i < len; i++, step /= 10) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        quality += (text[i] - '0') * step;
    }
    return MIN(quality, 1000);
}

static size_t trimmed(const char **text, size_t len)
{
    while (len > 0 && (**text == ' ' || **text == '\t')) {
        (*text)++;
        len--;
    }
    while (len > 0 && ((*text)[len - 1] == ' ' || (*text)[len - 1] == '\t'))
        len--;
    return len;
}

static int quality_of(const char *parameters, size_t len)
{
    const char *end = parameters + len;
    while (parameters < end) {
        const char *one = parameters;
        const char *semicolon = memchr(one, ';', end - one);
        size_t one_len = semicolon ? (size_t) (semicolon - one) : (size_t) (end - one);
        parameters += one_len + 1;
        one_len = trimmed(&one, one_len);
        if (one_len >= 2 && (one[0] == 'q' || one[0] == 'Q') && one[1] == '=')
            return quality_parse(one + 2, one_len - 2);
    }
    return 1000;
}

static void weigh(Worth *worth, int quality, int exactness)
{
    if (exactness > worth->exactness || (exactness == worth->exactness && quality > worth->quality))
        *worth = (Worth){quality, exactness};
}

static void weigh_range(const char *range, size_t len, Worth *html, Worth *json)
{
    const char *semicolon = memchr(range, ';', len);
    size_t type_len = semicolon ? (size_t) (semicolon - range) : len;
    int quality = semicolon ? quality_of(semicolon + 1, len - type_len - 1) : 1000;
    type_len = trimmed(&range, type_len);
    if (quality < 0)
        return;
    if (same_word(range, type_len, "text/html") || same_word(range, type_len, "application/xhtml+xml"))
        weigh(html, quality, BY_NAME);
    else if (same_word(range, type_len, "application/json") || same_word(range, type_len, "application/problem+json"))
        weigh(json, quality, BY_NAME);
    else if (same_word(range, type_len, "text/*"))
        weigh(html, quality, 2);
    else if (same_word(range, type_len, "application/*"))
        weigh(json, quality, 2);
    else if (same_word(range, type_len, "*/*")) {
        weigh(html, quality, 1);
        weigh(json, quality, 1);
    }
}

AcceptWish accept_wish(const char *accept)
{
    Worth html = {0}, json = {0};
    for (const char *at = accept; at && *at;) {
        size_t len = strcspn(at, ",");
        weigh_range(at, len, &html, &json);
        at += len + (at[len] == ',');
    }
    if (html.quality != json.quality)
        return html.quality > json.quality ? ACCEPT_HTML : ACCEPT_JSON;
    if (html.quality == 0 || (html.exactness == json.exactness && json.exactness < BY_NAME))
        return ACCEPT_EITHER;
    if (html.exactness == json.exactness) /* no browser asks for JSON by its name */
        return ACCEPT_JSON;
    return html.exactness > json.exactness ? ACCEPT_HTML : ACCEPT_JSON;
}
