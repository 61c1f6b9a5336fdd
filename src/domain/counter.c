/* Counters and time. A counter of a calendar, anchor or lifetime window is one number, emptied when its
 * window is over. A rolling one is a row of buckets that moves along; a bucket counts until
 * the last instant in it has left the trailing length, so that a sum may stay too high for the
 * length of a bucket, and is never too low.
 */
#include "domain/counter.h"

__extension__ typedef __int128 Wide;

/* Windows without use are followed one by one up to so many, and reckoned from there on. */
#define SKIPPED_MAX 400

void counter_clear(Counter *counter)
{
    g_free(counter->buckets);
    counter->buckets = NULL;
}

static bool limit_is_rolling(const Limit *limit)
{
    return limit->window.align == ALIGN_ROLLING && limit->window.unit != WINDOW_LIFETIME;
}

static Instant bucket_start(const Limit *limit, Instant now)
{
    int64_t part_us = window_part_us(&limit->window);
    Instant start = now / part_us * part_us;
    return start > now ? start - part_us : start;
}

void counter_start(Counter *counter, const Limit *limit, GTimeZone *zone, Instant anchor, Instant now)
{
    *counter = (Counter){.slot = limit->slot};
    if (limit_is_rolling(limit)) {
        counter->window_start = bucket_start(limit, now);
        counter->buckets = g_new0(int64_t, ROLLING_BUCKETS);
    } else {
        counter->window_start = window_at(&limit->window, zone, anchor, now).start;
    }
}

/* As counter_set_add leaves it: it has not been in any window. */
static bool counter_is_new(const Counter *counter)
{
    return (counter->window_start == 0 || counter->window_start == INSTANT_MIN) && counter->used == 0 &&
           counter->held == 0 && counter->carried == 0 && counter->waiting == 0;
}

/* --- rolling over --- */

static int64_t what_is_left(const Counter *counter, Amount amount)
{
    int64_t left = amount + MIN(counter->carried, UNITS_MAX);
    left = MAX(left - counter->used, 0);
    return MAX(left - counter->held, 0);
}

static int64_t add_up_to(int64_t units, int64_t more, int64_t most)
{
    return more > most - units ? most : units + more;
}

/* How many windows of about this length lie between its end and `until`. */
static int64_t windows_between(Window window, Instant until)
{
    int64_t length_us = window.end - window.start;
    return (until - window.end + length_us / 2) / length_us;
}

/* What the counter, whose window is over, takes along into the one that begins at `start`. */
static int64_t counter_carry(const Counter *counter, const Limit *limit, GTimeZone *zone, Instant anchor, Amount amount,
                             Instant start)
{
    if (limit->rollover <= 0 || amount == AMOUNT_UNLIMITED || counter_is_new(counter))
        return 0;
    int64_t carried = MIN(what_is_left(counter, amount), limit->rollover);
    Window passed = window_at(&limit->window, zone, anchor, counter->window_start);
    for (int skipped = 0; passed.end < start && carried < limit->rollover && amount > 0; skipped++) {
        if (skipped == SKIPPED_MAX) {
            Wide sum = (Wide)windows_between(passed, start) * amount + carried;
            return (int64_t)MIN(sum, (Wide)limit->rollover);
        }
        carried = add_up_to(carried, amount, limit->rollover);
        passed = window_at(&limit->window, zone, anchor, passed.end);
    }
    return carried;
}

/* --- rolling windows --- */

static Instant bucket_end(const Counter *counter, int64_t part_us, int index)
{
    return counter->window_start - (index - 1) * part_us;
}

static void buckets_move(Counter *counter, int64_t part_us, Instant newest)
{
    bool all_gone = counter->window_start < newest - ROLLING_BUCKETS * part_us;
    int64_t moves = all_gone ? ROLLING_BUCKETS : (newest - counter->window_start) / part_us;
    size_t kept = (size_t)(ROLLING_BUCKETS - moves);
    memmove(counter->buckets + moves, counter->buckets, kept * sizeof *counter->buckets);
    memset(counter->buckets, 0, (size_t)moves * sizeof *counter->buckets);
    counter->window_start = newest;
}

