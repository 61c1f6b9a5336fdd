/* libjansson writes a number that is not whole with 17 digits, which any survives, or all with fewer, which some do not. So its
 * text is gone through once more, and what is shorter is put in its place. */
#include "base/json_write.h"

#define SURE_DIGITS 15 /* that many survive, whatever they are */
#define DIGITS_MAX 17

/* The one at `from`, as short as it can be, into `to`, which may be the same. */
static size_t number_put(char *to, const char *from, size_t len)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    bool whole = strcspn(from, ".eE") >= len;
    double number = whole ? 0 : g_ascii_strtod(from, NULL);
    for (int digits = SURE_DIGITS; !whole && digits < DIGITS_MAX; digits++) {
        char format[] = "%.15g";
        format[3] = (char)('0' + digits % 10);
        g_ascii_formatd(text, sizeof text - 2, format, number);
        if (g_ascii_strtod(text, NULL) != number)
            continue;
        if (text[strcspn(text, ".e")] == '\0')
            g_strlcat(text, ".0", sizeof text);
        if (strlen(text) < len) {
            memmove(to, text, strlen(text));
            return strlen(text);
        }
        break;
    }
    memmove(to, from, len);
    return len;
}

char *json_write(const json_t *json, size_t flags)
{
    char *text = json_dumps(json, flags), *to = text;
    bool quoted = false;
    for (const char *from = text; from && *from;) {
        size_t len = 1;
        if (!quoted && (*from == '-' || g_ascii_isdigit(*from))) {
            len = strspn(from, "0123456789.eE+-");
            to += number_put(to, from, len);
        } else {
            if (*from == '"')
                quoted = !quoted;
            else if (*from == '\\')
                len = 2; /* what it escapes may be a quote */
            memmove(to, from, len);
            to += len;
        }
        from += len;
    }
    if (to)
        *to = '\0';
    return text;
}
