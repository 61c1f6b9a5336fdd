/* Counters as values, and what happens to them when time passes.
 *
 * A counter is the used and held units of one limit (slot > 0), or of one grant (slot < 0 for a
 * granted one, > 0 for a plan's), for one owner, in its current window. Owners: the subject for
 * scope `subject` and for grants to it; the organization, the plan or the site for the others.
 */
#ifndef WEBQUOTA_COUNTER_H
#define WEBQUOTA_COUNTER_H

#include "domain/model.h"

/* A rolling counter keeps one bucket for each sub-window, newest first: bucket 0 is the one
 * that begins at `window_start`. One more than ROLLING_PARTS, so that the sum never leaves out
 * a unit that still is in the trailing length; one more again for edges. */
#define ROLLING_BUCKETS (ROLLING_PARTS + 2)

typedef struct {
    int64_t slot;
    Instant window_start; /* INSTANT_MIN: lifetime; rolling: start of the newest bucket */
    int64_t used;         /* rolling: the sum of the buckets still in the trailing length */
    int64_t held;
    int64_t carried;      /* rolled over into this window */
    int64_t fired;        /* bit i: threshold warn_at[i] fired in this window */
    int64_t waiting;      /* tickets in its line; stays when the window turns */
    bool joining;         /* somebody is about to join its line; not kept in the row */
    int64_t *buckets;     /* ROLLING_BUCKETS of them for a rolling counter, else NULL; owned */
} Counter;

void counter_clear(Counter *counter); /* frees what it owns */

/* An empty counter in the window that holds `now`. Fills *counter (caller owns its buckets). */
void counter_start(Counter *counter, const Limit *limit, GTimeZone *zone, Instant anchor, Instant now);

/* Brings the counter to the window that holds `now`: when its window is over, used and fired
 * become 0, and what was left, min(rollover, amount + carried - used - held), is carried, once for
 * each window that passed (reckoned from the length where more than 400 passed without use). Held
 * units belong to the window they were held in and go with it, and since they may still be committed
 * there, they do not roll over; only a rolling counter keeps them, until their reservation ends.
 * A rolling counter's used becomes the sum of the buckets that still hold an instant of the trailing
 * length.
 * A counter whose window begins after `now` (a clock that went back) is left as it is; so is one that
 * begins within the present window without being its start (the zone or the anchor was changed).
 * One that is zeroed, as counter_set_add leaves it, is started: nothing rolls over into its window.
 * `amount` is the amount in force without what is carried; returns the window it is in now. */
Window counter_turn(Counter *counter, const Limit *limit, GTimeZone *zone, Instant anchor, Amount amount, Instant now);

/* Rolling counters, turned: thresholds (percent) that use has fallen below may fire again. */
void counter_rearm(Counter *counter, const int *warn_at, int count, Amount amount);

/* Adds units to used (negative: takes away, never below 0). For rolling counters to the bucket
 * that begins at `window_start` of the charge; nothing when that bucket is gone. */
void counter_add_used(Counter *counter, const Limit *limit, Instant window_start, int64_t units);

/* Rolling counters: the first instant at which `units` more fit under `amount`, counting used
 * and held as they are now; `now` when they fit already; INSTANT_MAX when never (units > amount, or held
 * units block it). For a counter that was turned to `now`. */
Instant counter_rolling_frees_at(const Counter *counter, const Limit *limit, GTimeZone *zone, Amount amount, int64_t units,
                                 Instant now);

/* A set of counters that one owner has in one row. Grows as needed; find is linear (rows are short). */
typedef struct {
    Counter *counters;
    int count, room;
} CounterSet;

Counter *counter_set_find(CounterSet *set, int64_t slot);        /* NULL when absent */
Counter *counter_set_add(CounterSet *set, int64_t slot);         /* zeroed; pointers into the set move */
void counter_set_clear(CounterSet *set);

/* The row's form: flat arrays of whole numbers. `state`: COUNTER_STRIDE for each counter: slot,
 * window_start, used, held, carried, and fired with 256 times waiting. `rolling`: for each rolling counter in the order of
 * `state`: slot, then ROLLING_BUCKETS values. Reading replaces what is in the set (zeroed when new). It
 * refuses lengths that do not fit, negative units, slots that are 0, twice there or out of order, and
 * windows that begin beyond any calendar, and then leaves the set empty. */
#define COUNTER_STRIDE 6
bool counter_set_read(CounterSet *set, const int64_t *state, int state_len, const int64_t *rolling,
                      int rolling_len) MUST_CHECK;
void counter_set_write(const CounterSet *set, GArray *state, GArray *rolling); /* of int64_t; appended to */

#endif
