/* The geometry of a meter: how far along it each part reaches. Pure.
 *
 * The whole length stands for the amount and the bonus units beyond it. Parts follow each other
 * from the left, used then held; bonus units that are left stand at the right end.
 */
#ifndef WEBQUOTA_METER_H
#define WEBQUOTA_METER_H

#include "domain/usage.h"

/* In thousandths of the length: never negative, never adding up to more than 1000. A part with units in it
 * is at least METER_LEAST long, and the meter is full only when nothing is left. */
#define METER_LEAST 10
typedef struct {
    int used, held, bonus;
} Meter;

/* False when the line has no meter: nothing to measure against (unlimited, not included). */
bool meter_of(const UsageLine *line, Meter *meter) MUST_CHECK;

/* Appends thousandths as an SVG percentage without its sign: "66.6", "5", "100". */
void meter_add_length(GString *out, int thousandths);

#endif
