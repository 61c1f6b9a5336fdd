/* Windows: the answers owed for particular zones and days; edges against a slow count of what the C
 * library's clock shows; reading and refusing. The sweep over every zone is sweep_window.c; zone files and
 * rules have test_zone.c. */
#include <time.h>

#include "domain/window.h"
#include "domain/civil.h"
#include "domain/zone.h"

#include <check.h>

/* Check writes a mark for each assertion: dear in a loop of millions. */
#define REQUIRE(holds, ...)        \
    do {                           \
        if (!(holds))              \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static Instant at(const char *text)
{
    Instant instant;
    ck_assert_msg(instant_parse(text, &instant), "not an instant: %s", text);
    return instant;
}

static WindowSpec spec_of(const char *text, WindowAlign align)
{
    WindowSpec spec = {.align = align, .week_starts = 1};
    const char *why;
    ck_assert_msg(window_parse(text, &spec, &why), "not a window: %s", text);
    return spec;
}

static GTimeZone *zone_named(const char *name)
{
    GTimeZone *zone = zone_find(name);
    ck_assert_msg(zone != NULL, "no zone %s", name);
    return zone;
}

static void assert_window(Window window, const char *what, const char *start, const char *end)
{
    g_autofree char *got_start = instant_text_exact(window.start);
    g_autofree char *got_end = instant_text_exact(window.end);
    ck_assert_msg(window.start == at(start) && window.end == at(end), "%s: got [%s, %s), want [%s, %s)", what, got_start,
                  got_end, start, end);
}

/* --- answers owed --- */

typedef struct {
    const char *window, *zone, *at, *start, *end;
    int day_starts_min;
    int week_starts; /* 0: Monday */
} CalendarCase;

static const CalendarCase calendar_cases[] = {
    /* 23 and 25 hours */
    {"day", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 0, 0},
    {"day", "America/New_York", "2026-03-09T03:59:59.999999Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 0, 0},
    {"day", "America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 0, 0},
    {"day", "Europe/Budapest", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 0, 0},
    {"day", "Europe/Budapest", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 0, 0},
    /* midnight that does not exist; half an hour of summer time; a date that was skipped */
    {"day", "America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", 0, 0},
    {"day", "America/Santiago", "2026-09-06T03:59:59Z", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z", 0, 0},
    {"day", "Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z", 0, 0},
    {"day", "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z", 0, 0},
    {"day", "Pacific/Apia", "2011-12-30T09:59:59.999999Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", 0, 0},
    {"day", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", 0, 0},
    /* midnight that happens twice: within the day, and into the day before */
    {"day", "America/Havana", "2026-11-01T04:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 0, 0},
    {"day", "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 0, 0},
    {"day", "America/Havana", "2026-11-01T03:59:59Z", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z", 0, 0},
    {"day", "America/St_Johns", "2010-11-07T02:45:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z", 0, 0},
    {"day", "America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z", 0, 0},
    /* standard time in summer, after the years that the file lists */
    {"day", "Europe/Dublin", "2039-07-01T12:00:00Z", "2039-06-30T23:00:00Z", "2039-07-01T23:00:00Z", 0, 0},
    {"day", "Europe/Dublin", "2039-01-01T12:00:00Z", "2039-01-01T00:00:00Z", "2039-01-02T00:00:00Z", 0, 0},
    {"day", "America/New_York", "9000-07-01T12:00:00Z", "9000-07-01T04:00:00Z", "9000-07-02T04:00:00Z", 0, 0},
    {"day", "America/New_York", "9000-01-01T12:00:00Z", "9000-01-01T05:00:00Z", "9000-01-02T05:00:00Z", 0, 0},
    /* odd offsets, and seconds of them */
    {"day", "Asia/Kathmandu", "2026-03-15T12:00:00Z", "2026-03-14T18:15:00Z", "2026-03-15T18:15:00Z", 0, 0},
    {"hour", "Asia/Kathmandu", "2026-03-15T12:00:00Z", "2026-03-15T11:15:00Z", "2026-03-15T12:15:00Z", 0, 0},
    {"minute", "Africa/Monrovia", "1971-06-01T00:00:00Z", "1971-05-31T23:59:30Z", "1971-06-01T00:00:30Z", 0, 0},
    {"day", "Asia/Kathmandu", "1900-01-01T12:00:00Z", "1899-12-31T18:18:44Z", "1900-01-01T18:18:44Z", 0, 0},
    /* weeks */
    {"week", "UTC", "2026-03-15T12:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z", 0, 0},
    {"week", "UTC", "2026-03-16T00:00:00Z", "2026-03-16T00:00:00Z", "2026-03-23T00:00:00Z", 0, 0},
    {"week", "America/New_York", "2026-11-02T04:59:00Z", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z", 0, 0},
    {"week", "America/New_York", "2026-11-02T05:00:00Z", "2026-11-02T05:00:00Z", "2026-11-09T05:00:00Z", 0, 0},
    {"week", "UTC", "2026-03-15T12:00:00Z", "2026-03-15T00:00:00Z", "2026-03-22T00:00:00Z", 0, 7},
    {"week", "UTC", "2026-03-15T12:00:00Z", "2026-03-11T00:00:00Z", "2026-03-18T00:00:00Z", 0, 3},
    {"week", "UTC", "1969-12-31T12:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z", 0, 0},
    /* the day does not begin at midnight */
    {"day", "America/New_York", "2026-03-08T09:59:59Z", "2026-03-07T11:00:00Z", "2026-03-08T10:00:00Z", 360, 0},
    {"day", "America/New_York", "2026-03-08T10:00:00Z", "2026-03-08T10:00:00Z", "2026-03-09T10:00:00Z", 360, 0},
    {"week", "UTC", "2026-03-16T05:59:00Z", "2026-03-09T06:00:00Z", "2026-03-16T06:00:00Z", 360, 0},
    {"month", "UTC", "2026-03-01T05:59:00Z", "2026-02-01T06:00:00Z", "2026-03-01T06:00:00Z", 360, 0},
    {"year", "UTC", "2026-01-01T05:59:00Z", "2025-01-01T06:00:00Z", "2026-01-01T06:00:00Z", 360, 0},
    {"hour", "UTC", "2026-01-01T05:59:00Z", "2026-01-01T05:00:00Z", "2026-01-01T06:00:00Z", 15, 0},
    {"day", "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", 150, 0},
    /* months and years */
    {"month", "America/New_York", "2026-03-31T23:00:00Z", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z", 0, 0},
    {"3 month", "UTC", "2026-12-31T23:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", 0, 0},
    {"6 month", "UTC", "1969-12-31T23:00:00Z", "1969-07-01T00:00:00Z", "1970-01-01T00:00:00Z", 0, 0},
    {"year", "Europe/Budapest", "2028-02-29T00:00:00Z", "2027-12-31T23:00:00Z", "2028-12-31T23:00:00Z", 0, 0},
    /* minutes and hours: the hour that happens twice is two, of the one that does not there is none */
    {"minute", "America/New_York", "2026-11-01T06:30:30Z", "2026-11-01T06:30:00Z", "2026-11-01T06:31:00Z", 0, 0},
    {"15 minute", "UTC", "2026-11-01T06:44:59Z", "2026-11-01T06:30:00Z", "2026-11-01T06:45:00Z", 0, 0},
    {"hour", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", 0, 0},
    {"hour", "America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z", 0, 0},
    {"hour", "America/New_York", "2026-03-08T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z", 0, 0},
    {"6 hour", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-01T04:00:00Z", "2026-11-01T11:00:00Z", 0, 0},
    {"6 hour", "America/New_York", "2026-11-01T11:00:00Z", "2026-11-01T11:00:00Z", "2026-11-01T17:00:00Z", 0, 0},
    {"6 hour", "America/New_York", "2026-03-08T09:59:00Z", "2026-03-08T05:00:00Z", "2026-03-08T10:00:00Z", 0, 0},
    {"hour", "Australia/Lord_Howe", "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z", 0, 0},
    {"hour", "Australia/Lord_Howe", "2026-04-04T15:15:00Z", "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z", 0, 0},
    {"30 minute", "Australia/Lord_Howe", "2026-04-04T15:15:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z", 0, 0},
};

START_TEST(calendar_windows)
{
    const CalendarCase *row = &calendar_cases[_i];
    WindowSpec spec = spec_of(row->window, ALIGN_CALENDAR);
    spec.day_starts_min = row->day_starts_min;
    if (row->week_starts)
        spec.week_starts = row->week_starts;
    g_autofree char *what = g_strdup_printf("%s in %s at %s", row->window, row->zone, row->at);
    assert_window(window_at(&spec, zone_named(row->zone), 0, at(row->at)), what, row->start, row->end);
}
END_TEST

typedef struct {
    const char *window, *zone, *anchor, *at, *start, *end;
} AnchorCase;

static const AnchorCase anchor_cases[] = {
    {"28 day", "UTC", "2026-01-01", "2026-03-15T12:00:00Z", "2026-02-26T00:00:00Z", "2026-03-26T00:00:00Z"},
    {"month", "UTC", "2026-01-31T10:00:00Z", "2026-03-31T10:00:00Z", "2026-03-31T10:00:00Z", "2026-04-30T10:00:00Z"},
    {"month", "UTC", "2026-01-31T10:00:00Z", "2026-03-31T09:59:59Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"},
    {"2 month", "UTC", "2026-01-31T10:00:00Z", "2026-03-31T10:00:00Z", "2026-03-31T10:00:00Z", "2026-05-31T10:00:00Z"},
    {"month", "UTC", "2025-01-31T15:00:00Z", "2025-08-13T20:00:00Z", "2025-07-31T15:00:00Z", "2025-08-31T15:00:00Z"},
    {"month", "UTC", "2025-01-31T15:00:00Z", "2025-09-30T15:00:00Z", "2025-09-30T15:00:00Z", "2025-10-31T15:00:00Z"},
    {"year", "UTC", "2024-02-29", "2025-02-28T00:00:00Z", "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"},
    {"year", "UTC", "2024-02-29", "2026-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2027-02-28T00:00:00Z"},
    {"year", "UTC", "2024-02-29", "2028-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"},
    /* before the anchor */
    {"28 day", "UTC", "2026-01-01", "2025-12-31T23:59:59Z", "2025-12-04T00:00:00Z", "2026-01-01T00:00:00Z"},
    {"month", "UTC", "2026-03-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"},
    {"month", "UTC", "2026-03-31T10:00:00Z", "2026-02-28T09:59:59Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"},
    {"hour", "UTC", "2026-03-31T10:20:00Z", "2026-02-28T09:59:59Z", "2026-02-28T09:20:00Z", "2026-02-28T10:20:00Z"},
    /* the same local time on each day; minutes and hours by the stopwatch */
    {"day", "America/New_York", "2026-03-07T15:00:00Z", "2026-03-08T14:30:00Z",
     "2026-03-08T14:00:00Z", "2026-03-09T14:00:00Z"},
    {"day", "America/New_York", "2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z",
     "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"},
    {"day", "America/Havana", "2026-10-30T04:30:00Z", "2026-11-01T05:45:00Z",
     "2026-11-01T04:30:00Z", "2026-11-02T05:30:00Z"},
    {"day", "America/Havana", "2026-10-30T04:30:00Z", "2026-11-01T05:15:00Z",
     "2026-11-01T04:30:00Z", "2026-11-02T05:30:00Z"},
    {"24 hour", "America/New_York", "2026-03-07T15:00:00Z", "2026-03-08T14:30:00Z",
     "2026-03-07T15:00:00Z", "2026-03-08T15:00:00Z"},
    {"7 minute", "UTC", "2026-03-07T15:00:01Z", "2026-03-07T15:14:00.5Z", "2026-03-07T15:07:01Z", "2026-03-07T15:14:01Z"},
    {"2 week", "Europe/Budapest", "2026-03-20T11:00:00Z", "2026-04-03T10:00:00Z",
     "2026-04-03T10:00:00Z", "2026-04-17T10:00:00Z"},
    /* to the microsecond, and from the second of two equal local times */
    {"day", "UTC", "2026-03-07T15:00:00.000001Z", "2026-03-08T15:00:00Z",
     "2026-03-07T15:00:00.000001Z", "2026-03-08T15:00:00.000001Z"},
    {"day", "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T05:30:00Z",
     "2026-11-01T05:30:00Z", "2026-11-02T05:30:00Z"},
    {"day", "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T05:29:00Z",
     "2026-10-31T04:30:00Z", "2026-11-01T05:30:00Z"},
    {"day", "America/Havana", "2026-11-01T05:30:00Z", "2026-10-31T12:00:00Z",
     "2026-10-31T04:30:00Z", "2026-11-01T05:30:00Z"},
    {"day", "America/Havana", "2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z",
     "2026-11-01T04:30:00Z", "2026-11-02T05:30:00Z"},
};

START_TEST(anchor_windows)
{
    const AnchorCase *row = &anchor_cases[_i];
    WindowSpec spec = spec_of(row->window, ALIGN_ANCHOR);
    spec.day_starts_min = 600; /* has no say here */
    g_autofree char *what = g_strdup_printf("%s in %s from %s at %s", row->window, row->zone, row->anchor, row->at);
    assert_window(window_at(&spec, zone_named(row->zone), at(row->anchor), at(row->at)), what, row->start, row->end);
}
END_TEST

START_TEST(rolling_windows)
{
    static const char *const rows[][4] = {
        {"hour", "UTC", "2026-03-15T12:00:00.5Z", "2026-03-15T11:00:00.5Z"},
        {"day", "America/New_York", "2026-03-08T16:00:00Z", "2026-03-07T16:00:00Z"},
        {"month", "America/New_York", "2026-04-08T06:30:00Z", "2026-03-08T07:00:00Z"},
        {"month", "America/New_York", "2026-11-20T17:00:00Z", "2026-10-20T16:00:00Z"},
        {"month", "UTC", "2026-03-31T10:00:00Z", "2026-02-28T10:00:00Z"},
        {"year", "UTC", "2028-02-29T10:00:00Z", "2027-02-28T10:00:00Z"},
        {"3 month", "UTC", "2026-01-31T10:00:00Z", "2025-10-31T10:00:00Z"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WindowSpec spec = spec_of(rows[i][0], ALIGN_ROLLING);
        Window window = window_at(&spec, zone_named(rows[i][1]), 0, at(rows[i][2]));
        ck_assert_int_eq(window.end, at(rows[i][2]) + 1);
        window.end--;
        assert_window(window, rows[i][0], rows[i][3], rows[i][2]);
    }
}
END_TEST

START_TEST(lifetime_has_no_edges)
{
    WindowSpec spec = spec_of("lifetime", ALIGN_CALENDAR);
    Window window = window_at(&spec, NULL, 0, at("2026-01-01"));
    ck_assert(window.start == INSTANT_MIN && window.end == INSTANT_MAX);
}
END_TEST

/* Alaska lived October 18 of 1867 twice, and Manila skipped the last day of 1844. */
START_TEST(dates_that_happened_twice_or_never)
{
    static const struct {
        const char *zone, *change;
    } rows[] = {{"America/Juneau", "1867-10-19T00:31:00Z"}, {"Asia/Manila", "1844-12-30T15:56:00Z"}};
    GTimeZone *zone = zone_named(rows[_i % 2].zone);
    Instant change = at(rows[_i % 2].change);
    WindowSpec spec = spec_of(_i < 2 ? "day" : "hour", _i < 2 ? ALIGN_ANCHOR : ALIGN_CALENDAR);
    for (Instant anchor = change - 2 * DAY; anchor < change + 2 * DAY; anchor += 7 * HOUR)
        for (Instant now = change - 3 * DAY; now < change + 3 * DAY; now += 10 * MINUTE) {
            Window window = window_at(&spec, zone, anchor, now);
            REQUIRE(window.start <= now && now < window.end, "at %s", instant_text(now));
            REQUIRE(window_at(&spec, zone, anchor, window.start - 1).end == window.start, "start at %s", instant_text(now));
            REQUIRE(window_at(&spec, zone, anchor, window.end).start == window.end, "end at %s", instant_text(now));
            REQUIRE(window_at(&spec, zone, anchor, window.end - 1).start == window.start,
                    "all of it at %s", instant_text(now));
        }
}
END_TEST

/* Times beyond the years of RFC 3339 must not overflow. */
START_TEST(times_beyond_all_years)
{
    static const Instant times[] = {INSTANT_MIN, INSTANT_MIN + 1, -1, 0, INSTANT_MAX - 1, INSTANT_MAX};
    static const char *const windows[] = {"minute", "hour", "day", "week", "1000 month", "1000 year"};
    for (guint i = 0; i < G_N_ELEMENTS(windows); i++)
        for (guint t = 0; t < G_N_ELEMENTS(times); t++)
            for (guint a = 0; a < G_N_ELEMENTS(times); a++)
                for (int align = ALIGN_CALENDAR; align <= ALIGN_ROLLING; align++) {
                    WindowSpec spec = spec_of(windows[i], (WindowAlign)align);
                    Window window = window_at(&spec, zone_named("America/Havana"), times[a], times[t]);
                    REQUIRE(window.start < window.end, "%s", windows[i]);
                    REQUIRE(window_trailing_start(&spec, NULL, times[t]) < at("9999-12-31T23:59:59Z"), "%s", windows[i]);
                    REQUIRE(window_trailing_leaves(&spec, NULL, times[t]) > at("0001-01-01"), "%s", windows[i]);
                }
}
END_TEST

/* --- trailing windows --- */

START_TEST(trailing_start_is_the_lowest_to_come)
{
    static const char *const windows[] = {"month", "2 month", "year", "5 month"};
    static const char *const zones[] = {"UTC", "America/New_York", "America/St_Johns", "Australia/Lord_Howe"};
    WindowSpec spec = spec_of(windows[_i % 4], ALIGN_ROLLING);
    GTimeZone *zone = zone_named(zones[_i / 4]);
    Instant from = at("2009-12-01"), until = at("2012-04-01");
    Instant lowest = INSTANT_MAX;
    for (Instant now = until; now >= from; now -= 15 * MINUTE) {
        lowest = MIN(lowest, window_at(&spec, zone, 0, now).start);
        Instant start = window_trailing_start(&spec, zone, now);
        /* The lowest of quarter hours: the very lowest can be up to a quarter hour away. */
        if (now < until - 40 * DAY)
            REQUIRE(start <= lowest && start > lowest - 15 * MINUTE, "at %s", instant_text_exact(now));
        REQUIRE(now - start <= window_longest_us(&spec), "too long at %s", instant_text_exact(now));
    }
}
END_TEST

START_TEST(trailing_leaves_at_the_first_instant)
{
    static const char *const windows[] = {"minute", "3 hour", "day", "2 week", "month", "year"};
    WindowSpec spec = spec_of(windows[_i], ALIGN_ROLLING);
    GTimeZone *zone = zone_named("America/New_York");
    for (Instant edge = at("2026-01-01"); edge < at("2027-03-01"); edge += 7 * HOUR) {
        Instant leaves = window_trailing_leaves(&spec, zone, edge);
        ck_assert_int_ge(window_trailing_start(&spec, zone, leaves), edge);
        ck_assert_int_lt(window_trailing_start(&spec, zone, leaves - 1), edge);
    }
}
END_TEST

START_TEST(longest_and_parts)
{
    static const struct {
        const char *window;
        int64_t longest_us;
    } rows[] = {{"minute", MINUTE}, {"7 minute", 7 * MINUTE}, {"hour", HOUR}, {"day", DAY}, {"3 week", 21 * DAY},
                {"month", 32 * DAY}, {"2 month", 63 * DAY}, {"year", 367 * DAY}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WindowSpec spec = spec_of(rows[i].window, ALIGN_ROLLING);
        ck_assert_int_eq(window_longest_us(&spec), rows[i].longest_us);
        ck_assert_int_ge(window_part_us(&spec) * ROLLING_PARTS, rows[i].longest_us);
        ck_assert_int_lt((window_part_us(&spec) - 1) * ROLLING_PARTS, rows[i].longest_us);
    }
}
END_TEST

/* --- against the C library --- */

static void c_library_zone(const char *name)
{
    g_autofree char *value = g_strconcat(":", name, NULL);
    setenv("TZ", value, 1);
    tzset();
}

static int64_t c_library_local_s(int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    REQUIRE(localtime_r(&time, &parts), "no local time at %" PRId64, seconds);
    return seconds + parts.tm_gmtoff;
}

/* Goes minute by minute: a new cell is entered when the clock shows one that is later than any shown so far. */
static void compare_edges(const char *name, const char *window, int64_t cell_s, Instant from, Instant until)
{
    WindowSpec spec = spec_of(window, ALIGN_CALENDAR);
    GTimeZone *zone = zone_named(name);
    c_library_zone(name);
    Instant start = INSTANT_MIN;
    int64_t latest = INT64_MIN;
    for (Instant now = from - 3 * DAY; now < until; now += MINUTE) {
        int64_t cell = floor_divide(c_library_local_s(now / US_PER_S), cell_s);
        if (cell > latest) {
            start = now;
            latest = cell;
        }
        Window got = window_at(&spec, zone, 0, now);
        if (now >= from)
            REQUIRE(got.start == start && now < got.end, "%s in %s at %s", window, name, instant_text(now));
    }
}

static const char *const odd_zones[] = {"America/New_York", "America/Havana", "America/Santiago", "Australia/Lord_Howe",
                                        "Pacific/Apia", "Europe/Dublin", "Africa/Casablanca", "Antarctica/Troll",
                                        "America/Nuuk", "Asia/Gaza", "Pacific/Chatham", "Africa/Cairo"};

START_TEST(days_against_the_c_library)
{
    static const char *const years[] = {"2011-01-01", "2026-01-01", "2039-01-01", "2300-01-01"};
    GTimeZone *zone = zone_named(odd_zones[_i]);
    for (guint y = 0; y < G_N_ELEMENTS(years); y++) {
        Instant from = at(years[y]);
        g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(Instant));
        zone_changes(zone_of(zone), from, from + 366 * DAY, changes);
        for (guint i = 0; i < changes->len; i++) {
            Instant change = g_array_index(changes, Instant, i);
            compare_edges(odd_zones[_i], "day", 86400, change - DAY, change + 2 * DAY);
            compare_edges(odd_zones[_i], "6 hour", 6 * 3600, change - DAY, change + DAY);
        }
    }
}
END_TEST

START_TEST(zones_made_elsewhere)
{
    WindowSpec spec = spec_of("day", ALIGN_CALENDAR);
    g_autoptr(GTimeZone) own = g_time_zone_new_identifier("Europe/Dublin");
    assert_window(window_at(&spec, own, 0, at("2039-07-01T12:00:00Z")), "own", "2039-06-30T23:00:00Z",
                  "2039-07-01T23:00:00Z");
    g_autoptr(GTimeZone) offset = g_time_zone_new_identifier("+05:30");
    assert_window(window_at(&spec, offset, 0, at("2026-07-01T12:00:00Z")), "offset", "2026-06-30T18:30:00Z",
                  "2026-07-01T18:30:00Z");
    assert_window(window_at(&spec, NULL, 0, at("2026-07-01T12:00:00Z")), "none", "2026-07-01", "2026-07-02");
}
END_TEST

/* --- reading and writing --- */

START_TEST(parse_and_text)
{
    static const struct {
        const char *text, *back;
        WindowUnit unit;
        int count;
    } good[] = {{"day", "day", WINDOW_DAY, 1}, {"28 day", "28 day", WINDOW_DAY, 28}, {"28 days", "28 day", WINDOW_DAY, 28},
                {"1 day", "day", WINDOW_DAY, 1}, {"15 minutes", "15 minute", WINDOW_MINUTE, 15},
                {"hour", "hour", WINDOW_HOUR, 1},
                {"2 week", "2 week", WINDOW_WEEK, 2}, {"1000 months", "1000 month", WINDOW_MONTH, 1000},
                {"year", "year", WINDOW_YEAR, 1}, {"lifetime", "lifetime", WINDOW_LIFETIME, 1}};
    static const char *const bad[] = {"", " ", "days ", " day", "28", "28day", "28  day", "28 day ", "0 day",
                                      "01 day", "-1 day", "1001 day", "99999999999999999999 day", "1.5 day", "Day",
                                      "second", "dayss", "lifetimes",
                                      "1 lifetime", "2 lifetime", "day 28", "28\tday", "d"};
    const char *why;
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        WindowSpec spec = {.week_starts = 3, .day_starts_min = 7, .align = ALIGN_ROLLING};
        ck_assert_msg(window_parse(good[i].text, &spec, &why), "%s", good[i].text);
        ck_assert(spec.unit == good[i].unit && spec.count == good[i].count);
        ck_assert(spec.week_starts == 3 && spec.day_starts_min == 7 && spec.align == ALIGN_ROLLING);
        g_autofree char *back = window_text(&spec);
        ck_assert_str_eq(back, good[i].back);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        WindowSpec spec = {.unit = WINDOW_YEAR, .count = 77};
        why = NULL;
        ck_assert_msg(!window_parse(bad[i], &spec, &why), "\"%s\"", bad[i]);
        ck_assert(why && spec.unit == WINDOW_YEAR && spec.count == 77);
    }
    WindowSpec spec;
    ck_assert(!window_parse(NULL, &spec, &why));
}
END_TEST

START_TEST(counts_that_fit_the_calendar)
{
    static const int wholes[] = {60, 24, 1, 1, 12, 1, 1};
    for (int unit = WINDOW_MINUTE; unit <= WINDOW_LIFETIME; unit++)
        for (int count = -1; count <= 1000; count++)
            ck_assert_int_eq(window_fits_calendar((WindowUnit)unit, count), count > 0 && wholes[unit] % count == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("window");
    TCase *cases = tcase_create("window");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, calendar_windows, 0, G_N_ELEMENTS(calendar_cases));
    tcase_add_loop_test(cases, anchor_windows, 0, G_N_ELEMENTS(anchor_cases));
    tcase_add_test(cases, rolling_windows);
    tcase_add_test(cases, lifetime_has_no_edges);
    tcase_add_loop_test(cases, dates_that_happened_twice_or_never, 0, 4);
    tcase_add_test(cases, times_beyond_all_years);
    tcase_add_loop_test(cases, trailing_start_is_the_lowest_to_come, 0, 16);
    tcase_add_loop_test(cases, trailing_leaves_at_the_first_instant, 0, 6);
    tcase_add_test(cases, longest_and_parts);
    tcase_add_loop_test(cases, days_against_the_c_library, 0, G_N_ELEMENTS(odd_zones));
    tcase_add_test(cases, zones_made_elsewhere);
    tcase_add_test(cases, parse_and_text);
    tcase_add_test(cases, counts_that_fit_the_calendar);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
