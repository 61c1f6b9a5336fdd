/* The sweep: calendar and anchor windows over the zones of the tz database, by the minute for two hours around
 * every change of clocks from 2020 to 2040, and instants between. Of every window found:
 * start <= t < end, all its instants are in it, and its neighbours meet it exactly. The C library's clock
 * is held against ours on the way.
 *
 *     sweep_window          zones that behave alike in these years once, and a few instants between
 *     sweep_window --full   zones that have the same file once, and every hour between
 *
 * Exits 1 when anything is wrong, having said what.
 */
#include <time.h>
#include <unistd.h>

#include "domain/window.h"
#include "domain/zone.h"

#define MINUTE (60 * US_PER_S)
#define HOUR (60 * MINUTE)
#define FROM (INT64_C(1577836800) * US_PER_S)  /* 2020-01-01 */
#define UNTIL (INT64_C(2240611200) * US_PER_S) /* 2041-01-01 */
#define COMPLAINTS_MAX 20

typedef struct {
    const char *window, *anchor; /* anchor NULL: calendar */
    int week_starts, day_starts_min;
    bool full_only;
} Shape;

static const Shape shapes[] = {
    {"minute", NULL, 1, 0, false},
    {"5 minute", NULL, 1, 0, true},
    {"15 minute", NULL, 1, 0, true},
    {"30 minute", NULL, 1, 0, false},
    {"60 minute", NULL, 1, 0, true},
    {"hour", NULL, 1, 0, false},
    {"2 hour", NULL, 1, 0, true},
    {"6 hour", NULL, 1, 0, false},
    {"24 hour", NULL, 1, 0, true},
    {"day", NULL, 1, 0, false},
    {"day", NULL, 1, 90, true},
    {"day", NULL, 1, 150, false},
    {"day", NULL, 1, 1439, true},
    {"week", NULL, 1, 0, false},
    {"week", NULL, 7, 120, false},
    {"month", NULL, 1, 0, false},
    {"month", NULL, 1, 1380, true},
    {"3 month", NULL, 1, 60, true},
    {"year", NULL, 1, 0, false},
    {"year", NULL, 1, 150, true},
    {"7 minute", "2026-03-29T01:30:30Z", 1, 0, true},
    {"hour", "2024-02-29T23:59:59.999999Z", 1, 0, false},
    {"day", "2026-10-25T00:30:00Z", 1, 0, false},
    {"day", "2026-11-01T05:30:00.5Z", 1, 0, true},
    {"28 day", "2026-01-01T00:00:00Z", 1, 0, false},
    {"2 week", "2039-06-30T23:00:00Z", 1, 0, true},
    {"month", "2025-01-31T15:00:00Z", 1, 0, false},
    {"month", "2030-05-31T02:30:00Z", 1, 0, true},
    {"5 month", "2027-08-31T00:00:00Z", 1, 0, true},
    {"year", "2024-02-29T02:15:00Z", 1, 0, false},
};

typedef struct {
    WindowSpec spec;
    Instant anchor;
    const Shape *shape;
    Window checked; /* the last window whose edges were looked at */
} Sample;

typedef struct {
    const char *name;
    GTimeZone *handle;
    const Zone *zone;
    Sample samples[G_N_ELEMENTS(shapes)];
    guint sample_count;
    bool full;
    int64_t checks;
    int complaints;
} Sweep;

static void complain(Sweep *sweep, const Sample *sample, Instant at, const char *what)
{
    if (++sweep->complaints > COMPLAINTS_MAX)
        return;
    g_autofree char *when = instant_text_exact(at);
    const char *anchor = sample ? sample->shape->anchor : NULL;
    printf("\n%s: %s%s%s at %s: %s\n", sweep->name, sample ? sample->shape->window : "clock",
           anchor ? " from " : "", anchor ? anchor : "", when, what);
}

static Window sample_at(const Sweep *sweep, const Sample *sample, Instant at)
{
    return window_at(&sample->spec, sweep->handle, sample->anchor, at);
}

static bool windows_equal(Window a, Window b)
{
    return a.start == b.start && a.end == b.end;
}

static void check_sample(Sweep *sweep, Sample *sample, Instant at)
{
    Window window = sample_at(sweep, sample, at);
    sweep->checks++;
    if (windows_equal(window, sample->checked) && window.start <= at && at < window.end)
        return;
    sample->checked = window;
    if (window.start > at || at >= window.end)
        complain(sweep, sample, at, "does not hold the instant");
    else if (!windows_equal(sample_at(sweep, sample, window.start), window))
        complain(sweep, sample, at, "another window at its start");
    else if (!windows_equal(sample_at(sweep, sample, window.end - 1), window))
        complain(sweep, sample, at, "another window before its end");
    else if (sample_at(sweep, sample, window.end).start != window.end)
        complain(sweep, sample, at, "does not meet the next");
    else if (sample_at(sweep, sample, window.start - 1).end != window.start)
        complain(sweep, sample, at, "does not meet the one before");
}

static void check_clock(Sweep *sweep, Instant at)
{
    time_t seconds = (time_t)(at / US_PER_S);
    struct tm parts;
    Instant whole = (Instant)seconds * US_PER_S;
    if (!localtime_r(&seconds, &parts) || zone_local(sweep->zone, whole) - whole != parts.tm_gmtoff * US_PER_S)
        complain(sweep, NULL, at, "the C library says otherwise");
}

