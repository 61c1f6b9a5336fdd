/* Instants to text and back. GLib's ISO 8601 reader accepts more than RFC 3339
 * (week dates, missing separators), so the shape is checked here first. */
#include "base/instant.h"

#include "base/civil.h"

#define DAY_S 86400
static char *two_digits(char *out, int64_t number, char after)
{
    out[0] = (char)('0' + number / 10);
    out[1] = (char)('0' + number % 10);
    out[2] = after;
    return out + 3;
}

size_t instant_write(char *out, Instant instant)
{
    int64_t seconds = floor_divide(instant, US_PER_S), days = floor_divide(seconds, DAY_S);
    int64_t rest = seconds - days * DAY_S;
    CivilDate date = civil_date(days);
    if (date.year < 1 || date.year > 9999)
        return 0;
    char *at = two_digits(out, date.year / 100, '0') - 1;
    at = two_digits(at, date.year % 100, '-');
    at = two_digits(at, date.month, '-');
    at = two_digits(at, date.day, 'T');
    at = two_digits(at, rest / 3600, ':');
    at = two_digits(at, rest / 60 % 60, ':');
    at = two_digits(at, rest % 60, 'Z');
    return (size_t)(at - out);
}

char *instant_text(Instant instant)
{
    char text[INSTANT_TEXT_MAX];
    size_t len = instant_write(text, instant);
    return len > 0 ? g_strndup(text, len) : NULL;
}

char *instant_text_exact(Instant instant)
{
    char *whole = instant_text(instant);
    int64_t rest = instant % US_PER_S;
    if (!whole || rest == 0)
        return whole;
    if (rest < 0)
        rest += US_PER_S;
    g_autofree char *plain = whole;
    g_autofree char *digits = g_strdup_printf("%06" PRId64, rest);
    for (char *last = digits + 5; last > digits && *last == '0'; last--)
        *last = '\0';
    return g_strdup_printf("%.*s.%sZ", (int)strlen(plain) - 1, plain, digits);
}

/* Does the text have the shape of `shape`, where 0 stands for any digit? */
static bool has_shape(const char *text, const char *shape)
{
    for (; *shape; text++, shape++)
        if (*shape == '0' ? !g_ascii_isdigit(*text) : *shape == 'T' ? (*text != 'T' && *text != 't' && *text != ' ')
                                                                    : *text != *shape)
            return false;
    return true;
}

static bool offset_is_strict(const char *text)
{
    if (*text == '.') {
        text++;
        if (!g_ascii_isdigit(*text))
            return false;
        while (g_ascii_isdigit(*text))
            text++;
    }
    if ((*text == 'Z' || *text == 'z') && text[1] == '\0')
        return true;
    return (*text == '+' || *text == '-') && has_shape(text + 1, "00:00") && text[6] == '\0';
}

bool instant_parse(const char *text, Instant *out)
{
    if (!text || strlen(text) > 40 || !has_shape(text, "0000-00-00"))
        return false;
    g_autofree char *full = NULL;
    if (text[10] == '\0')
        full = g_strconcat(text, "T00:00:00Z", NULL);
    else if (has_shape(text + 10, "T00:00:00") && offset_is_strict(text + 19))
        full = g_ascii_strup(text, -1);
    else
        return false;
    full[10] = 'T';
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, NULL);
    if (!time)
        return false;
    *out = g_date_time_to_unix(time) * US_PER_S + g_date_time_get_microsecond(time);
    return true;
}

bool instant_is_date(const char *text)
{
    return strlen(text) == sizeof "2026-11-22" - 1;
}
