/* Windows. Calendar and anchor windows lie on a grid of local times, all of one length or some months
 * apart, numbered from an origin. The window that holds an instant is the cell of the latest
 * local time shown so far, and its edges are the first instants that show the cell's edges or later: so
 * windows meet exactly and none is entered twice, whatever the clocks do.
 */
#include "domain/window.h"
#include "base/parse.h"
#include "domain/civil.h"
#include "domain/zone.h"
#include "say/say.h"

#define COUNT_MAX 1000
#define MINUTE_US (60 * US_PER_S)
#define DAY_US (24 * 60 * MINUTE_US)
#define THURSDAY 4 /* 1970-01-01 in ISO 8601 */

/* Instants that windows are computed for: years 1 to 9999. */
#define EARLIEST (INT64_C(-62135596800) * US_PER_S)
#define LATEST (INT64_C(253402300800) * US_PER_S - 1)

static const char *const unit_words[] = {"minute", "hour", "day", "week", "month", "year", "lifetime"};

bool window_parse(const char *text, WindowSpec *out, const char **why)
{
    int64_t count = 1;
    const char *space = text ? strchr(text, ' ') : NULL;
    const char *word = space ? space + 1 : text ? text : "";
    g_autofree char *digits = space ? g_strndup(text, (gsize)(space - text)) : NULL;
    if (digits && (!*digits || strspn(digits, "0123456789") != strlen(digits))) {
        *why = SAY_PERIOD;
        return false;
    }
    if (digits && !parse_whole(digits, 1, COUNT_MAX, &count)) {
        *why = SAY_PERIOD_COUNT;
        return false;
    }
    for (int unit = WINDOW_MINUTE; unit <= WINDOW_LIFETIME; unit++) {
        size_t len = strlen(unit_words[unit]);
        if (strncmp(word, unit_words[unit], len) != 0 || (word[len] && strcmp(word + len, "s") != 0))
            continue;
        if (unit == WINDOW_LIFETIME && (space || word[len]))
            break;
        out->unit = (WindowUnit)unit;
        out->count = (int)count;
        return true;
    }
    *why = SAY_PERIOD_UNIT;
    return false;
}

char *window_text(const WindowSpec *spec)
{
    if (spec->count == 1)
        return g_strdup(unit_words[spec->unit]);
    return g_strdup_printf("%d %s", spec->count, unit_words[spec->unit]);
}

bool window_fits_calendar(WindowUnit unit, int count)
{
    static const int whole[] = {[WINDOW_MINUTE] = 60, [WINDOW_HOUR] = 24, [WINDOW_DAY] = 1, [WINDOW_WEEK] = 1,
                                [WINDOW_MONTH] = 12, [WINDOW_YEAR] = 1, [WINDOW_LIFETIME] = 1};
    return count >= 1 && whole[unit] % count == 0;
}

/* The length of windows of which all are alike on the clock; 0 for months and years. */
static int64_t clock_length_us(const WindowSpec *spec)
{
    static const int64_t units[] = {[WINDOW_MINUTE] = MINUTE_US, [WINDOW_HOUR] = 60 * MINUTE_US, [WINDOW_DAY] = DAY_US,
                                    [WINDOW_WEEK] = 7 * DAY_US, [WINDOW_LIFETIME] = 0};
    return units[spec->unit] * spec->count;
}

static int64_t length_months(const WindowSpec *spec)
{
    return spec->count * (spec->unit == WINDOW_YEAR ? INT64_C(12) : 1);
}

/* A local time some months later, at the same time of day. */
static Instant local_add_months(Instant local, int64_t months)
{
    int64_t day = floor_divide(local, DAY_US);
    return civil_days(civil_add_months(civil_date(day), months)) * DAY_US + (local - day * DAY_US);
}

/* --- the grid --- */

typedef struct {
    Instant origin;    /* local */
    int64_t length_us; /* 0: by months */
    int64_t months;
} Grid;

static Instant grid_edge(const Grid *grid, int64_t index)
{
    if (grid->length_us)
        return grid->origin + index * grid->length_us;
    return local_add_months(grid->origin, index * grid->months);
}

static int64_t month_number(Instant local)
{
    CivilDate date = civil_date(floor_divide(local, DAY_US));
    return date.year * 12 + date.month - 1;
}

static int64_t grid_index(const Grid *grid, Instant local)
{
    if (grid->length_us)
        return floor_divide(local - grid->origin, grid->length_us);
    int64_t index = floor_divide(month_number(local) - month_number(grid->origin), grid->months);
    return grid_edge(grid, index) > local ? index - 1 : index;
}

static Grid calendar_grid(const WindowSpec *spec)
{
    Grid grid = {.length_us = clock_length_us(spec), .months = length_months(spec)};
    if (spec->unit >= WINDOW_DAY)
        grid.origin = spec->day_starts_min * MINUTE_US;
    if (spec->unit == WINDOW_WEEK)
        grid.origin += (spec->week_starts - THURSDAY) * DAY_US;
    return grid;
}

static Window grid_window(const Grid *grid, const Zone *zone, int64_t index)
{
    return (Window){zone_first(zone, grid_edge(grid, index)), zone_first(zone, grid_edge(grid, index + 1))};
}

/* A minute or an hour that clocks put back stretch to some times its length is cut into
 * so many; the last takes what is over. */
static Window cut_stretched(Window window, int64_t length_us, Instant at)
{
    int64_t pieces = MAX((window.end - window.start) / length_us, 1);
    int64_t piece = MIN((at - window.start) / length_us, pieces - 1);
    Instant start = window.start + piece * length_us;
    return (Window){start, piece == pieces - 1 ? window.end : start + length_us};
}

