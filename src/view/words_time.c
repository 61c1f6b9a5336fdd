/* Numbers, spans, moments and windows in words. Names of days and months stand here because
 * g_date_time_format would take them from the locale of the process, and the words are English. */
#include "view/words_add.h"

#include "base/civil.h"
#include "domain/zone.h"

void words_add_number(GString *out, int64_t number)
{
    char text[TEXT_NUMBER_MAX];
    size_t len = text_number(text, number), sign = number < 0;
    size_t taken = sign + (len - sign - 1) % 3 + 1; /* the first group, of one to three digits */
    char *at = text_room(out, 2 * TEXT_NUMBER_MAX), *first = at;
    memcpy(at, text, sizeof(uint32_t)); /* it and its sign, in one move */
    for (at += taken; taken < len; taken += 3) {
        *at++ = ',';
        memcpy(at, text + taken, 3);
        at += 3;
    }
    text_added(out, (size_t)(at - first));
}

char *words_number(int64_t number)
{
    return WORDS(words_add_number, number);
}

void words_add_units(GString *out, const Feature *feature, int64_t number)
{
    words_add_number(out, number);
    text_adds(out, " ", number == 1 ? feature->unit : feature->units);
}

char *words_units(const Feature *feature, int64_t number)
{
    return WORDS(words_add_units, feature, number);
}

void words_add_capital(GString *out, const char *text)
{
    if (g_ascii_isalnum(*text)) {
        text_add_char(out, g_ascii_toupper(*text));
        text_add(out, text + 1);
        return;
    }
    gunichar first = g_utf8_get_char_validated(text, -1);
    if (*text && first != (gunichar)-1 && first != (gunichar)-2) {
        g_string_append_unichar(out, g_unichar_totitle(first));
        text = g_utf8_next_char(text);
    }
    text_add(out, text);
}

char *words_capital(const char *text)
{
    return WORDS(words_add_capital, text);
}

/* ---- spans ----------------------------------------------------------------------------- */

static int64_t divide_up(int64_t number, int64_t by)
{
    return (number - 1) / by + 1;
}

/* "in 3 h" */
static void add_span(GString *out, int64_t number, const char *unit)
{
    text_add(out, "in ");
    text_add_number(out, number);
    text_add(out, unit);
}

/* " 12 min", unless there are none */
static void add_rest(GString *out, int64_t number, const char *unit)
{
    if (number == 0)
        return;
    text_add(out, " ");
    text_add_number(out, number);
    text_add(out, unit);
}

static void add_days(GString *out, int64_t hours)
{
    if (hours >= 48) {
        add_span(out, (hours + 12) / 24, " days");
        return;
    }
    text_add(out, "in 1 day");
    add_rest(out, hours - 24, " h");
}

void words_add_span(GString *out, int64_t us)
{
    if (us <= 0) {
        text_add(out, "now");
        return;
    }
    int64_t seconds = divide_up(us, US_PER_S), minutes = divide_up(seconds, 60);
    if (seconds < 60) {
        add_span(out, seconds, " s");
    } else if (minutes < 60) {
        add_span(out, minutes, " min");
    } else if (minutes >= 24 * 60) {
        add_days(out, divide_up(minutes, 60));
    } else {
        add_span(out, minutes / 60, " h");
        add_rest(out, minutes % 60, " min");
    }
}

char *words_span(int64_t us)
{
    return WORDS(words_add_span, us);
}

void words_add_ago(GString *out, int64_t us)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{24 * 3600, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}};
    int64_t seconds = us / US_PER_S;
    size_t first = 0;
    if (seconds <= 0) {
        text_add(out, "just now");
        return;
    }
    while (units[first].seconds > seconds)
        first++;
    text_add_number(out, seconds / units[first].seconds);
    text_add(out, units[first].unit);
    /* Two parts below ten of the first: what is long over need not be known so well. */
    if (units[first].seconds > 60 && seconds < 10 * units[first].seconds)
        add_rest(out, seconds % units[first].seconds / units[first + 1].seconds, units[first + 1].unit);
    text_add(out, " ago");
}

