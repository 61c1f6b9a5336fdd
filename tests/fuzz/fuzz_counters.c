/* Fuzzes counters as they come out of the database, and time passing over them. The input is what stands in the two
 * arrays, as text: whole numbers with commas, a line each; then a window and a number of hours. */
#include "fuzz.h"

#include "domain/counter.h"

static GArray *numbers_read(const char *line)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_auto(GStrv) parts = g_strsplit(line, ",", 2000);
    for (char **part = parts; *part && **part; part++) {
        int64_t number = g_ascii_strtoll(*part, NULL, 10);
        g_array_append_val(numbers, number);
    }
    return numbers;
}

static void check_same(const GArray *numbers, const GArray *again)
{
    HOLDS(numbers->len == again->len);
    HOLDS(numbers->len == 0 || memcmp(numbers->data, again->data, numbers->len * sizeof(int64_t)) == 0);
}

static void check_turned(Counter *counter, Limit *limit, Instant now)
{
    limit->slot = 1;
    Window window = counter_turn(counter, limit, NULL, 0, 10, now);
    HOLDS(window.start < window.end);
    HOLDS(counter->used >= 0 && counter->held >= 0 && counter->carried >= 0);
    Counter once = *counter;
    (void)counter_turn(counter, limit, NULL, 0, 10, now);
    HOLDS(once.used == counter->used && once.held == counter->held && once.window_start == counter->window_start);
    counter_add_used(counter, limit, counter->window_start, 5);
    HOLDS(counter->used >= once.used);
    counter_add_used(counter, limit, counter->window_start, -INT64_C(9000000000000000000));
    HOLDS(counter->used >= 0);
    (void)counter_rolling_frees_at(counter, limit, NULL, 10, 3, now);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    Rest rest = {bytes, bytes + size};
    g_autofree char *state_text = rest_line(&rest), *rolling_text = rest_line(&rest), *words = rest_line(&rest);
    g_autoptr(GArray) state = numbers_read(state_text), rolling = numbers_read(rolling_text);
    g_autoptr(GArray) state_again = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) rolling_again = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Limit limit = {.key = (char *)"x", .plan_amount = 10, .window = {.week_starts = 1}, .rollover = rest_byte(&rest) % 4,
                   .warn_at = {50, 100}, .warn_count = 2};
    limit.window.align = (WindowAlign)(rest_byte(&rest) % 3);
    Instant now = (Instant)(rest_number(&rest, 5) % 40000000000) * US_PER_S;
    const char *why = NULL;
    if (!window_parse(words, &limit.window, &why))
        return 0;
    if (limit.window.unit == WINDOW_LIFETIME)
        limit.window.align = ALIGN_CALENDAR;
    CounterSet set = {0};
    if (counter_set_read(&set, (const int64_t *)(const void *)state->data, (int)state->len,
                         (const int64_t *)(const void *)rolling->data, (int)rolling->len)) {
        counter_set_write(&set, state_again, rolling_again);
        check_same(state, state_again);
        check_same(rolling, rolling_again);
    } else {
        HOLDS(set.count == 0);
    }
    for (int i = 0; i < set.count; i++)
        check_turned(&set.counters[i], &limit, now);
    counter_set_clear(&set);
    return 0;
}
