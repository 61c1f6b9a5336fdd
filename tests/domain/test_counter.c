/* Counters: turning with what rolls over, rolling windows against a list of every use, and the row's form. */
#include "domain/counter.h"

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

static Limit limit_of(const char *window, WindowAlign align)
{
    Limit limit = {.slot = 7, .window = {.align = align, .week_starts = 1}};
    const char *why;
    ck_assert_msg(window_parse(window, &limit.window, &why), "not a window: %s", window);
    return limit;
}

/* --- turning --- */

typedef struct {
    const char *window;
    Amount amount;
    int64_t used, held, carried, rollover;
    const char *from, *to;
    int64_t then_used, then_carried;
} TurnCase;

static const TurnCase turns[] = {
    {"day", 100, 10, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-16T00:00:00Z", 0, 50},
    {"day", 400, 250, 0, 0, 500, "2026-03-15T12:00:00Z", "2026-03-16T23:00:00Z", 0, 150},
    {"day", 100, 10, 3, 5, 50, "2026-03-15T12:00:00Z", "2026-03-15T23:59:59.999999Z", 10, 5}, /* not over yet */
    {"day", 100, 10, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-20T12:00:00Z", 0, 50},
    {"day", 100, 0, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-17T12:00:00Z", 0, 50}, /* skipped without any use */
    {"day", 20, 20, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 0},
    {"day", 20, 20, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-17T12:00:00Z", 0, 20}, /* one window skipped */
    {"day", 20, 20, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-18T12:00:00Z", 0, 40},
    {"day", 20, 20, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-19T12:00:00Z", 0, 50},
    {"day", 100, 120, 0, 50, 50, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 30}, /* what rolled over counts */
    {"day", 100, 200, 0, 50, 50, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 0},  /* overage */
    {"day", 100, 60, 30, 0, 50, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 10},  /* held may be committed yet */
    {"day", 100, 10, 0, 0, 0, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 0},
    {"day", AMOUNT_UNLIMITED, 10, 0, 0, 50, "2026-03-15T12:00:00Z", "2026-03-16T12:00:00Z", 0, 0},
    {"day", 0, 0, 0, 30, 50, "2026-03-15T12:00:00Z", "2046-03-16T12:00:00Z", 0, 30},
    {"minute", 1, 0, 0, 0, UNITS_MAX, "1996-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0, 15779520}, /* 10,958 days */
    {"month", 1, 1, 0, 0, UNITS_MAX, "2024-02-15T00:00:00Z", "2044-02-15T00:00:00Z", 0, 239},
    {"day", 1, 1, 0, 0, UNITS_MAX, "2000-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0, 9496},
    {"minute", UNITS_MAX, 0, 0, 0, UNITS_MAX, "1996-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0, UNITS_MAX},
    {"lifetime", 100, 10, 3, 0, 50, "1996-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 10, 0},
};

START_TEST(turning)
{
    const TurnCase *row = &turns[_i];
    Limit limit = limit_of(row->window, ALIGN_CALENDAR);
    limit.rollover = row->rollover;
    Counter counter;
    counter_start(&counter, &limit, NULL, 0, at(row->from));
    ck_assert(counter.slot == 7 && counter.used == 0 && counter.carried == 0);
    counter.used = row->used;
    counter.held = row->held;
    counter.carried = row->carried;
    counter.fired = 5;
    bool same = counter.window_start == window_at(&limit.window, NULL, 0, at(row->to)).start;
    gint64 begun = g_get_monotonic_time();
    for (int again = 0; again < 2; again++) {
        Window window = counter_turn(&counter, &limit, NULL, 0, row->amount, at(row->to));
        ck_assert_int_eq(window.start, window_at(&limit.window, NULL, 0, at(row->to)).start);
        ck_assert_int_eq(window.end, window_at(&limit.window, NULL, 0, at(row->to)).end);
        ck_assert_int_eq(counter.window_start, window.start);
        ck_assert_int_eq(counter.used, row->then_used);
        ck_assert_int_eq(counter.carried, row->then_carried);
        ck_assert_int_eq(counter.held, same ? row->held : 0);
        ck_assert_int_eq(counter.fired, same ? 5 : 0);
    }
    ck_assert_int_lt(g_get_monotonic_time() - begun, 2 * G_USEC_PER_SEC); /* thirty years of minutes are not gone through */
}
END_TEST

START_TEST(a_clock_that_went_back)
{
    static const char *const windows[] = {"day", "month", "minute"};
    for (guint i = 0; i < G_N_ELEMENTS(windows); i++) {
        Limit limit = limit_of(windows[i], ALIGN_CALENDAR);
        limit.rollover = 50;
        Counter counter;
        counter_start(&counter, &limit, NULL, 0, at("2026-03-15T12:00:00Z"));
        counter.used = 10;
        Counter before = counter;
        Window window = counter_turn(&counter, &limit, NULL, 0, 100, at("2026-01-15T12:00:00Z"));
        ck_assert_mem_eq(&counter, &before, sizeof counter);
        ck_assert_int_eq(window.start, counter.window_start);
    }
    Limit limit = limit_of("day", ALIGN_ROLLING);
    Counter counter;
    counter_start(&counter, &limit, NULL, 0, at("2026-03-15T12:00:00Z"));
    counter_add_used(&counter, &limit, counter.window_start, 10);
    counter.buckets[ROLLING_BUCKETS - 1] = 5; /* has left already, and does not come back */
    (void)counter_turn(&counter, &limit, NULL, 0, 100, at("2026-01-15T12:00:00Z"));
    ck_assert(counter.used == 10 && counter.buckets[0] == 10 && counter.window_start <= at("2026-03-15T12:00:00Z"));
    counter_clear(&counter);
}
END_TEST

START_TEST(another_zone_keeps_what_was_used_in_the_window)
{
    Limit limit = limit_of("day", ALIGN_CALENDAR);
    Counter counter;
    Instant now = at("2026-03-15T12:00:00Z");
    counter_start(&counter, &limit, zone_find("America/New_York"), 0, now);
    counter.used = 10;
    Window window = counter_turn(&counter, &limit, zone_find("Europe/Budapest"), 0, 100, now);
    ck_assert_int_eq(counter.used, 10);
    ck_assert_int_eq(counter.window_start, at("2026-03-15T04:00:00Z"));
    ck_assert_int_eq(window.start, at("2026-03-14T23:00:00Z"));
    (void)counter_turn(&counter, &limit, zone_find("Europe/Budapest"), 0, 100, at("2026-03-15T23:00:00Z"));
    ck_assert(counter.used == 0 && counter.window_start == at("2026-03-15T23:00:00Z"));
}
END_TEST

START_TEST(a_zeroed_counter_is_started)
{
    static const WindowAlign aligns[] = {ALIGN_CALENDAR, ALIGN_ANCHOR, ALIGN_ROLLING};
    for (guint i = 0; i < G_N_ELEMENTS(aligns); i++) {
        Limit limit = limit_of("day", aligns[i]);
        limit.rollover = 50;
        Counter started, zeroed = {.slot = limit.slot};
        Instant now = at("2026-03-15T12:34:56Z");
        counter_start(&started, &limit, NULL, 3, now);
        (void)counter_turn(&zeroed, &limit, NULL, 3, 100, now);
        ck_assert(zeroed.window_start == started.window_start && zeroed.carried == 0 && zeroed.used == 0);
        ck_assert(!zeroed.buckets == !started.buckets);
        counter_clear(&started);
        counter_clear(&zeroed);
    }
}
END_TEST

START_TEST(adding)
{
    Limit limit = limit_of("day", ALIGN_CALENDAR);
    Counter counter;
    counter_start(&counter, &limit, NULL, 0, at("2026-03-15T12:00:00Z"));
    counter_add_used(&counter, &limit, counter.window_start, 10);
    counter_add_used(&counter, &limit, counter.window_start, -4);
    ck_assert_int_eq(counter.used, 6);
    counter_add_used(&counter, &limit, counter.window_start, -40);
    ck_assert_int_eq(counter.used, 0);
    counter_add_used(&counter, &limit, counter.window_start, INT64_MAX);
    counter_add_used(&counter, &limit, counter.window_start, INT64_MAX);
    ck_assert_int_eq(counter.used, INT64_MAX);
}
END_TEST

/* --- rolling --- */

START_TEST(buckets_before_1970)
{
    Limit limit = limit_of("minute", ALIGN_ROLLING);
    Counter counter;
    counter_start(&counter, &limit, NULL, 0, at("1969-12-31T23:59:30.5Z"));
    ck_assert_int_eq(counter.window_start, at("1969-12-31T23:59:30Z"));
    counter_clear(&counter);
}
END_TEST

START_TEST(adding_to_buckets)
{
    Limit limit = limit_of("hour", ALIGN_ROLLING);
    Counter counter;
    Instant first = at("2026-03-15T12:00:00Z");
    counter_start(&counter, &limit, NULL, 0, first);
    ck_assert_int_eq(counter.window_start, first);
    counter_add_used(&counter, &limit, first, 10);
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 30 * MINUTE);
    ck_assert(counter.window_start == first + 30 * MINUTE && counter.buckets[30] == 10 && counter.used == 10);
    counter_add_used(&counter, &limit, counter.window_start, 5);
    counter_add_used(&counter, &limit, first, -4); /* a refund finds its bucket */
    ck_assert(counter.used == 11 && counter.buckets[30] == 6 && counter.buckets[0] == 5);
    counter_add_used(&counter, &limit, first, -40);
    ck_assert(counter.used == 5 && counter.buckets[30] == 0);
    static const Instant strangers[] = {INSTANT_MIN, INSTANT_MAX, 0, 30 * DAY};
    for (guint i = 0; i < G_N_ELEMENTS(strangers); i++)
        counter_add_used(&counter, &limit, strangers[i], 1);
    counter_add_used(&counter, &limit, first + 1, 1);
    counter_add_used(&counter, &limit, first + 31 * MINUTE, 1);
    ck_assert_int_eq(counter.used, 5);
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 100 * MINUTE); /* 12:30's bucket is gone */
    counter_add_used(&counter, &limit, first + 30 * MINUTE, 5);
    ck_assert_int_eq(counter.used, 0);
    counter_clear(&counter);
}
END_TEST

START_TEST(held_units_stay_and_thresholds_arm_again)
{
    Limit limit = limit_of("hour", ALIGN_ROLLING);
    limit.warn_at[0] = 50;
    limit.warn_at[1] = 80;
    limit.warn_count = 2;
    Counter counter;
    Instant first = at("2026-03-15T12:00:00Z");
    counter_start(&counter, &limit, NULL, 0, first);
    counter_add_used(&counter, &limit, first, 35);
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 10 * MINUTE);
    counter_add_used(&counter, &limit, counter.window_start, 50);
    counter.held = 3;
    counter.fired = 3;
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 60 * MINUTE);
    counter_rearm(&counter, limit.warn_at, limit.warn_count, 100);
    ck_assert(counter.used == 85 && counter.fired == 3 && counter.held == 3);
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 61 * MINUTE);
    counter_rearm(&counter, limit.warn_at, limit.warn_count, 100);
    ck_assert(counter.used == 50 && counter.fired == 1 && counter.held == 3);
    (void)counter_turn(&counter, &limit, NULL, 0, 100, first + 3 * DAY);
    counter_rearm(&counter, limit.warn_at, limit.warn_count, 100);
    ck_assert(counter.used == 0 && counter.fired == 0 && counter.held == 3);
    counter_clear(&counter);
}
END_TEST

START_TEST(frees_at)
{
    Limit limit = limit_of("hour", ALIGN_ROLLING);
    Counter counter;
    Instant first = at("2026-03-15T12:00:00Z"), now = first + 20 * MINUTE;
    counter_start(&counter, &limit, NULL, 0, first);
    counter_add_used(&counter, &limit, first, 6);
    (void)counter_turn(&counter, &limit, NULL, 0, 10, now);
    counter_add_used(&counter, &limit, counter.window_start, 2);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 2, now), now);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 3, now), first + HOUR + MINUTE);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 8, now), first + HOUR + MINUTE);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 9, now), now + HOUR + MINUTE);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 11, now), INSTANT_MAX);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, AMOUNT_UNLIMITED, UNITS_MAX, now), now);
    counter.held = 1;
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 9, now), now + HOUR + MINUTE);
    ck_assert_int_eq(counter_rolling_frees_at(&counter, &limit, NULL, 10, 10, now), INSTANT_MAX);
    counter_clear(&counter);
}
END_TEST

