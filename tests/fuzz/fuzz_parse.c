/* Fuzzes the small strict readers: whole numbers, plain text, keys; and the number in words. */
#include "fuzz.h"

#include "base/parse.h"
#include "base/text.h"
#include "view/words.h"

static void check_whole(const char *text)
{
    int64_t number = -1, small = -1;
    if (!parse_whole(text, 0, INT64_MAX, &number)) {
        HOLDS(number == -1 && !parse_whole(text, 0, 9, &small));
        return;
    }
    g_autofree char *again = g_strdup_printf("%" PRId64, number);
    HOLDS(strcmp(again, text) == 0);
    HOLDS(parse_whole(text, number, number, &small) && small == number);
    HOLDS(number == 0 || !parse_whole(text, 0, number - 1, &small));
    HOLDS(number == INT64_MAX || !parse_whole(text, number + 1, INT64_MAX, &small));
    g_autoptr(GString) added = g_string_new("x");
    text_add_number(added, number);
    text_adds(added, ",", text);
    text_add_number(added, -number);
    g_autofree char *expected = g_strdup_printf("x%s,%s%s%s", text, text, number ? "-" : "", text);
    HOLDS(strcmp(added->str, expected) == 0 && added->len == strlen(expected));
    /* The words are the same figures, three by three. */
    g_autofree char *words = words_number(number);
    g_auto(GStrv) groups = g_strsplit(words, ",", -1);
    g_autofree char *figures = g_strjoinv("", groups);
    HOLDS(strcmp(figures, text) == 0);
    for (int i = 1; groups[i]; i++)
        HOLDS(strlen(groups[i]) == 3);
}

static void check_text(const char *text)
{
    size_t len = strlen(text);
    bool plain = text_is_plain(text, len, len);
    HOLDS(!plain || (is_utf8(text) && len > 0 && text[strcspn(text, "\r\n\t\033\177")] == '\0'));
    HOLDS(len == 0 || !text_is_plain(text, len, len - 1));
    HOLDS(!text_is_key(text) || (plain && len <= 64));
    if (!is_utf8(text))
        return;
    g_autofree char *capital = words_capital(text);
    HOLDS(is_utf8(capital));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *text = text_of(bytes, size);
    check_whole(text);
    check_text(text);
    /* With a NUL in it, it is nothing plain. */
    HOLDS(strlen(text) == size || !text_is_plain((const char *)bytes, size, size));
    return 0;
}
