/* Windows: the period that a limit counts over. Pure: the zone database is a value here.
 *
 * Half open, [start, end). Consecutive calendar and anchor windows meet exactly, through
 * every change of clocks: a window begins at the first instant whose local time is at or
 * after the nominal one (midnight that does not exist: the first instant after the gap;
 * midnight that happens twice: the first of them).
 */
#ifndef WEBQUOTA_WINDOW_H
#define WEBQUOTA_WINDOW_H

#include "base/instant.h"

typedef enum {
    WINDOW_MINUTE,
    WINDOW_HOUR,
    WINDOW_DAY,
    WINDOW_WEEK,
    WINDOW_MONTH,
    WINDOW_YEAR,
    WINDOW_LIFETIME
} WindowUnit;

typedef enum { ALIGN_CALENDAR, ALIGN_ANCHOR, ALIGN_ROLLING } WindowAlign;

typedef struct {
    WindowUnit unit;
    int count;           /* N of "N day"; 1 for lifetime */
    WindowAlign align;   /* ALIGN_CALENDAR for lifetime */
    int week_starts;     /* ISO 8601: 1 Monday to 7 Sunday */
    int day_starts_min;  /* minutes after local midnight, 0 to 1439 */
} WindowSpec;

typedef struct {
    Instant start; /* INSTANT_MIN for lifetime */
    Instant end;   /* INSTANT_MAX for lifetime */
} Window;

/* A rolling window counts in sub-windows (buckets) of this many at the least; see counter.h. */
#define ROLLING_PARTS 60

/* Reads "day", "28 day", "15 minute", "lifetime" (plural units too) into unit and count and
 * leaves the other fields alone. Count 1 to 1000. On failure returns false and *why is what
 * is wrong (static text, lower case). */
bool window_parse(const char *text, WindowSpec *out, const char **why) MUST_CHECK;

/* The text that window_parse reads back: "day", "28 day", "lifetime". New string. */
char *window_text(const WindowSpec *spec);

/* May this spec be calendar-aligned? Counts must divide 60 minutes, 24 hours, 12 months;
 * days, weeks and years only 1. */
bool window_fits_calendar(WindowUnit unit, int count);

/* The zone of this name from the tz database ("UTC", "America/New_York"), or NULL when there
 * is none. Cached for the life of the process; the caller owns nothing. Thread-safe. */
GTimeZone *zone_find(const char *name);

/* The window that holds `at`. `anchor` is used by ALIGN_ANCHOR only: windows are counted from
 * it by multiplication (Jan 31 + 2 months = Mar 31; clamped to the last day of a month), in
 * local time of the zone, to the microsecond. `at` may lie before the anchor. Minutes and
 * hours are elapsed time, cut at local midnight boundaries by calendar alignment only.
 * Rolling: start = at - length (months and years by the calendar, in the zone), end = at + 1 us
 * (the trailing period includes `at`). */
Window window_at(const WindowSpec *spec, GTimeZone *zone, Instant anchor, Instant at);

/* Rolling windows: the longest length in microseconds that the spec can have (a month is 31
 * days, a year 366), and the length of one sub-window: that divided by ROLLING_PARTS, rounded up. */
int64_t window_longest_us(const WindowSpec *spec);
int64_t window_part_us(const WindowSpec *spec);

#endif