typedef struct {
    Instant at;
    int64_t units;
} Use;

typedef struct {
    Limit limit;
    GTimeZone *zone;
    Amount amount;
    Counter counter;
    GArray *uses; /* of Use: everything admitted */
    guint oldest; /* the first that may still be in a trailing window */
    GRand *random;
} Arrivals;

static bool fits(Arrivals *arrivals, int64_t units, Instant now)
{
    (void)counter_turn(&arrivals->counter, &arrivals->limit, arrivals->zone, 0, arrivals->amount, now);
    return arrivals->counter.used + arrivals->counter.held + units <= arrivals->amount;
}

/* The sum of all uses in the window that is shown at `now`: never above the amount. */
static void require_within_amount(Arrivals *arrivals, Instant now)
{
    Window window = window_at(&arrivals->limit.window, arrivals->zone, 0, now);
    int64_t sum = 0;
    for (guint i = arrivals->oldest; i < arrivals->uses->len; i++) {
        const Use *use = &g_array_index(arrivals->uses, Use, i);
        sum += use->at >= window.start ? use->units : 0;
    }
    REQUIRE(sum <= arrivals->amount, "%" PRId64 " of %" PRId64 " at %s", sum, arrivals->amount, instant_text_exact(now));
    while (arrivals->oldest < arrivals->uses->len &&
           g_array_index(arrivals->uses, Use, arrivals->oldest).at < window.start - 4 * DAY)
        arrivals->oldest++;
}

