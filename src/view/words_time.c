/* Numbers, spans, moments and windows in words. Names of days and months stand here because
 * g_date_time_format would take them from the locale of the process, and the words are English. */
#include "view/words.h"

char *words_number(int64_t number)
{
    g_autofree char *digits = g_strdup_printf("%" PRId64, number);
    const char *first = digits + (number < 0);
    GString *out = g_string_new_len(digits, first - digits);
    size_t length = strlen(first);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            g_string_append_c(out, ',');
        g_string_append_c(out, first[i]);
    }
    return g_string_free(out, FALSE);
}

char *words_units(const Feature *feature, int64_t number)
{
    g_autofree char *figure = words_number(number);
    return g_strdup_printf("%s %s", figure, number == 1 ? feature->unit : feature->units);
}

char *words_capital(const char *text)
{
    gunichar first = g_utf8_get_char_validated(text, -1);
    if (!*text || first == (gunichar)-1 || first == (gunichar)-2)
        return g_strdup(text);
    char capital[7] = "";
    g_unichar_to_utf8(g_unichar_totitle(first), capital);
    return g_strconcat(capital, g_utf8_next_char(text), NULL);
}

/* ---- spans ----------------------------------------------------------------------------- */

static int64_t divide_up(int64_t number, int64_t by)
{
    return (number - 1) / by + 1;
}

static char *span_days(int64_t hours)
{
    if (hours >= 48)
        return g_strdup_printf("in %" PRId64 " days", (hours + 12) / 24);
    if (hours > 24)
        return g_strdup_printf("in 1 day %" PRId64 " h", hours - 24);
    return g_strdup("in 1 day");
}

char *words_span(int64_t us)
{
    if (us <= 0)
        return g_strdup("now");
    int64_t seconds = divide_up(us, US_PER_S);
    if (seconds < 60)
        return g_strdup_printf("in %" PRId64 " s", seconds);
    int64_t minutes = divide_up(seconds, 60);
    if (minutes < 60)
        return g_strdup_printf("in %" PRId64 " min", minutes);
    if (minutes >= 24 * 60)
        return span_days(divide_up(minutes, 60));
    if (minutes % 60 == 0)
        return g_strdup_printf("in %" PRId64 " h", minutes / 60);
    return g_strdup_printf("in %" PRId64 " h %" PRId64 " min", minutes / 60, minutes % 60);
}

/* ---- moments --------------------------------------------------------------------------- */

static bool is_moment(Instant at)
{
    return at != INSTANT_MIN && at != INSTANT_MAX;
}

/* At the start of its second, in the zone; NULL outside of the years 1 to 9999. */
static GDateTime *local_time(Instant at, const char *zone)
{
    int64_t seconds = at / US_PER_S - (at % US_PER_S < 0);
    GTimeZone *found = zone ? zone_find(zone) : NULL;
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds);
    if (!utc || !found)
        return g_steal_pointer(&utc);
    return g_date_time_to_timezone(utc, found);
}

static const char *zone_name(const char *zone)
{
    return zone && zone_find(zone) ? zone : "UTC";
}

#define HOUR_US (3600 * US_PER_S)
#define MINUTE_US (60 * US_PER_S)

/* Rounded up to what will be shown. Zones keep whole minutes nowadays, so that minutes of UTC are theirs. */
static Instant shown_moment(Instant at, Instant now, bool *seconds)
{
    *seconds = at % MINUTE_US != 0 && at > now && at - now < HOUR_US;
    int64_t step = *seconds ? US_PER_S : MINUTE_US;
    int64_t over = at % step;
    return over == 0 ? at : at - over + (over > 0 ? step : 0);
}

char *words_clock(Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    g_autoptr(GDateTime) local = is_moment(at) ? local_time(shown_moment(at, now, &seconds), zone) : NULL;
    return local ? g_date_time_format(local, seconds ? "%H:%M:%S" : "%H:%M") : g_strdup("");
}

char *words_time(Instant at, const char *zone, Instant now)
{
    bool seconds = false;
    g_autoptr(GDateTime) local = is_moment(at) ? local_time(shown_moment(at, now, &seconds), zone) : NULL;
    if (!local)
        return g_strdup("");
    g_autofree char *text = g_date_time_format(local, seconds ? "%Y-%m-%d at %H:%M:%S" : "%Y-%m-%d at %H:%M");
    return g_strdup_printf("%s (%s)", text, zone_name(zone));
}

