/* JSON written straight into a text, compact, in the order of the calls: documents that are answered by the thousand are
 * not worth a tree of values. After every value stands a comma; put_end and its kin take the last one away. `name` is a
 * literal with nothing to escape. For the view room's own use. */
#ifndef WEBQUOTA_PUT_H
#define WEBQUOTA_PUT_H

#include "base/instant.h"
#include "base/text.h"
#include "domain/answer.h"

/* --- values, for lists and after a name --- */

void put_text_value(GString *out, const char *text);    /* NULL: null. Bytes that are not UTF-8 are replaced, never lost */
void put_word_value(GString *out, const char *word);    /* one of the program's own words: plain ASCII */
void put_number_value(GString *out, int64_t number);
void put_instant_value(GString *out, Instant instant);  /* INSTANT_MIN and INSTANT_MAX: null */

/* Where the compiler knows what it is, and that nothing in it is to be escaped. */
#define PUT_LITERAL(out, literal) text_add_len((out), (literal), sizeof(literal) - 1)

#define put_null_value(out) PUT_LITERAL(out, "null,")

/* Texts that are appended piece by piece: whatever is added to `out` between the two is theirs. */
static inline size_t put_words_value(GString *out)
{
    PUT_LITERAL(out, "\"");
    return out->len;
}
void put_words_end(GString *out, size_t began);

/* --- objects and lists --- */

#define put_begin_object(out) PUT_LITERAL(out, "{")
#define put_begin_list(out) PUT_LITERAL(out, "[")

/* '}' or ']' */
static inline void put_end(GString *out, char bracket)
{
    if (out->str[out->len - 1] == ',')
        out->len--;
    char *at = text_room(out, 2);
    at[0] = bracket;
    at[1] = ',';
    text_added(out, 2);
}

/* The whole is written: no comma after it. */
static inline void put_finish(GString *out)
{
    g_string_truncate(out, out->len - 1);
}

/* --- members --- */

#define PUT_NAME(out, name) PUT_LITERAL(out, "\"" name "\":")

#define put_object(out, name) PUT_LITERAL(out, "\"" name "\":{")
#define put_list(out, name) PUT_LITERAL(out, "\"" name "\":[")
#define put_null(out, name) PUT_LITERAL(out, "\"" name "\":null,")
#define put_text(out, name, text) (PUT_NAME(out, name), put_text_value(out, text))
#define put_word(out, name, word) (PUT_NAME(out, name), put_word_value(out, word))
#define put_words(out, name) (PUT_NAME(out, name), put_words_value(out))
#define put_number(out, name, number) (PUT_NAME(out, name), put_number_value(out, number))
#define put_instant(out, name, instant) (PUT_NAME(out, name), put_instant_value(out, instant))
#define put_flag(out, name, is_true)                                                                                        \
    ((is_true) ? PUT_LITERAL(out, "\"" name "\":true,") : PUT_LITERAL(out, "\"" name "\":false,"))

/* null unless it is known */
#define put_number_if(out, name, is_known, number)                                                                          \
    ((is_known) ? put_number(out, name, number) : put_null(out, name))

/* Unlimited: null. */
#define put_amount(out, name, amount) put_number_if(out, name, (amount) != AMOUNT_UNLIMITED, amount)

#endif
