/* Reads rules such as "EST5EDT,M3.2.0,M11.1.0" and "<-02>2<-01>,M3.5.0/-1,M10.5.0/0" and says when
 * the clocks change in a year. Each step takes what it understands off the front of the text. */
#include "domain/zone_rule.h"
#include "domain/civil.h"

#define DAY_S INT64_C(86400)

static bool take(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

static bool take_number(const char **text, int most, int *out)
{
    if (!g_ascii_isdigit(**text))
        return false;
    int value = 0;
    while (g_ascii_isdigit(**text) && value <= most)
        value = value * 10 + *(*text)++ - '0';
    *out = value;
    return value <= most;
}

/* The name of the zone in winter or summer: three letters or more, or anything short in angle brackets. */
static bool take_name(const char **text)
{
    const char *start = *text;
    if (take(text, '<')) {
        while (g_ascii_isalnum(**text) || **text == '+' || **text == '-')
            (*text)++;
        return take(text, '>');
    }
    while (g_ascii_isalpha(**text))
        (*text)++;
    return *text - start >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(const char **text, int most_hours, int64_t *out)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = take(text, '-');
    if (!negative)
        (void)take(text, '+');
    if (!take_number(text, most_hours, &hours))
        return false;
    if (take(text, ':')) {
        if (!take_number(text, 59, &minutes))
            return false;
        if (take(text, ':') && !take_number(text, 59, &seconds))
            return false;
    }
    int64_t total = hours * INT64_C(3600) + minutes * 60 + seconds;
    *out = negative ? -total : total;
    return true;
}

static bool take_day(const char **text, ZoneChange *out)
{
    if (take(text, 'M')) {
        out->form = 'M';
        bool month_and_week = take_number(text, 12, &out->month) && out->month >= 1 && take(text, '.') &&
                              take_number(text, 5, &out->week) && out->week >= 1;
        return month_and_week && take(text, '.') && take_number(text, 6, &out->day);
    }
    out->form = take(text, 'J') ? 'J' : 'D';
    return take_number(text, 365, &out->day) && (out->form == 'D' || out->day >= 1);
}

static bool take_change(const char **text, ZoneChange *out)
{
    out->time_s = 2 * 3600;
    return take(text, ',') && take_day(text, out) && (!take(text, '/') || take_time(text, 167, &out->time_s));
}

bool zone_rule_read(const char *text, ZoneRule *out)
{
    ZoneRule rule = {0};
    int64_t west;
    if (!take_name(&text) || !take_time(&text, 24, &west))
        return false;
    rule.standard_s = -west;
    if (*text) {
        rule.has_summer = true;
        if (!take_name(&text))
            return false;
        rule.summer_s = rule.standard_s + 3600;
        if (*text != ',') {
            if (!take_time(&text, 24, &west))
                return false;
            rule.summer_s = -west;
        }
        if (!take_change(&text, &rule.to_summer) || !take_change(&text, &rule.to_standard) || *text)
            return false;
    }
    *out = rule;
    return true;
}

static int64_t change_day(const ZoneChange *change, int64_t year)
{
    int64_t new_year = civil_days((CivilDate){year, 1, 1});
    if (change->form == 'D')
        return new_year + change->day;
    if (change->form == 'J')
        return new_year + change->day - 1 + (change->day >= 60 && civil_month_length(year, 2) == 29);
    int64_t first = civil_days((CivilDate){year, change->month, 1});
    int64_t weekday = first + 4 - floor_divide(first + 4, 7) * 7; /* 1970-01-01 was a Thursday: 4 */
    int64_t day = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
    while (day >= civil_month_length(year, change->month))
        day -= 7;
    return first + day;
}

int64_t zone_rule_to_summer(const ZoneRule *rule, int64_t year)
{
    return change_day(&rule->to_summer, year) * DAY_S + rule->to_summer.time_s - rule->standard_s;
}

int64_t zone_rule_to_standard(const ZoneRule *rule, int64_t year)
{
    return change_day(&rule->to_standard, year) * DAY_S + rule->to_standard.time_s - rule->summer_s;
}