static Counter counter_copy(const Counter *counter)
{
    Counter copy = *counter;
    copy.buckets = g_memdup2(counter->buckets, ROLLING_BUCKETS * sizeof *counter->buckets);
    return copy;
}

/* At the instant that is named the units fit, and one microsecond before they do not. */
static void require_frees_at(const Arrivals *arrivals, int64_t units, Instant now)
{
    Instant frees = counter_rolling_frees_at(&arrivals->counter, &arrivals->limit, arrivals->zone, arrivals->amount, units,
                                             now);
    REQUIRE(frees > now && frees < INSTANT_MAX, "refused, yet frees at %s", instant_text_exact(frees));
    for (int early = 0; early < 2; early++) {
        Arrivals later = *arrivals;
        later.counter = counter_copy(&arrivals->counter);
        bool fit = fits(&later, units, frees - early);
        counter_clear(&later.counter);
        REQUIRE(fit == !early, "%s when %d us early of %s", fit ? "fits" : "does not fit", early, instant_text_exact(frees));
    }
    int64_t longest_us = window_longest_us(&arrivals->limit.window);
    REQUIRE(frees - now <= longest_us + 2 * window_part_us(&arrivals->limit.window), "frees too late");
}

static Instant next_arrival(const Arrivals *arrivals, Instant now)
{
    int64_t longest_us = window_longest_us(&arrivals->limit.window);
    int64_t part_us = window_part_us(&arrivals->limit.window);
    switch (g_rand_int_range(arrivals->random, 0, 8)) {
    case 0:
        return (now / part_us + 1) * part_us; /* the edge of a bucket */
    case 1:
        return (now / part_us + 1) * part_us - 1;
    case 2:
        return now;
    case 3:
        return now + (int64_t)(g_rand_double(arrivals->random) * (double)longest_us * 1.5);
    default:
        return now + (int64_t)(g_rand_double(arrivals->random) * (double)longest_us / 10);
    }
}

