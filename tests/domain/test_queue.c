/* Lines as they are meant: order against a simple model with random histories, and what is promised against what comes. */
#include "fixtures.h"

#include "domain/queue.h"

START_TEST(what_a_ticket_may_become)
{
    static const bool may[TICKET_STATES][TICKET_STATES] = {
        [TICKET_WAITING] = { [TICKET_ADMITTED] = true, [TICKET_LEFT] = true, [TICKET_EXPIRED] = true },
        [TICKET_ADMITTED] = { [TICKET_USED] = true, [TICKET_LEFT] = true, [TICKET_LAPSED] = true },
    };
    for (int from = 0; from < TICKET_STATES; from++)
        for (int to = 0; to < TICKET_STATES; to++)
            ck_assert_int_eq(ticket_may_become((TicketState)from, (TicketState)to), may[from][to]);
    for (int state = 0; state < TICKET_STATES; state++) {
        TicketState read;
        ck_assert(ticket_state_read(ticket_state_word((TicketState)state), &read));
        ck_assert_int_eq(read, state);
        ck_assert_int_eq(ticket_is_over(read), state > TICKET_ADMITTED);
    }
    TicketState none;
    ck_assert(!ticket_state_read("gone", &none) && !ticket_state_read(NULL, &none));
}
END_TEST

/* A line in memory: tickets of a few flows. */
typedef struct {
    QueuePlace place;
    int flow;
} Waits;

static gint waits_order(gconstpointer a, gconstpointer b)
{
    return queue_compare(&((const Waits *)a)->place, &((const Waits *)b)->place);
}

static void join(GArray *line, int flow, int weight, int64_t number)
{
    int64_t head = QUEUE_NO_TURN, last = QUEUE_NO_TURN;
    for (guint i = 0; i < line->len; i++) {
        const Waits *one = &g_array_index(line, Waits, i);
        head = head == QUEUE_NO_TURN ? one->place.turn : MIN(head, one->place.turn);
        last = one->flow == flow ? MAX(last, one->place.turn) : last;
    }
    Waits new = { { queue_turn(head, last, weight), number }, flow };
    g_array_append_val(line, new);
    g_array_sort(line, waits_order);
}

/* The model of a line of one flow is a list: who comes last stands last, whoever leaves or is let in meanwhile. */
START_TEST(within_a_flow_whoever_comes_first_is_first)
{
    GRand *random = g_rand_new_with_seed((guint32)_i + 1);
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Waits));
    g_autoptr(GArray) model = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int64_t number = 1; number < 400; number++) {
        int what = g_rand_int_range(random, 0, 5);
        if (what < 3 || !line->len) {
            join(line, 1, 3, number);
            g_array_append_val(model, number);
        } else {
            guint gone = what == 3 ? 0 : (guint)g_rand_int_range(random, 0, (gint32)line->len);
            g_array_remove_index(line, gone);
            g_array_remove_index(model, gone);
        }
        for (guint i = 0; i < line->len; i++)
            ck_assert_int_eq(g_array_index(line, Waits, i).place.number, g_array_index(model, int64_t, i));
    }
    g_rand_free(random);
}
END_TEST

/* With flows that always have somebody in line, each is served in proportion to its weight; within a flow by arrival. */
START_TEST(flows_are_served_by_their_weights)
{
    static const int weights[] = { 1, 2, 5 };
    int64_t served[3] = { 0 }, last[3] = { 0 }, number = 0;
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Waits));
    for (int flow = 0; flow < 3; flow++)
        for (int i = 0; i < 4; i++)
            join(line, flow, weights[flow], ++number);
    for (int i = 0; i < 800; i++) {
        Waits first = g_array_index(line, Waits, 0);
        g_array_remove_index(line, 0);
        served[first.flow]++;
        ck_assert_int_gt(first.place.number, last[first.flow]);
        last[first.flow] = first.place.number;
        join(line, first.flow, weights[first.flow], ++number);
    }
    for (int flow = 0; flow < 3; flow++)
        ck_assert_int_le(ABS(served[flow] - 100 * weights[flow]), 6);
}
END_TEST