char *words_ago(int64_t us)
{
    return WORDS(words_add_ago, us);
}

/* ---- moments --------------------------------------------------------------------------- */

#define HOUR_US (3600 * US_PER_S)
#define MINUTE_US (60 * US_PER_S)
#define DAY_US (24 * HOUR_US)

static bool is_moment(Instant at)
{
    return at != INSTANT_MIN && at != INSTANT_MAX;
}

/* What a calendar and a clock on the wall show. */
typedef struct {
    CivilDate date;
    int64_t days;    /* since 1970-01-01 */
    int64_t seconds; /* since midnight */
    const char *zone;
} Wall;

/* False outside of the years 1 to 9999. */
static bool wall_at(Instant at, const char *zone, Wall *out)
{
    GTimeZone *found = zone ? zone_find(zone) : NULL;
    int64_t first = civil_days((CivilDate){1, 1, 1}), end = civil_days((CivilDate){10000, 1, 1});
    if (at < first * DAY_US || at >= end * DAY_US)
        return false;
    Instant local = zone_local(zone_of(found), at);
    out->days = floor_divide(local, DAY_US);
    out->date = civil_date(out->days);
    out->seconds = (local - out->days * DAY_US) / US_PER_S;
    out->zone = found ? zone : "UTC";
    return out->days >= first && out->days < end;
}

/* Rounded up to what will be shown. Zones keep whole minutes nowadays, so that minutes of UTC are theirs. */
static Instant shown_moment(Instant at, Instant now, bool *seconds)
{
    *seconds = at % MINUTE_US != 0 && at > now && at - now < HOUR_US;
    int64_t step = *seconds ? US_PER_S : MINUTE_US;
    int64_t over = at % step;
    return over == 0 ? at : at - over + (over > 0 ? step : 0);
}

static void add_two_digits(GString *out, int64_t number)
{
    char *at = text_room(out, 2);
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    text_added(out, 2);
}

static void add_clock(GString *out, const Wall *wall, bool seconds)
{
    add_two_digits(out, wall->seconds / 3600);
    text_add_char(out, ':');
    add_two_digits(out, wall->seconds / 60 % 60);
    if (!seconds)
        return;
    text_add_char(out, ':');
    add_two_digits(out, wall->seconds % 60);
}

void words_add_clock(GString *out, Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    Wall wall;
    if (is_moment(at) && wall_at(shown_moment(at, now, &seconds), zone, &wall))
        add_clock(out, &wall, seconds);
}

void words_add_second(GString *out, Instant at, const char *zone)
{
    Wall wall;
    if (is_moment(at) && wall_at(at, zone, &wall))
        add_clock(out, &wall, true);
}

void words_add_offset(GString *out, Instant at, const char *zone)
{
    GTimeZone *found = zone ? zone_find(zone) : NULL;
    if (!found || !is_moment(at) || strcmp(zone, "UTC") == 0)
        return;
    int64_t offset_us = zone_local(zone_of(found), at) - at, minutes = ABS(offset_us) / MINUTE_US;
    text_add_char(out, offset_us < 0 ? '-' : '+');
    add_two_digits(out, minutes / 60);
    text_add_char(out, ':');
    add_two_digits(out, minutes % 60);
}

char *words_clock(Instant at, const char *zone, Instant now)
{
    return WORDS(words_add_clock, at, zone, now);
}

/* "2025-12-29" */
static void add_date(GString *out, const Wall *wall)
{
    text_add_number(out, wall->date.year);
    text_add_char(out, '-');
    add_two_digits(out, wall->date.month);
    text_add_char(out, '-');
    add_two_digits(out, wall->date.day);
}

/* "2025-12-29 at 00:00 (UTC)" */
static void add_date_and_clock(GString *out, const Wall *wall, bool seconds)
{
    add_date(out, wall);
    text_add(out, " at ");
    add_clock(out, wall, seconds);
    text_adds(out, " (", wall->zone, ")");
}