static char *day_of(GDateTime *local, GDateTime *today)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int day = g_date_time_get_day_of_month(local), year = g_date_time_get_year(local);
    const char *month = months[g_date_time_get_month(local) - 1];
    if (today && g_date_time_get_year(today) == year)
        return g_strdup_printf("%d %s", day, month);
    return g_strdup_printf("%d %s %d", day, month, year);
}

char *words_day(Instant at, const char *zone, Instant now)
{
    g_autoptr(GDateTime) local = is_moment(at) ? local_time(at, zone) : NULL;
    g_autoptr(GDateTime) today = is_moment(now) ? local_time(now, zone) : NULL;
    return local ? day_of(local, today) : g_strdup("");
}

static char *weekday_and_day(Instant at, const char *zone, Instant now)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    g_autoptr(GDateTime) local = local_time(at, zone);
    g_autoptr(GDateTime) today = local_time(now, zone);
    if (!local)
        return g_strdup("");
    g_autofree char *day = day_of(local, today);
    return g_strdup_printf("%s %s", days[g_date_time_get_day_of_week(local) - 1], day);
}

char *words_resets(const UsageLine *line, Instant now)
{
    bool rolling = line->limit && line->limit->window.align == ALIGN_ROLLING;
    if (!line->limit || !is_moment(line->resets_at) || (rolling && line->amount == AMOUNT_UNLIMITED))
        return g_strdup("");
    const char *verb = rolling ? "More comes back" : "Resets";
    g_autofree char *clock = words_clock(line->resets_at, line->zone, now);
    g_autofree char *span = words_span(line->resets_at - now);
    if (line->resets_at - now <= 24 * HOUR_US)
        return g_strdup_printf("%s at %s (%s), %s", verb, clock, zone_name(line->zone), span);
    bool seconds = false;
    g_autofree char *day = weekday_and_day(shown_moment(line->resets_at, now, &seconds), line->zone, now);
    return g_strdup_printf("%s %s%s at %s (%s), %s", verb, rolling ? "on " : "", day, clock, zone_name(line->zone), span);
}

/* ---- windows --------------------------------------------------------------------------- */

static const char *const unit_words[] = {"minute", "hour", "day", "week", "month", "year"};

/* How long a rolling window is, in the units people count such a length in: "24 hours". */
static char *rolling_length(const WindowSpec *window)
{
    static const char *const of_one[] = {"60 seconds", "60 minutes", "24 hours", "7 days", "month", "12 months"};
    if (window->count == 1)
        return g_strdup(of_one[window->unit]);
    return g_strdup_printf("%d %ss", window->count, unit_words[window->unit]);
}

char *words_window(const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME)
        return g_strdup("in all");
    if (window->align == ALIGN_ROLLING) {
        g_autofree char *length = rolling_length(window);
        return g_strdup_printf("in the last %s", length);
    }
    if (window->count > 1)
        return g_strdup_printf("in these %d %ss", window->count, unit_words[window->unit]);
    if (window->unit == WINDOW_DAY)
        return g_strdup("today");
    return g_strdup_printf("this %s", unit_words[window->unit]);
}

char *words_window_for(const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME)
        return g_strdup("");
    g_autofree char *in = words_window(window);
    if (window->align == ALIGN_ROLLING)
        return g_steal_pointer(&in);
    return g_strdup_printf("for %s", g_str_has_prefix(in, "in ") ? in + strlen("in ") : in);
}

char *words_per(const WindowSpec *window)
{
    if (window->unit == WINDOW_LIFETIME)
        return g_strdup("in all");
    if (window->align == ALIGN_ROLLING) {
        g_autofree char *length = rolling_length(window);
        return g_strdup_printf("in any %s", length);
    }
    if (window->count > 1)
        return g_strdup_printf("every %d %ss", window->count, unit_words[window->unit]);
    return g_strdup_printf("%s %s", window->unit == WINDOW_HOUR ? "an" : "a", unit_words[window->unit]);
}
