/* JSON written straight into a text, compact, in the order of the calls: documents that are answered by the thousand are
 * not worth a tree of values. Commas come by themselves. `name` is a member's: plain ASCII, nothing to escape; NULL for an
 * element of a list and for the whole. For the view room's own use. */
#ifndef WEBQUOTA_PUT_H
#define WEBQUOTA_PUT_H

#include "base/instant.h"
#include "base/text.h"
#include "domain/answer.h"

/* What stands before a value: a comma where it is not the first, and its name. */
void put_name(GString *out, const char *name, size_t len);

/* Inline, so that the length of a literal name is known when it is compiled. */
#define PUT_NAME(out, name) put_name((out), (name), (name) ? strlen(name) : 0)

void put_string(GString *out, const char *text); /* only the value: quoted and escaped, or null */
void put_moment(GString *out, Instant instant);  /* only the value: "2026-11-22T17:00:00Z", or null */

static inline void put_object(GString *out, const char *name)
{
    PUT_NAME(out, name);
    text_add_char(out, '{');
}

static inline void put_object_end(GString *out)
{
    text_add_char(out, '}');
}

static inline void put_list(GString *out, const char *name)
{
    PUT_NAME(out, name);
    text_add_char(out, '[');
}

static inline void put_list_end(GString *out)
{
    text_add_char(out, ']');
}

/* NULL: null. Bytes that are not UTF-8 are replaced, never lost. */
static inline void put_text(GString *out, const char *name, const char *text)
{
    PUT_NAME(out, name);
    put_string(out, text);
}

static inline void put_null(GString *out, const char *name)
{
    PUT_NAME(out, name);
    text_add_len(out, "null", 4);
}

static inline void put_number(GString *out, const char *name, int64_t number)
{
    PUT_NAME(out, name);
    text_add_number(out, number);
}

static inline void put_number_if(GString *out, const char *name, bool is_known, int64_t number)
{
    if (is_known)
        put_number(out, name, number);
    else
        put_null(out, name);
}

/* Unlimited: null. */
static inline void put_amount(GString *out, const char *name, Amount amount)
{
    put_number_if(out, name, amount != AMOUNT_UNLIMITED, amount);
}

static inline void put_flag(GString *out, const char *name, bool is_true)
{
    PUT_NAME(out, name);
    text_add(out, is_true ? "true" : "false");
}

/* INSTANT_MIN and INSTANT_MAX: null. */
static inline void put_instant(GString *out, const char *name, Instant instant)
{
    PUT_NAME(out, name);
    put_moment(out, instant);
}

/* A text that is appended piece by piece: between the two, whatever is added to `out` is its. */
static inline size_t put_words(GString *out, const char *name)
{
    PUT_NAME(out, name);
    text_add_char(out, '"');
    return out->len;
}
void put_words_end(GString *out, size_t began);

#endif