void words_add_time(GString *out, Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    Wall wall;
    if (is_moment(at) && wall_at(shown_moment(at, now, &seconds), zone, &wall))
        add_date_and_clock(out, &wall, seconds);
}

void words_add_date(GString *out, Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    Wall wall;
    if (is_moment(at) && wall_at(shown_moment(at, now, &seconds), zone, &wall))
        add_date(out, &wall);
}

void words_add_stamp(GString *out, Instant at, const char *zone)
{
    Wall wall;
    if (is_moment(at) && wall_at(at, zone, &wall))
        add_date_and_clock(out, &wall, true);
}

void words_add_stamp_bare(GString *out, Instant at, const char *zone)
{
    Wall wall;
    if (!is_moment(at) || !wall_at(at, zone, &wall))
        return;
    add_date(out, &wall);
    text_add_char(out, ' ');
    add_clock(out, &wall, true);
}

void words_add_when(GString *out, const char *text, const char *zone)
{
    Instant at;
    if (text && instant_parse(text, &at))
        words_add_stamp_bare(out, at, zone);
}

char *words_stamp_bare(Instant at, const char *zone)
{
    return WORDS(words_add_stamp_bare, at, zone);
}

char *words_stamp(Instant at, const char *zone)
{
    return WORDS(words_add_stamp, at, zone);
}

char *words_time(Instant at, const char *zone, Instant now)
{
    return WORDS(words_add_time, at, zone, now);
}

/* "9 Dec", "9 Jan 2027" */
static void add_day(GString *out, const Wall *wall, Instant now)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    Wall today;
    text_add_number(out, wall->date.day);
    text_adds(out, " ", months[wall->date.month - 1]);
    if (is_moment(now) && wall_at(now, wall->zone, &today) && today.date.year == wall->date.year)
        return;
    text_add_char(out, ' ');
    text_add_number(out, wall->date.year);
}

void words_add_day(GString *out, Instant at, const char *zone, Instant now)
{
    Wall wall;
    if (is_moment(at) && wall_at(at, zone, &wall))
        add_day(out, &wall, now);
}

char *words_day(Instant at, const char *zone, Instant now)
{
    return WORDS(words_add_day, at, zone, now);
}

/* "Mon 9 Dec" */
static void add_weekday(GString *out, const Wall *wall, Instant now)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970 began on a Thursday */
    text_adds(out, days[wall->days - floor_divide(wall->days, 7) * 7], " ");
    add_day(out, wall, now);
}

/* From when on something holds: not before it does, so rounded up to the minute. */
void words_add_from(GString *out, Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    Wall wall;
    if (!is_moment(at) || !wall_at(shown_moment(at, now, &seconds), zone, &wall))
        return;
    text_add(out, "From ");
    add_weekday(out, &wall, now);
    text_add(out, " at ");
    add_clock(out, &wall, seconds);
    text_adds(out, " (", wall.zone, ")");
}

void words_add_resets(GString *out, const UsageLine *line, Instant now)
{
    bool rolling = line->limit && line->limit->window.align == ALIGN_ROLLING, seconds = false;
    Wall wall;
    if (!line->limit || !is_moment(line->resets_at) || (rolling && line->amount == AMOUNT_UNLIMITED) ||
        !wall_at(shown_moment(line->resets_at, now, &seconds), line->zone, &wall))
        return;
    text_add(out, rolling ? "More comes back" : "Resets");
    if (line->resets_at - now > DAY_US) {
        text_add(out, rolling ? " on " : " ");
        add_weekday(out, &wall, now);
    }
    text_add(out, " at ");
    add_clock(out, &wall, seconds);
    text_adds(out, " (", wall.zone, "), ");
    words_add_span(out, line->resets_at - now);
}

char *words_resets(const UsageLine *line, Instant now)
{
    return WORDS(words_add_resets, line, now);
}

