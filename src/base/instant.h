/* Instants: points in time as microseconds since 1970-01-01T00:00:00Z (UTC). */
#ifndef WEBQUOTA_INSTANT_H
#define WEBQUOTA_INSTANT_H

#include "base/base.h"

typedef int64_t Instant;

/* "Never" on either side: the ends of a lifetime window, a grant without expiry. */
#define INSTANT_MIN INT64_MIN
#define INSTANT_MAX INT64_MAX
#define US_PER_S INT64_C(1000000)

#define INSTANT_TEXT_MAX 40

/* Writes it as RFC 3339 in UTC, whole seconds (rounded down), "2026-11-22T17:00:00Z", without a NUL; `out` has room for
 * INSTANT_TEXT_MAX. Returns how many bytes; 0 outside of the years 1 to 9999, so for INSTANT_MIN and INSTANT_MAX. */
size_t instant_write(char *out, Instant instant);

/* The same as a new string; NULL where there is none (JSON null). */
char *instant_text(Instant instant);

/* The same with the fraction kept when there is one: "2026-11-22T17:00:00.25Z". */
char *instant_text_exact(Instant instant);

/* Reads RFC 3339 section 5.6 with an offset or Z, or a bare date (midnight UTC; what people mean by one, zone_instant of
 * domain/zone.h knows). Years 1 to 9999. Returns false and leaves *out alone when the text is not such. */
bool instant_parse(const char *text, Instant *out) MUST_CHECK;

/* Of a text that instant_parse took: is it a date only? */
bool instant_is_date(const char *text);

#endif