/* One who fills the line does not keep out another: the newcomer of another account is next but one. */
START_TEST(nobody_fills_the_line)
{
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Waits));
    for (int64_t i = 1; i <= 100; i++)
        join(line, 1, 1, i);
    join(line, 2, 1, 101);
    ck_assert_int_eq(g_array_index(line, Waits, 1).place.number, 101);
    g_array_remove_index(line, 0);
    g_array_remove_index(line, 0);
    join(line, 2, 1, 102);
    ck_assert_int_eq(g_array_index(line, Waits, 1).place.number, 102);
    ck_assert_int_eq(g_array_index(line, Waits, 0).place.number, 2);
    /* Nobody saves up turns by staying away. */
    join(line, 3, 1, 103);
    join(line, 3, 1, 104);
    ck_assert_int_gt(g_array_index(line, Waits, 3).place.turn, g_array_index(line, Waits, 1).place.turn);
}
END_TEST

static Limit a_limit(WindowUnit unit, WindowAlign align)
{
    return (Limit){ .key = (char *)"l", .window = { .unit = unit, .count = 1, .align = align, .week_starts = 1 },
                    .queue = { QUEUE_CLAIM_WITHIN_S, QUEUE_KEEP_PLACE_S, QUEUE_MAX, false } };
}

START_TEST(the_range_of_the_wait)
{
    Limit limit = a_limit(WINDOW_MINUTE, ALIGN_CALENDAR);
    QueuePace pace = { .limit = &limit, .amount = 5, .zone = zone_find("UTC") };
    Instant now = 10 * US_PER_S; /* the tenth second of a minute */
    QueueWait wait = queue_wait(&pace, 0, 1, now);
    ck_assert(wait.known);
    ck_assert_int_eq(wait.least_s, 50);
    ck_assert_int_eq(wait.about_s, 50);
    ck_assert_int_eq(wait.most_s, 110);
    wait = queue_wait(&pace, 11, 1, now); /* the twelfth */
    ck_assert_int_eq(wait.about_s, 170);
    ck_assert_int_eq(wait.least_s, 110);
    pace.paused = true;
    ck_assert(!queue_wait(&pace, 0, 1, now).known);
    pace.paused = false;
    pace.amount = 0;
    ck_assert(!queue_wait(&pace, 0, 1, now).known);
    pace.amount = AMOUNT_UNLIMITED;
    ck_assert(!queue_wait(&pace, 0, 1, now).known);
    pace.amount = 1;
    ck_assert(!queue_wait(&pace, INT64_C(1) << 60, 1, now).known);
    pace.limit = NULL;
    ck_assert(!queue_wait(&pace, 0, 1, now).known);
}
END_TEST

/* --- how people fare, simulated --- */

/* A limit as so many seats, each of which is taken until an instant. */
typedef struct {
    const Limit *limit;
    Instant *free_at;
    int seats;
} Hall;

static gint by_time(gconstpointer a, gconstpointer b)
{
    Instant first = *(const Instant *)a, second = *(const Instant *)b;
    return (first > second) - (first < second);
}

/* Until when what is taken at `at` counts. */
static Instant counts_until(const Limit *limit, Instant at)
{
    int64_t window_us = window_longest_us(&limit->window);
    return limit->window.align == ALIGN_ROLLING ? at + window_us : (at / window_us + 1) * window_us;
}

/* All taken, as when somebody has to wait. */
static void hall_open(Hall *hall, GRand *random, const Limit *limit, int seats, Instant now)
{
    *hall = (Hall){ limit, g_new(Instant, seats), seats };
    for (int i = 0; i < seats; i++)
        hall->free_at[i] = limit->window.align == ALIGN_ROLLING
            ? now + (int64_t)(g_rand_double(random) * (double)window_longest_us(&limit->window)) : counts_until(limit, now);
    qsort(hall->free_at, (size_t)seats, sizeof(Instant), by_time);
}

