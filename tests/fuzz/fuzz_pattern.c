/* Fuzzes patterns: the first line is one, the rest is the text. Compared with the plain meaning of * and ?. */
#include "fuzz.h"

#include "base/parse.h"

/* Where the character at `text` ends, as pattern_match counts them: a byte and the continuation bytes after it. */
static size_t character_len(const char *text)
{
    size_t len = 1;
    while (((unsigned char)text[len] & 0xc0) == 0x80)
        len++;
    return len;
}

/* matches[i]: does what is left of the pattern match the text from i on? Worked out from the pattern's end. */
static bool matches_plainly(const char *pattern, const char *text)
{
    size_t len = strlen(text);
    g_autofree bool *matches = g_new0(bool, len + 1), *before = g_new0(bool, len + 1);
    matches[len] = true;
    for (size_t p = strlen(pattern); p-- > 0;) {
        for (size_t i = len + 1; i-- > 0;) {
            if (pattern[p] == '*')
                before[i] = matches[i] || (i < len && before[i + 1]);
            else if (pattern[p] == '?')
                before[i] = i < len && matches[i + character_len(text + i)];
            else
                before[i] = i < len && pattern[p] == text[i] && matches[i + 1];
        }
        memcpy(matches, before, (len + 1) * sizeof *matches);
    }
    return matches[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *pattern = rest_line(&rest), *text = rest_text(&rest, '\0');
    if (strlen(pattern) * strlen(text) > 1000000)
        return 0;
    g_autofree char *any = g_strconcat("*", pattern, "*", NULL);
    /* Bytes of one character apart do not come from a file or a request that was read: they need not be told apart. */
    bool found = pattern_match(pattern, text);
    HOLDS(!is_utf8(pattern) || !is_utf8(text) || found == matches_plainly(pattern, text));
    HOLDS(!found || pattern_match(any, text));
    HOLDS(pattern_match("*", text) && pattern_match(text, text) + (strpbrk(text, "*?") != NULL) > 0);
    return 0;
}
