/* Appending to a GString without detours: no format to read, no call where there is room. For what is written at every
 * request; elsewhere g_string_append_printf reads better. The text stays ended by a NUL. */
#ifndef WEBQUOTA_TEXT_H
#define WEBQUOTA_TEXT_H

#include "base/base.h"

#define TEXT_NUMBER_MAX 20 /* digits and sign of any int64_t */

/* Makes room for `len` more bytes and returns where they go; text_added says how many were put there. */
char *text_grow(GString *out, size_t len);

static inline char *text_room(GString *out, size_t len)
{
    return out->allocated_len - out->len > len ? out->str + out->len : text_grow(out, len);
}

static inline void text_added(GString *out, size_t len)
{
    out->len += len;
    out->str[out->len] = '\0';
}

static inline void text_add_len(GString *out, const char *text, size_t len)
{
    memcpy(text_room(out, len), text, len);
    text_added(out, len);
}

static inline void text_add(GString *out, const char *text)
{
    text_add_len(out, text, strlen(text));
}

static inline void text_add_char(GString *out, char byte)
{
    *text_room(out, 1) = byte;
    text_added(out, 1);
}

/* text_adds(out, "a", b, "c"): one after the other; none may be NULL. */
#define text_adds(out, ...) text_add_list((out), (const char *const[]){__VA_ARGS__, NULL})
void text_add_list(GString *out, const char *const *texts);

/* Writes the decimal digits to `out`, without a NUL, and returns how many bytes they are: at most TEXT_NUMBER_MAX. */
size_t text_number(char *out, int64_t number);

void text_add_number(GString *out, int64_t number);

/* Is it printable ASCII and nothing else? */
bool text_is_printable(const char *text, size_t len);

/* The same, and without quotes and backslashes: does it stand in JSON as it is? */
bool text_is_verbatim(const char *text, size_t len);

/* Is it ASCII in which nothing is to be escaped for HTML (& < > " ')? */
bool text_is_html(const char *text, size_t len);

#endif
