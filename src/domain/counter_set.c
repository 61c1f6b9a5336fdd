/* The counters of one row, and the row's form: arrays of whole numbers that the database keeps without
 * knowing what they mean. What is read back is checked, since a row can be changed by hand. */
#include "domain/counter.h"

/* Thresholds and the length of the line are one number of a row. */
#define FIRED_BITS ((INT64_C(1) << WARN_AT_MAX) - 1)

#define ROLLING_STRIDE (1 + ROLLING_BUCKETS)
#define FARTHEST (INT64_C(400000000000) * US_PER_S) /* some 12,000 years: no window begins beyond */

Counter *counter_set_find(CounterSet *set, int64_t slot)
{
    for (int i = 0; i < set->count; i++)
        if (set->counters[i].slot == slot)
            return &set->counters[i];
    return NULL;
}

Counter *counter_set_add(CounterSet *set, int64_t slot)
{
    if (set->count == set->room) {
        set->room = MAX(4, set->room * 2);
        set->counters = g_renew(Counter, set->counters, set->room);
    }
    Counter *counter = &set->counters[set->count++];
    *counter = (Counter){.slot = slot};
    return counter;
}

void counter_set_clear(CounterSet *set)
{
    for (int i = 0; i < set->count; i++)
        counter_clear(&set->counters[i]);
    g_free(set->counters);
    *set = (CounterSet){0};
}

static bool row_is_sound(const int64_t *row)
{
    bool start_is_sound = row[1] == INSTANT_MIN || (row[1] >= -FARTHEST && row[1] <= FARTHEST);
    return row[0] != 0 && start_is_sound && row[2] >= 0 && row[3] >= 0 && row[4] >= 0 && row[5] >= 0;
}

static bool state_read(CounterSet *set, const int64_t *state, int len)
{
    if (len < 0 || len % COUNTER_STRIDE != 0)
        return false;
    for (int at = 0; at < len; at += COUNTER_STRIDE) {
        const int64_t *row = state + at;
        if (!row_is_sound(row) || counter_set_find(set, row[0]))
            return false;
        Counter *counter = counter_set_add(set, row[0]);
        *counter = (Counter){row[0], row[1], row[2], row[3], row[4], row[5] & FIRED_BITS, row[5] / (FIRED_BITS + 1), false, NULL};
    }
    return true;
}

static bool rolling_read(CounterSet *set, const int64_t *rolling, int len)
{
    if (len < 0 || len % ROLLING_STRIDE != 0)
        return false;
    int next = 0;
    for (int at = 0; at < len; at += ROLLING_STRIDE) {
        const int64_t *row = rolling + at;
        while (next < set->count && set->counters[next].slot != row[0])
            next++;
        if (next == set->count)
            return false;
        for (int i = 1; i <= ROLLING_BUCKETS; i++)
            if (row[i] < 0)
                return false;
        set->counters[next++].buckets = g_memdup2(row + 1, ROLLING_BUCKETS * sizeof *row);
    }
    return true;
}

bool counter_set_read(CounterSet *set, const int64_t *state, int state_len, const int64_t *rolling, int rolling_len)
{
    counter_set_clear(set);
    if (state_read(set, state, state_len) && rolling_read(set, rolling, rolling_len))
        return true;
    counter_set_clear(set);
    return false;
}

void counter_set_write(const CounterSet *set, GArray *state, GArray *rolling)
{
    for (int i = 0; i < set->count; i++) {
        const Counter *counter = &set->counters[i];
        const int64_t row[COUNTER_STRIDE] = {counter->slot, counter->window_start, counter->used,
                                             counter->held, counter->carried,
                                             counter->fired + counter->waiting * (FIRED_BITS + 1)};
        g_array_append_vals(state, row, COUNTER_STRIDE);
        if (!counter->buckets)
            continue;
        g_array_append_val(rolling, counter->slot);
        g_array_append_vals(rolling, counter->buckets, ROLLING_BUCKETS);
    }
}
