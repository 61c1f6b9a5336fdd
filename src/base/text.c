/* Numbers are written from their end, into a place that is large enough for any. */
#include "base/text.h"

char *text_grow(GString *out, size_t len)
{
    size_t before = out->len;
    g_string_set_size(out, before + len);
    g_string_truncate(out, before);
    return out->str + before;
}

void text_add_list(GString *out, const char *const *texts)
{
    for (; *texts; texts++)
        text_add(out, *texts);
}

size_t text_number(char *out, int64_t number)
{
    char digits[TEXT_NUMBER_MAX];
    size_t at = sizeof digits;
    uint64_t left = number < 0 ? -(uint64_t) number : (uint64_t) number;
    do {
        digits[--at] = (char) ('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

void text_add_number(GString *out, int64_t number)
{
    text_added(out, text_number(text_room(out, TEXT_NUMBER_MAX), number));
}