static const char *const rolling_windows[] = {"minute", "7 minute", "hour", "day", "week", "month", "2 month", "year"};
static const char *const rolling_zones[] = {"UTC", "America/New_York", "America/St_Johns"};

START_TEST(never_more_than_the_amount_in_any_trailing_window)
{
    Arrivals arrivals = {.limit = limit_of(rolling_windows[_i / 3], ALIGN_ROLLING)};
    arrivals.zone = zone_find(rolling_zones[_i % 3]);
    arrivals.random = g_rand_new_with_seed((guint32)(_i + 1));
    arrivals.uses = g_array_new(FALSE, FALSE, sizeof(Use));
    arrivals.amount = 20;
    Instant now = at("2009-12-30T00:00:00Z");
    counter_start(&arrivals.counter, &arrivals.limit, arrivals.zone, 0, now);
    int admitted = 0, refused = 0;
    for (int i = 0; i < 8000; i++) {
        now = next_arrival(&arrivals, now);
        int64_t units = g_rand_int_range(arrivals.random, 1, 6);
        if (fits(&arrivals, units, now)) {
            Use use = {now, units};
            g_array_append_val(arrivals.uses, use);
            counter_add_used(&arrivals.counter, &arrivals.limit, arrivals.counter.window_start, units);
            admitted++;
        } else {
            require_frees_at(&arrivals, units, now);
            refused++;
        }
        require_within_amount(&arrivals, now);
    }
    ck_assert_msg(admitted > 1000 && refused > 1000, "%d admitted, %d refused", admitted, refused);
    counter_clear(&arrivals.counter);
    g_array_unref(arrivals.uses);
    g_rand_free(arrivals.random);
}
END_TEST