static void check(Sweep *sweep, Instant at)
{
    check_clock(sweep, at);
    for (guint i = 0; i < sweep->sample_count; i++)
        check_sample(sweep, &sweep->samples[i], at);
}

/* Between two changes: every hour, or some instants at odd times of day. */
static void check_between(Sweep *sweep, Instant from, Instant until)
{
    int64_t step = sweep->full ? HOUR : MAX((until - from) / 5, HOUR) + 7 * MINUTE + 123456;
    for (Instant at = from + step; at < until; at += step)
        check(sweep, at);
}

static GArray *changes_of(const Zone *zone)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(Instant));
    zone_changes(zone, FROM, UNTIL, changes);
    return changes;
}

static void sweep_zone(Sweep *sweep)
{
    g_autofree char *name = g_strconcat(":", sweep->name, NULL);
    setenv("TZ", name, 1);
    tzset();
    for (guint i = 0; i < sweep->sample_count; i++)
        sweep->samples[i].checked = (Window){0, 0};
    g_autoptr(GArray) changes = changes_of(sweep->zone);
    Instant before = FROM;
    for (guint i = 0; i < changes->len; i++) {
        Instant change = g_array_index(changes, Instant, i);
        check_between(sweep, before, change - 2 * HOUR);
        for (int minute = -120; minute <= 120; minute++)
            check(sweep, change + minute * MINUTE);
        check(sweep, change - 1);
        check(sweep, change + 1);
        before = change + 2 * HOUR;
    }
    check_between(sweep, before, UNTIL);
    for (Instant at = FROM; at < UNTIL; at += 365 * 24 * HOUR)
        check(sweep, at);
}

/* --- which zones --- */

static void collect_names(const char *folder, const char *prefix, GPtrArray *names)
{
    g_autofree char *path = g_build_filename(folder, prefix, NULL);
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    for (const char *entry; entries && (entry = g_dir_read_name(entries));) {
        g_autofree char *name = *prefix ? g_strconcat(prefix, "/", entry, NULL) : g_strdup(entry);
        g_autofree char *full = g_build_filename(folder, name, NULL);
        if (g_file_test(full, G_FILE_TEST_IS_DIR))
            collect_names(folder, name, names);
        else if (zone_find(name))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Equal for zones that need to be swept only once: the file's checksum, or what the clocks do in these years. */
static char *likeness(const char *folder, const char *name, bool full)
{
    const Zone *zone = zone_of(zone_find(name));
    if (full) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *data = NULL;
        gsize len = 0;
        if (!g_file_get_contents(path, &data, &len, NULL))
            return g_strdup(name);
        return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, len);
    }
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%" PRId64, zone_local(zone, FROM) - FROM);
    g_autoptr(GArray) changes = changes_of(zone);
    for (guint i = 0; i < changes->len; i++) {
        Instant change = g_array_index(changes, Instant, i);
        g_string_append_printf(text, " %" PRId64 "%+" PRId64, change, zone_local(zone, change) - change);
    }
    return g_string_free(text, FALSE);
}

static GPtrArray *zones_to_sweep(bool full)
{
    const char *folder = g_getenv("TZDIR") ? g_getenv("TZDIR") : "/usr/share/zoneinfo";
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    collect_names(folder, "", names);
    g_ptr_array_sort(names, compare_names);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *chosen = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < names->len; i++)
        if (g_hash_table_add(seen, likeness(folder, names->pdata[i], full)))
            g_ptr_array_add(chosen, g_strdup(names->pdata[i]));
    printf("sweep_window: %u names, %u zones to sweep\n", names->len, chosen->len);
    return chosen;
}

static bool samples_prepare(Sweep *sweep)
{
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const Shape *shape = &shapes[i];
        if (shape->full_only && !sweep->full)
            continue;
        Sample *sample = &sweep->samples[sweep->sample_count++];
        const char *why;
        *sample = (Sample){{.align = shape->anchor ? ALIGN_ANCHOR : ALIGN_CALENDAR}, 0, shape, {0, 0}};
        sample->spec.week_starts = shape->week_starts;
        sample->spec.day_starts_min = shape->day_starts_min;
        if (!window_parse(shape->window, &sample->spec, &why))
            return false;
        if (shape->anchor && !instant_parse(shape->anchor, &sample->anchor))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    Sweep sweep = {.full = argc == 2 && strcmp(argv[1], "--full") == 0};
    if ((argc > 1 && !sweep.full) || !samples_prepare(&sweep)) {
        fprintf(stderr, "usage: sweep_window [--full]\n");
        return 2;
    }
    bool tell = sweep.full || isatty(STDOUT_FILENO);
    g_autoptr(GPtrArray) zones = zones_to_sweep(sweep.full);
    for (guint i = 0; i < zones->len; i++) {
        sweep.name = zones->pdata[i];
        sweep.handle = zone_find(sweep.name);
        sweep.zone = zone_of(sweep.handle);
        if (tell)
            printf("%u of %u: %s\n", i + 1, zones->len, sweep.name);
        fflush(stdout);
        sweep_zone(&sweep);
    }
    printf("sweep_window: %u zones, %" PRId64 " windows, %d wrong\n", zones->len, sweep.checks, sweep.complaints);
    return sweep.complaints || zones->len < 50 ? EXIT_FAILURE : EXIT_SUCCESS;
}
