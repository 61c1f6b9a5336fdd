/* Numbers are written from their end, into a place that is large enough for any. Texts are looked through by the word. */
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

/* Eight bytes are looked at together: the highest bit of one of them is set in the result when there is one that is
 * looked for. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t unprintable(uint64_t word)
{
    return (word | (word - EACH(0x20)) | (word + EACH(1))) & EACH(0x80);
}

static uint64_t to_escape(uint64_t word)
{
    uint64_t quote = word ^ EACH('"'), backslash = word ^ EACH('\\');
    return unprintable(word) | (((quote - EACH(1)) | (backslash - EACH(1))) & EACH(0x80));
}

/* Also what is not ASCII. Two pairs of them differ in one bit only. */
static uint64_t to_escape_in_html(uint64_t word)
{
    uint64_t ampersand_apostrophe = (word | EACH(1)) ^ EACH('\''), angle = (word | EACH(2)) ^ EACH('>');
    uint64_t quote = word ^ EACH('"');
    return (word | (ampersand_apostrophe - EACH(1)) | (angle - EACH(1)) | (quote - EACH(1))) & EACH(0x80);
}

static uint64_t word_at(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* The last word overlaps the one before; a short text is filled up with what nobody looks for. */
static inline bool has_any(const char *text, size_t len, uint64_t (*found)(uint64_t word))
{
    const size_t step = sizeof(uint64_t);
    if (len < step) {
        char word[sizeof(uint64_t)] = "aaaaaaa";
        word[step - 1] = 'a';
        for (size_t i = 0; i < len; i++)
            word[i] = text[i];
        return found(word_at(word));
    }
    for (size_t i = 0; i + step < len; i += step)
        if (found(word_at(text + i)))
            return true;
    return found(word_at(text + len - step));
}

bool text_is_printable(const char *text, size_t len)
{
    return !has_any(text, len, unprintable);
}

bool text_is_verbatim(const char *text, size_t len)
{
    return !has_any(text, len, to_escape);
}

bool text_is_html(const char *text, size_t len)
{
    return !has_any(text, len, to_escape_in_html);
}

/* How many digits a number has, from how many bits it has. */
static size_t digits_of(uint64_t number)
{
    static const uint64_t powers[] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
        10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
        10000000000000000000U,
    };
    size_t about = (size_t) (64 - __builtin_clzll(number | 1)) * 1233 >> 12; /* by log10(2) */
    return about + (about == 0 || number >= powers[about]);
}

/* Two digits at a time, from the end. */
size_t text_number(char *out, int64_t number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
                                "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
                                "9899";
    uint64_t left = number < 0 ? -(uint64_t) number : (uint64_t) number;
    size_t len = digits_of(left) + (number < 0);
    char *at = out + len;
    for (; left >= 10; left /= 100) {
        at -= 2;
        memcpy(at, pairs + left % 100 * 2, 2);
    }
    if (number < 0)
        *out = '-';
    if (at > out + (number < 0))
        at[-1] = (char) ('0' + left);
    return len;
}

void text_add_number(GString *out, int64_t number)
{
    text_added(out, text_number(text_room(out, TEXT_NUMBER_MAX), number));
}