/* Use in the last days of short months, by the hour: the trailing month of March 29 begins before that of March 28 does. */
START_TEST(months_of_unequal_length)
{
    Arrivals arrivals = {.limit = limit_of("month", ALIGN_ROLLING), .zone = zone_find("America/New_York"), .amount = 5};
    arrivals.uses = g_array_new(FALSE, FALSE, sizeof(Use));
    counter_start(&arrivals.counter, &arrivals.limit, arrivals.zone, 0, at("2026-01-01"));
    for (Instant now = at("2026-01-01"); now < at("2028-01-01"); now += HOUR) {
        if (fits(&arrivals, 1, now)) {
            Use use = {now, 1};
            g_array_append_val(arrivals.uses, use);
            counter_add_used(&arrivals.counter, &arrivals.limit, arrivals.counter.window_start, 1);
        }
        require_within_amount(&arrivals, now);
    }
    ck_assert_uint_gt(arrivals.uses->len, 5 * 20);
    counter_clear(&arrivals.counter);
    g_array_unref(arrivals.uses);
}
END_TEST

/* --- the row's form --- */

START_TEST(sets_and_rows)
{
    CounterSet set = {0}, back = {0};
    for (int i = 1; i <= 9; i++) {
        Counter *counter = counter_set_add(&set, i % 2 ? i : -i);
        ck_assert(counter->used == 0 && counter->window_start == 0 && !counter->buckets);
        *counter = (Counter){counter->slot, i == 3 ? INSTANT_MIN : i * DAY, i, 10 + i, 20 + i, 3, i * 5, false, NULL};
        if (i % 3 == 0) {
            counter->buckets = g_new0(int64_t, ROLLING_BUCKETS);
            counter->buckets[i] = UNITS_MAX;
        }
    }
    ck_assert_ptr_null(counter_set_find(&set, 2));
    ck_assert_int_eq(counter_set_find(&set, -2)->used, 2);
    g_autoptr(GArray) state = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling = g_array_new(FALSE, FALSE, sizeof(int64_t));
    counter_set_write(&set, state, rolling);
    ck_assert(state->len == 9 * COUNTER_STRIDE && rolling->len == 3 * (1 + ROLLING_BUCKETS));
    const int64_t *numbers = (const int64_t *)(void *)state->data, *buckets = (const int64_t *)(void *)rolling->data;
    ck_assert(counter_set_read(&back, numbers, (int)state->len, buckets, (int)rolling->len));
    ck_assert(counter_set_read(&back, numbers, (int)state->len, buckets, (int)rolling->len)); /* replaces */
    ck_assert_int_eq(back.count, set.count);
    for (int i = 0; i < set.count; i++) {
        Counter *one = &set.counters[i], *other = counter_set_find(&back, one->slot);
        ck_assert(other && one->window_start == other->window_start && one->used == other->used && one->held == other->held);
        ck_assert(one->carried == other->carried && one->fired == other->fired && one->waiting == other->waiting && !one->buckets == !other->buckets);
        if (one->buckets)
            ck_assert_mem_eq(one->buckets, other->buckets, ROLLING_BUCKETS * sizeof(int64_t));
    }
    counter_set_clear(&set);
    counter_set_clear(&back);
    ck_assert(counter_set_read(&back, NULL, 0, NULL, 0) && back.count == 0);
}
END_TEST

typedef struct {
    bool in_rolling;
    int index;
    int64_t value;
} Damage;