/* When so many are free together, `now` at the earliest. */
static Instant hall_room_at(const Hall *hall, int units, Instant now)
{
    return MAX(hall->free_at[units - 1], now);
}

/* They are taken; who does not come gives them back. */
static void hall_take(Hall *hall, int units, Instant at, bool comes)
{
    Instant until = counts_until(hall->limit, at);
    for (int i = 0; i < units; i++)
        hall->free_at[i] = comes ? until : MIN(until, at + hall->limit->queue.claim_within_s * US_PER_S);
    qsort(hall->free_at, (size_t)hall->seats, sizeof(Instant), by_time);
}

typedef struct {
    QueuePlace place;
    int flow, units;
    bool me;
} Stands;

static void stand(GArray *line, int flow, int units, int64_t number, bool fair, bool me)
{
    int64_t head = QUEUE_NO_TURN, last = QUEUE_NO_TURN;
    for (guint i = 0; fair && i < line->len; i++) {
        const Stands *one = &g_array_index(line, Stands, i);
        head = head == QUEUE_NO_TURN ? one->place.turn : MIN(head, one->place.turn);
        last = one->flow == flow ? MAX(last, one->place.turn) : last;
    }
    Stands new = { { fair ? queue_turn(head, last, 1) : 0, number }, flow, units, me };
    g_array_append_val(line, new);
}

static guint first_of(const GArray *line)
{
    guint first = 0;
    for (guint i = 1; i < line->len; i++)
        if (queue_compare(&g_array_index(line, Stands, i).place, &g_array_index(line, Stands, first).place) < 0)
            first = i;
    return first;
}

/* How it is in the people: what part of those in line goes away or does not come, how many units people ask for at most, and in a
 * fair line how many flows there are; newcomers come as fast as others are served. */
typedef struct {
    double leaves, lapses;
    int units, flows;
} People;

/* Fills a line of `ahead` and me behind them; *units: of those before me. Where I stand. */
static int64_t line_up(GArray *line, GRand *random, const People *people, int ahead, int64_t *units)
{
    bool fair = people->flows > 0;
    for (int i = 0; i <= ahead; i++)
        stand(line, fair ? g_rand_int_range(random, 0, people->flows) : 0, g_rand_int_range(random, 1, people->units + 1), i, fair, i == ahead);
    const Stands *me = &g_array_index(line, Stands, ahead);
    int64_t before = 0;
    *units = 0;
    for (int i = 0; i < ahead; i++) {
        const Stands *one = &g_array_index(line, Stands, i);
        before += queue_compare(&one->place, &me->place) < 0;
        *units += queue_compare(&one->place, &me->place) < 0 ? one->units : 0;
    }
    return before;
}

/* When it is my turn. */
static Instant serve(Hall *hall, GArray *line, GRand *random, const People *people, Instant now)
{
    int64_t number = line->len;
    for (Instant at = now;;) {
        guint i = first_of(line);
        Stands first = g_array_index(line, Stands, i);
        g_array_remove_index_fast(line, i);
        if (!first.me && g_rand_double(random) < people->leaves)
            continue;
        at = hall_room_at(hall, first.units, at);
        if (first.me)
            return at;
        hall_take(hall, first.units, at, g_rand_double(random) >= people->lapses);
        if (people->flows > 0)
            stand(line, g_rand_int_range(random, 0, people->flows), first.units, number++, true, false);
    }
}

