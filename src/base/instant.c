/* Instants to text and back. GLib's ISO 8601 reader accepts more than RFC 3339
 * (week dates, missing separators), so the shape is checked here first. */
#include "base/instant.h"

static GDateTime *instant_datetime(Instant instant)
{
    int64_t seconds = instant / US_PER_S;
    int64_t rest = instant % US_PER_S;
    if (rest < 0) {
        rest += US_PER_S;
        seconds -= 1;
    }
    g_autoptr(GDateTime) whole = g_date_time_new_from_unix_utc(seconds);
    return whole ? g_date_time_add(whole, rest) : NULL;
}

char *instant_text(Instant instant)
{
    if (instant == INSTANT_MIN || instant == INSTANT_MAX)
        return NULL;
    g_autoptr(GDateTime) time = instant_datetime(instant);
    return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
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