START_TEST(malformed_rows)
{
    const int64_t state[] = {1, 10, 2, 3, 4, 1, 2, 20, 0, 0, 0, 0, -3, 30, 0, 0, 0, 0};
    int64_t rolling[2 * (1 + ROLLING_BUCKETS)] = {1, 5};
    const int width = 1 + ROLLING_BUCKETS, state_len = G_N_ELEMENTS(state), rolling_len = G_N_ELEMENTS(rolling);
    rolling[width] = -3;
    CounterSet set = {0};
    ck_assert(counter_set_read(&set, state, state_len, rolling, rolling_len) && set.count == 3);
    for (int len = 0; len <= state_len; len++)
        ck_assert_int_eq(counter_set_read(&set, state, len, NULL, 0), len % COUNTER_STRIDE == 0);
    for (int len = 0; len <= rolling_len; len++)
        ck_assert_int_eq(counter_set_read(&set, state, state_len, rolling, len), len % width == 0);
    ck_assert(!counter_set_read(&set, state, 2 * COUNTER_STRIDE, rolling, rolling_len)); /* buckets of no counter */
    ck_assert(!counter_set_read(&set, state, -COUNTER_STRIDE, NULL, 0));
    static const Damage damages[] = {{false, 0, 0}, {false, 6, 1}, {false, 2, -1}, {false, 3, -1}, {false, 4, -1},
                                     {false, 1, INSTANT_MAX}, {false, 1, INSTANT_MIN + 1}, {true, 0, -3}, {true, 0, 9},
                                     {true, 3, -1}, {true, 1 + ROLLING_BUCKETS, 1}};
    for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
        int64_t bad_state[G_N_ELEMENTS(state)], bad_rolling[G_N_ELEMENTS(rolling)];
        memcpy(bad_state, state, sizeof state);
        memcpy(bad_rolling, rolling, sizeof rolling);
        (damages[i].in_rolling ? bad_rolling : bad_state)[damages[i].index] = damages[i].value;
        ck_assert_msg(!counter_set_read(&set, bad_state, state_len, bad_rolling, rolling_len), "damage %u", i);
        ck_assert(set.count == 0 && !set.counters);
    }
}
END_TEST

/* A row read back may hold any moment and any number: nothing may overflow or hang. */
START_TEST(strange_rows_are_survived)
{
    static const char *const windows[] = {"minute", "day", "month", "lifetime"};
    static const Instant starts[] = {INSTANT_MIN, -300000000000 * US_PER_S, 1, 1234567, 300000000000 * US_PER_S};
    for (int align = ALIGN_CALENDAR; align <= ALIGN_ROLLING; align++)
        for (guint w = 0; w < G_N_ELEMENTS(windows); w++)
            for (guint s = 0; s < G_N_ELEMENTS(starts); s++)
                for (int with_buckets = 0; with_buckets < 2; with_buckets++) {
                    Limit limit = limit_of(windows[w], (WindowAlign)align);
                    limit.rollover = UNITS_MAX;
                    Counter counter = {7, starts[s], INT64_MAX, INT64_MAX, INT64_MAX, -1, 0, false, NULL};
                    counter.buckets = with_buckets ? g_new0(int64_t, ROLLING_BUCKETS) : NULL;
                    for (int i = 0; with_buckets && i < ROLLING_BUCKETS; i++)
                        counter.buckets[i] = INT64_MAX;
                    Instant now = at("2026-03-15T12:00:00Z");
                    (void)counter_turn(&counter, &limit, NULL, 0, UNITS_MAX, now);
                    counter_add_used(&counter, &limit, counter.window_start, UNITS_MAX);
                    ck_assert(counter.used >= 0 && counter.carried >= 0);
                    if (align == ALIGN_ROLLING && limit.window.unit != WINDOW_LIFETIME)
                        ck_assert_int_ge(counter_rolling_frees_at(&counter, &limit, NULL, 10, 1, now), now);
                    counter_clear(&counter);
                }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("counter");
    TCase *cases = tcase_create("counter");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, turning, 0, G_N_ELEMENTS(turns));
    tcase_add_test(cases, a_clock_that_went_back);
    tcase_add_test(cases, another_zone_keeps_what_was_used_in_the_window);
    tcase_add_test(cases, a_zeroed_counter_is_started);
    tcase_add_test(cases, adding);
    tcase_add_test(cases, buckets_before_1970);
    tcase_add_test(cases, adding_to_buckets);
    tcase_add_test(cases, held_units_stay_and_thresholds_arm_again);
    tcase_add_test(cases, frees_at);
    tcase_add_loop_test(cases, never_more_than_the_amount_in_any_trailing_window, 0, 24);
    tcase_add_test(cases, months_of_unequal_length);
    tcase_add_test(cases, sets_and_rows);
    tcase_add_test(cases, malformed_rows);
    tcase_add_test(cases, strange_rows_are_survived);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