static Window calendar_window(const WindowSpec *spec, const Zone *zone, Instant at)
{
    Grid grid = calendar_grid(spec);
    Window window = grid_window(&grid, zone, grid_index(&grid, zone_local_latest(zone, at)));
    return spec->unit <= WINDOW_HOUR ? cut_stretched(window, grid.length_us, at) : window;
}

/* Local times that happen twice begin the first time; only the anchor itself may be the second. */
static Window anchor_window(const WindowSpec *spec, const Zone *zone, Instant anchor, Instant at)
{
    int64_t length_us = clock_length_us(spec);
    if (spec->unit <= WINDOW_HOUR) {
        Instant start = anchor + floor_divide(at - anchor, length_us) * length_us;
        return (Window){start, start + length_us};
    }
    Grid grid = {zone_local(zone, anchor), length_us, length_months(spec)};
    int64_t index = grid_index(&grid, zone_local_latest(zone, at));
    Window window = grid_window(&grid, zone, index);
    if (index == 0 && at < anchor)
        return (Window){zone_first(zone, grid_edge(&grid, -1)), anchor};
    if (index == 0)
        window.start = anchor;
    if (index == -1)
        window.end = anchor;
    return window;
}

/* --- trailing windows --- */

static Instant trailing_shown(const WindowSpec *spec, const Zone *zone, Instant at)
{
    int64_t length_us = clock_length_us(spec);
    if (length_us)
        return at - length_us;
    return zone_first(zone, local_add_months(zone_local(zone, at), -length_months(spec)));
}

/* A month before March 28, 29, 30 and 31 is February 28 for all four, so that on the 29th at
 * 01:00 the trailing month begins earlier than it did on the 28th at 23:00. */
Instant window_trailing_start(const WindowSpec *spec, GTimeZone *handle, Instant at)
{
    int64_t length_us = clock_length_us(spec);
    at = CLAMP(at, EARLIEST, LATEST);
    if (length_us)
        return at - length_us;
    const Zone *zone = zone_of(handle);
    Instant soonest = zone_local_soonest(zone, at);
    CivilDate day = civil_date(floor_divide(soonest, DAY_US));
    CivilDate before = civil_add_months(day, -length_months(spec));
    Instant local = local_add_months(soonest, -length_months(spec));
    if (before.day == civil_month_length(before.year, before.month) && day.day != civil_month_length(day.year, day.month))
        local = floor_divide(local, DAY_US) * DAY_US;
    return zone_first(zone, local);
}

Instant window_trailing_leaves(const WindowSpec *spec, GTimeZone *zone, Instant edge)
{
    int64_t length_us = clock_length_us(spec);
    edge = CLAMP(edge, EARLIEST, LATEST);
    if (length_us)
        return edge + length_us;
    Instant low = edge, high = edge + window_longest_us(spec) + DAY_US;
    while (low < high) {
        Instant middle = low + (high - low) / 2;
        if (window_trailing_start(spec, zone, middle) >= edge)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Windows found lately. They divide time without gaps, so the one that holds an instant is its window, and many ask
 * for the same few. Zones are never let go (zone_find.c), so their address says which. */
typedef struct {
    WindowSpec spec;
    const GTimeZone *zone;
    Instant anchor;
    Window window;
} Found;

#define FOUND_MAX 8
static _Thread_local Found found[FOUND_MAX];
static _Thread_local unsigned found_next;

static bool found_is(const Found *one, const WindowSpec *spec, const GTimeZone *zone, Instant anchor, Instant at)
{
    return at >= one->window.start && at < one->window.end && one->zone == zone && one->anchor == anchor &&
           one->spec.unit == spec->unit && one->spec.count == spec->count && one->spec.align == spec->align &&
           one->spec.week_starts == spec->week_starts && one->spec.day_starts_min == spec->day_starts_min;
}

Window window_at(const WindowSpec *spec, GTimeZone *zone, Instant anchor, Instant at)
{
    if (spec->unit == WINDOW_LIFETIME)
        return (Window){INSTANT_MIN, INSTANT_MAX};
    at = CLAMP(at, EARLIEST, LATEST);
    if (spec->align == ALIGN_ROLLING)
        return (Window){trailing_shown(spec, zone_of(zone), at), at + 1};
    anchor = spec->align == ALIGN_ANCHOR ? CLAMP(anchor, EARLIEST, LATEST) : 0;
    for (int i = 0; i < FOUND_MAX; i++)
        if (found_is(&found[i], spec, zone, anchor, at))
            return found[i].window;
    Window window = spec->align == ALIGN_ANCHOR ? anchor_window(spec, zone_of(zone), anchor, at)
                                                : calendar_window(spec, zone_of(zone), at);
    found[found_next++ % FOUND_MAX] = (Found){*spec, zone, anchor, window};
    return window;
}

int64_t window_longest_us(const WindowSpec *spec)
{
    if (spec->unit == WINDOW_LIFETIME)
        return INT64_MAX;
    int64_t days = spec->unit == WINDOW_YEAR ? 366 : 31;
    int64_t length_us = clock_length_us(spec);
    return length_us ? length_us : (days * spec->count + 1) * DAY_US;
}

int64_t window_part_us(const WindowSpec *spec)
{
    int64_t longest_us = window_longest_us(spec);
    return longest_us / ROLLING_PARTS + (longest_us % ROLLING_PARTS != 0);
}