/* Sums what is still in the trailing length. */
static void buckets_sum(Counter *counter, const Limit *limit, Instant trailing)
{
    int64_t part_us = window_part_us(&limit->window);
    counter->used = 0;
    for (int i = 0; i < ROLLING_BUCKETS && bucket_end(counter, part_us, i) > trailing; i++)
        counter->used = add_up_to(counter->used, counter->buckets[i], INT64_MAX);
}

void counter_rearm(Counter *counter, const int *warn_at, int count, Amount amount)
{
    for (int i = 0; counter->buckets && i < count; i++)
        if (amount != AMOUNT_UNLIMITED && (Wide)counter->used * 100 < (Wide)amount * warn_at[i])
            counter->fired &= ~(INT64_C(1) << i);
}

static void counter_roll(Counter *counter, const Limit *limit, GTimeZone *zone, Instant now)
{
    Instant newest = bucket_start(limit, now);
    if (!counter->buckets) {
        counter->buckets = g_new0(int64_t, ROLLING_BUCKETS);
        counter->buckets[0] = counter->used;
        counter->window_start = newest;
    }
    if (counter->window_start > now)
        return;
    if (newest > counter->window_start)
        buckets_move(counter, window_part_us(&limit->window), newest);
    buckets_sum(counter, limit, window_trailing_start(&limit->window, zone, now));
}

Window counter_turn(Counter *counter, const Limit *limit, GTimeZone *zone, Instant anchor, Amount amount, Instant now)
{
    Window window = window_at(&limit->window, zone, anchor, now);
    if (limit_is_rolling(limit)) {
        counter_roll(counter, limit, zone, now);
        return window;
    }
    if (counter->window_start > now)
        return window_at(&limit->window, zone, anchor, counter->window_start);
    if (counter->window_start >= window.start)
        return window;
    counter->carried = counter_carry(counter, limit, zone, anchor, amount, window.start);
    counter->window_start = window.start;
    counter->used = counter->held = counter->fired = 0;
    return window;
}

void counter_add_used(Counter *counter, const Limit *limit, Instant window_start, int64_t units)
{
    int64_t *bucket = NULL;
    if (limit_is_rolling(limit)) {
        int64_t part_us = window_part_us(&limit->window);
        int64_t back_us;
        if (!counter->buckets || __builtin_sub_overflow(counter->window_start, window_start, &back_us) || back_us < 0 ||
            back_us % part_us != 0 || back_us / part_us >= ROLLING_BUCKETS)
            return;
        bucket = &counter->buckets[back_us / part_us];
        units = MAX(units, -*bucket);
        *bucket = add_up_to(*bucket, units, INT64_MAX);
    }
    counter->used = units < 0 ? MAX(counter->used + units, 0) : add_up_to(counter->used, units, INT64_MAX);
}

Instant counter_rolling_frees_at(const Counter *counter, const Limit *limit, GTimeZone *zone, Amount amount, int64_t units,
                                 Instant now)
{
    if (amount == AMOUNT_UNLIMITED)
        return now;
    Wide over = (Wide)counter->used + counter->held + units - amount;
    if (over <= 0)
        return now;
    if (!counter->buckets || (Wide)counter->held + units > amount)
        return INSTANT_MAX;
    int64_t part_us = window_part_us(&limit->window);
    Instant trailing = window_trailing_start(&limit->window, zone, now);
    for (int i = ROLLING_BUCKETS - 1; i >= 0; i--) {
        Instant end = bucket_end(counter, part_us, i);
        if (end <= trailing)
            continue;
        over -= counter->buckets[i];
        if (over <= 0)
            return window_trailing_leaves(&limit->window, zone, end);
    }
    return INSTANT_MAX;
}
