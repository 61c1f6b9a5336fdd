/* Windows: the period that a limit counts over. Pure: the zone database is a value here.
 *
 * Half open, [start, end). Consecutive calendar and anchor windows meet exactly, through
 * every change of clocks: a window begins at the first instant whose local time is at or
 * after the nominal one (midnight that does not exist: the first instant after the gap;
 * midnight that happens twice: the first of them). So a local date that was skipped has
 * length 0, and no window is entered twice. Minutes and hours follow the local clock too
 * ("6 hour" begins at 0, 6, 12 and 18 o'clock on every day); where clocks put back stretch one to
 * several times its length, it is cut into so many from its start, the last taking what is over: an hour that
 * happens twice is two windows.
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
 * is none. Cached for the life of the process; the caller owns nothing. Thread-safe. The database
 * is the one in TZDIR, else /usr/share/zoneinfo; "UTC" is there without one. GTimeZone is the name of the
 * zone here: what its clocks do is read from the database, for GLib 2.74 is wrong on some years from 2038. */
GTimeZone *zone_find(const char *name);

/* The window that holds `at`. `anchor` is used by ALIGN_ANCHOR only: windows are counted from
 * it by multiplication (Jan 31 + 2 months = Mar 31; clamped to the last day of a month), in
 * local time of the zone, to the microsecond; minutes and hours in elapsed time. `at` may lie before the
 * anchor. day_starts_min shifts calendar days, weeks, months and years; anchored ones keep the
 * anchor's time of day.
 * Rolling: start = at - length (days and weeks of 24 hours each; months and years by the calendar, in the
 * zone), end = at + 1 us (the trailing period includes `at`).
 * NULL for the zone is UTC. An `at` or anchor outside the years 1 to 9999 is taken for the nearest in them. A
 * calendar count that does not fit (window_fits_calendar) counts from 1970-01-01. */
Window window_at(const WindowSpec *spec, GTimeZone *zone, Instant anchor, Instant at);

/* Rolling windows: units used at or after this instant must be counted at `at` for the amount to hold in
 * every trailing window from `at` on. Never goes back as `at` goes on, unlike the start that window_at
 * shows, which may for months and years: the trailing month of March 29 begins on February 28, as on March 28. */
Instant window_trailing_start(const WindowSpec *spec, GTimeZone *zone, Instant at);

/* The first instant whose trailing start is at or after `edge`. */
Instant window_trailing_leaves(const WindowSpec *spec, GTimeZone *zone, Instant edge);

/* Rolling windows: the longest length in microseconds that the spec can have (a month is 31
 * days, a year 366, and a day more for changes of clocks; lifetime: INT64_MAX), and the length of
 * one sub-window: that divided by ROLLING_PARTS, rounded up. */
int64_t window_longest_us(const WindowSpec *spec);
int64_t window_part_us(const WindowSpec *spec);

#endif
