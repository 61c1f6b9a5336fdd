/* The fields of a section: numbers, choices, times and windows, each from its text. */
#include "policy/policy_field.h"

#include "base/parse.h"

/* Even places are no, odd ones yes. */
static const char *const flag_words[] = {"false", "true", "no", "yes", "off", "on", NULL};
static const char *const day_words[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};

static bool is_digits(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* What is wrong with a number that was not read, range apart; NULL when only the range is. */
static const char *number_problem(const char *text, const char *form)
{
    if (!*text)
        return "must not be blank";
    if (*text == '-')
        return "must not be negative";
    if (text[0] == '0' && g_ascii_isdigit(text[1]))
        return "must be written without leading zeros";
    return is_digits(text) ? NULL : form;
}

static void number_mistake(const Section *section, const char *field, const char *text, const char *problem,
                           const char *min, const char *max)
{
    g_autofree char *display = shown(text);
    if (problem && *text)
        field_mistake(section, field, "%s: “%s”", problem, display);
    else if (problem)
        field_mistake(section, field, "%s", problem);
    else
        field_mistake(section, field, "must be from %s to %s, not “%s”", min, max, display);
}

int64_t field_whole(const Section *section, const char *field, int64_t min, int64_t max, int64_t otherwise)
{
    const char *text = field_word(section, field);
    int64_t value = otherwise;
    if (!text || parse_whole(text, min, max, &value))
        return value;
    g_autofree char *min_text = g_strdup_printf("%" PRId64, min), *max_text = g_strdup_printf("%" PRId64, max);
    number_mistake(section, field, text, number_problem(text, "must be a whole number in plain digits"), min_text, max_text);
    return otherwise;
}

/* "12", "1.5": at most six decimals, so that nothing is rounded. */
static bool micros_parse(const char *text, int64_t *out)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 2);
    int64_t whole = 0, fraction = 0;
    if (!parts[0] || !parse_whole(parts[0], 0, MICROS_MAX / MICROS, &whole))
        return false;
    if (parts[1] && (!is_digits(parts[1]) || strlen(parts[1]) > 6))
        return false;
    for (size_t i = 0; parts[1] && i < 6; i++)
        fraction = fraction * 10 + (i < strlen(parts[1]) ? parts[1][i] - '0' : 0);
    *out = whole * MICROS + fraction;
    return true;
}

static char *micros_text(int64_t micros)
{
    return micros % MICROS ? g_strdup_printf("%" PRId64 ".%06" PRId64, micros / MICROS, micros % MICROS)
                           : g_strdup_printf("%" PRId64, micros / MICROS);
}

int64_t field_micros(const Section *section, const char *field, int64_t min, int64_t max, int64_t otherwise)
{
    const char *text = field_word(section, field);
    int64_t value = 0;
    if (!text)
        return otherwise;
    bool read = micros_parse(text, &value);
    if (read && value >= min && value <= max)
        return value;
    g_autofree char *min_text = micros_text(min), *max_text = micros_text(max);
    const char *problem = number_problem(text, "must be a number such as 1.5, with at most six decimals");
    number_mistake(section, field, text, read ? NULL : problem, min_text, max_text);
    return otherwise;
}

int field_choice(const Section *section, const char *field, const char *const *words, int otherwise)
{
    const char *text = field_word(section, field);
    for (int i = 0; text && words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    if (text) {
        g_autofree char *display = shown(text), *choices = g_strjoinv(", ", (char **) words);
        field_mistake(section, field, "must be one of %s, not “%s”", choices, display);
    }
    return otherwise;
}

bool field_flag(const Section *section, const char *field)
{
    return field_choice(section, field, flag_words, 0) % 2 == 1;
}

int field_week_starts(const Section *section, const char *field, int otherwise)
{
    return field_choice(section, field, day_words, otherwise - 1) + 1;
}

int field_day_starts(const Section *section, const char *field, int otherwise)
{
    const char *text = field_word(section, field);
    if (!text)
        return otherwise;
    bool formed = strlen(text) == 5 && text[2] == ':' && g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]) &&
                  g_ascii_isdigit(text[3]) && g_ascii_isdigit(text[4]);
    int hour = formed ? (text[0] - '0') * 10 + text[1] - '0' : 24, minute = formed ? (text[3] - '0') * 10 + text[4] - '0' : 0;
    if (hour < 24 && minute < 60)
        return hour * 60 + minute;
    g_autofree char *display = shown(text);
    field_mistake(section, field, "must be a time from 00:00 to 23:59, not “%s”", display);
    return otherwise;
}

bool field_window(const Section *section, const char *field, WindowSpec *spec)
{
    const char *text = field_word(section, field), *why = NULL;
    if (!text)
        return false;
    if (window_parse(text, spec, &why))
        return true;
    g_autofree char *display = shown(text);
    field_mistake(section, field, "“%s”: %s", display, why);
    return false;
}

char *field_zone(const Section *section, const char *field)
{
    const char *text = field_word(section, field);
    if (!text || zone_find(text))
        return g_strdup(text);
    g_autofree char *display = shown(text);
    field_mistake(section, field, "there is no time zone “%s”; zones are named such as America/New_York", display);
    return NULL;
}