/* Of a hundred who are told a range, how many are let in within it. */
static int kept_pct(guint32 seed, WindowUnit unit, WindowAlign align, People people, int most_ahead, int cases)
{
    GRand *random = g_rand_new_with_seed(seed);
    int kept = 0;
    for (int i = 0; i < cases; i++) {
        Limit limit = a_limit(unit, align);
        int amount = g_rand_int_range(random, 3, 41);
        Instant now = INT64_C(1773576000) * US_PER_S + g_rand_int_range(random, 0, 86400) * US_PER_S;
        g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Stands));
        Hall hall;
        int64_t units;
        int64_t ahead = line_up(line, random, &people, g_rand_int_range(random, 0, most_ahead), &units);
        QueuePace pace = { .limit = &limit, .amount = amount, .zone = zone_find("UTC"), .shifts = people.flows > 0 };
        QueueWait wait = queue_wait(&pace, units, g_array_index(line, Stands, line->len - 1).units, now);
        hall_open(&hall, random, &limit, amount, now);
        int64_t came_s = (serve(&hall, line, random, &people, now) - now + US_PER_S - 1) / US_PER_S;
        g_free(hall.free_at);
        ck_assert(wait.known && ahead >= 0 && wait.least_s <= wait.about_s && wait.about_s <= wait.most_s);
        kept += came_s >= wait.least_s && came_s <= wait.most_s;
    }
    g_rand_free(random);
    return kept * 100 / cases;
}

/* Nine in ten are served within what they were told, where people do as they are thought to; eighty-five where some more go. */
START_TEST(promises_are_kept)
{
    static const WindowUnit units[] = { WINDOW_MINUTE, WINDOW_HOUR, WINDOW_DAY };
    static const People kinds[] = {
        { 0, 0, 1, 0 }, { 0.1, 0.1, 1, 0 }, { 0.2, 0.05, 1, 0 }, { 0.05, 0.2, 1, 0 }, { 0.1, 0.1, 3, 0 },
    };
    for (size_t unit = 0; unit < G_N_ELEMENTS(units); unit++)
        for (size_t people = 0; people < G_N_ELEMENTS(kinds); people++)
            for (int rolling = 0; rolling < 2; rolling++) {
                WindowAlign align = rolling ? ALIGN_ROLLING : ALIGN_CALENDAR;
                int pct = kept_pct(7, units[unit], align, kinds[people], 300, 400);
                ck_assert_msg(pct >= 85, "unit %zu, people %zu, %s: only %d of 100 were kept", unit, people, align_word(align), pct);
            }
}
END_TEST

START_TEST(promises_are_kept_where_turns_are_taken)
{
    static const People kinds[] = { { 0, 0, 1, 5 }, { 0.1, 0.1, 1, 30 }, { 0.1, 0.1, 2, 10 } };
    for (size_t people = 0; people < G_N_ELEMENTS(kinds); people++) {
        int pct = kept_pct(11, WINDOW_MINUTE, ALIGN_CALENDAR, kinds[people], 120, 400);
        ck_assert_msg(pct >= 85, "people %zu: only %d of 100 were kept", people, pct);
    }
}
END_TEST

START_TEST(who_is_far_back_asks_less_often)
{
    QueueWait near = { true, 5, 60, 10 }, far = { true, 4000, 5000, 4500 };
    for (uint32_t seed = 0; seed < 3000; seed += 7) {
        ck_assert_int_ge(queue_poll_s(&near, 1, seed), 1);
        ck_assert_int_le(queue_poll_s(&near, 1, seed), 2);
        ck_assert_int_ge(queue_poll_s(&far, 900, seed), 20);
        ck_assert_int_le(queue_poll_s(&far, 900, seed), 30);
    }
    ck_assert_int_ne(queue_poll_s(&far, 900, 0), queue_poll_s(&far, 900, 1000));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("queue");
    TCase *tests = tcase_create("queue");
    tcase_add_test(tests, what_a_ticket_may_become);
    tcase_add_loop_test(tests, within_a_flow_whoever_comes_first_is_first, 0, 50);
    tcase_add_test(tests, flows_are_served_by_their_weights);
    tcase_add_test(tests, nobody_fills_the_line);
    tcase_add_test(tests, the_range_of_the_wait);
    tcase_add_test(tests, promises_are_kept);
    tcase_add_test(tests, promises_are_kept_where_turns_are_taken);
    tcase_add_test(tests, who_is_far_back_asks_less_often);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
