/* Time zones as values: the changes of a zone's clocks, and what follows from them.
 *
 * GLib 2.74 answers wrongly for Europe/Dublin from 2038 (standard time in summer, "winter time" with a
 * negative shift) and for every zone with summer time some centuries on, so the zone files are read here. A
 * GTimeZone remains the name by which the rest of the program holds a zone.
 *
 * Local times are Instants too: the microseconds that a clock on the wall shows, as if it were UTC.
 */
#ifndef WEBQUOTA_ZONE_H
#define WEBQUOTA_ZONE_H

#include "base/instant.h"

typedef struct Zone Zone;

/* The zone behind a GTimeZone; UTC for NULL. One that zone_find (window.h) did not give is found by
 * its identifier, else taken for a fixed offset. Lives as long as the process. Thread-safe. */
const Zone *zone_of(GTimeZone *handle);

/* Reads a compiled zone file (RFC 8536, version 2 or later, without leap seconds) with the rule at its end.
 * NULL when the bytes are not such. Free with zone_free. */
Zone *zone_read(const uint8_t *bytes, size_t len) MUST_CHECK;
Zone *zone_fixed(int64_t offset_s);
void zone_free(Zone *zone);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, zone_free)

/* What the clock shows at an instant. */
Instant zone_local(const Zone *zone, Instant at);

/* The latest that it has shown up to and with `at`, and the soonest that it will show from `at` on: not
 * the same where clocks are put back. Both never go back as `at` goes on. */
Instant zone_local_latest(const Zone *zone, Instant at);
Instant zone_local_soonest(const Zone *zone, Instant at);

/* The first instant at which the clock shows `local` or later. Never goes back as `local` goes on;
 * zone_first(local) <= at exactly when zone_local_latest(at) >= local. */
Instant zone_first(const Zone *zone, Instant local);

/* What a date stands for: when the day begins, or when it is over, as the next begins. */
typedef enum { DAY_BEGINS, DAY_ENDS } DayEdge;

/* Reads a time as people give it: as instant_parse, but a date is a day of the zone (UTC for NULL). A day that was skipped
 * there begins and ends at once. What lies outside the years 1 to 9999 by that is the nearest second in them. */
bool zone_instant(const char *text, GTimeZone *zone, DayEdge edge, Instant *out) MUST_CHECK;

/* The changes of the clock in [from, until): appends their instants to `changes` (GArray of Instant). */
void zone_changes(const Zone *zone, Instant from, Instant until, GArray *changes);

#endif