/* ---- pace ------------------------------------------------------------------------------ */

#define EXACT_WITHIN_US (2 * DAY_US) /* nearer than this the hour is said, as it was worked out */
#define WEEKDAY_WITHIN_US (6 * DAY_US)

static void add_runs_out(GString *out, Instant at, const char *zone, Instant now)
{
    static const char *const days[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    Instant hour = (at + HOUR_US / 2) / HOUR_US * HOUR_US;
    Wall wall;
    if (!wall_at(hour, zone, &wall))
        return;
    text_add(out, "At this rate it runs out ");
    if (at - now > WEEKDAY_WITHIN_US) {
        text_add(out, "about ");
        add_weekday(out, &wall, now);
        return;
    }
    text_adds(out, "on ", days[wall.days - floor_divide(wall.days, 7) * 7]);
    if (at - now > EXACT_WITHIN_US)
        return;
    text_add(out, " about ");
    add_clock(out, &wall, false);
    text_adds(out, " (", wall.zone, ")");
}

void words_add_pace(GString *out, const Forecast *forecast, const char *zone, Instant now)
{
    if (forecast->kind == FORECAST_RUNS_OUT)
        add_runs_out(out, forecast->at, zone, now);
    else if (forecast->kind == FORECAST_LASTS)
        text_add(out, "At this rate it lasts until it resets");
}

char *words_pace(const Forecast *forecast, const char *zone, Instant now)
{
    return WORDS(words_add_pace, forecast, zone, now);
}

/* ---- windows --------------------------------------------------------------------------- */

static const char *const unit_words[] = {"minute", "hour", "day", "week", "month", "year"};

/* "28 days" */
static void add_count(GString *out, const WindowSpec *window)
{
    text_add_number(out, window->count);
    text_adds(out, " ", unit_words[window->unit], "s");
}

/* How long a rolling window is, in the units people count such a length in: "24 hours". */
static void add_rolling(GString *out, const WindowSpec *window)
{
    static const char *const of_one[] = {"60 seconds", "60 minutes", "24 hours", "7 days", "month", "12 months"};
    if (window->count == 1)
        text_add(out, of_one[window->unit]);
    else
        add_count(out, window);
}

/* What "for" may stand before, and "in" if it is of several: "today", "these 28 days", "the last 24 hours". */
static void add_window_bare(GString *out, const WindowSpec *window)
{
    if (window->align == ALIGN_ROLLING) {
        text_add(out, "the last ");
        add_rolling(out, window);
    } else if (window->count > 1) {
        text_add(out, "these ");
        add_count(out, window);
    } else if (window->unit == WINDOW_DAY) {
        text_add(out, "today");
    } else {
        text_add(out, "this ");
        text_add(out, unit_words[window->unit]);
    }
}

void words_add_window(GString *out, const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME) {
        text_add(out, "in all");
        return;
    }
    if (window->align == ALIGN_ROLLING || window->count > 1)
        text_add(out, "in ");
    add_window_bare(out, window);
}

char *words_window(const WindowSpec *window)
{
    return WORDS(words_add_window, window);
}

void words_add_window_for(GString *out, const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME)
        return;
    text_add(out, window->align == ALIGN_ROLLING ? "in " : "for ");
    add_window_bare(out, window);
}

char *words_window_for(const WindowSpec *window)
{
    return WORDS(words_add_window_for, window);
}

void words_add_per(GString *out, const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME) {
        text_add(out, "in all");
    } else if (window->align == ALIGN_ROLLING) {
        text_add(out, "in any ");
        add_rolling(out, window);
    } else if (window->count > 1) {
        text_add(out, "every ");
        add_count(out, window);
    } else {
        text_adds(out, window->unit == WINDOW_HOUR ? "an " : "a ", unit_words[window->unit]);
    }
}

char *words_per(const WindowSpec *window)
{
    return WORDS(words_add_per, window);
}
