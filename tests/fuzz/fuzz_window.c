/* Fuzzes window words, and windows. The input is the words, the name of a zone, then bytes: how the window is aligned,
 * and two times. */
#include "fuzz.h"

#include "domain/window.h"

#define EARLIEST (INT64_C(-62135596800) * US_PER_S)
#define LATEST (INT64_C(253402300800) * US_PER_S - 1)

static Instant take_instant(Rest *rest)
{
    return (Instant)(rest_number(rest, 8) % (uint64_t)(LATEST - EARLIEST)) + EARLIEST;
}

static void check_words(const char *text, const WindowSpec *spec)
{
    WindowSpec again = *spec;
    const char *why = NULL;
    g_autofree char *written = window_text(spec);
    HOLDS(window_parse(written, &again, &why) && again.unit == spec->unit && again.count == spec->count);
    HOLDS(spec->count >= 1 && spec->count <= 1000);
    HOLDS(strlen(written) <= strlen(text));
}

/* The window holds the time, and the next one begins where it ends. */
static void check_window(const WindowSpec *spec, GTimeZone *zone, Instant anchor, Instant at)
{
    Window window = window_at(spec, zone, anchor, at);
    HOLDS(window.start <= at && at < window.end);
    if (spec->align == ALIGN_ROLLING) {
        Instant edge = window_trailing_start(spec, zone, at);
        HOLDS(edge <= at && (edge <= EARLIEST || window_trailing_leaves(spec, zone, edge) <= at));
        HOLDS(at - window.start <= window_longest_us(spec) && window_part_us(spec) > 0);
        return;
    }
    Window same = window_at(spec, zone, anchor, window.start);
    HOLDS(window.start <= EARLIEST || (same.start == window.start && same.end == window.end));
    if (window.end > LATEST || window.start <= EARLIEST)
        return;
    HOLDS(window_at(spec, zone, anchor, window.end - 1).start == window.start);
    HOLDS(window_at(spec, zone, anchor, window.end).start == window.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *text = rest_line(&rest), *name = rest_line(&rest);
    WindowSpec spec = {.week_starts = 1};
    const char *why = NULL;
    if (!window_parse(text, &spec, &why)) {
        HOLDS(is_utf8(why));
        return 0;
    }
    HOLDS(why == NULL);
    check_words(text, &spec);
    spec.align = (WindowAlign)(rest_byte(&rest) % 3);
    spec.week_starts = 1 + rest_byte(&rest) % 7;
    spec.day_starts_min = (int)(rest_number(&rest, 2) % 1440);
    if (spec.unit == WINDOW_LIFETIME)
        spec.align = ALIGN_CALENDAR;
    Instant anchor = take_instant(&rest);
    check_window(&spec, zone_find(name), anchor, take_instant(&rest));
    return 0;
}
