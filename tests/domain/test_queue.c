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

/* How somebody fares who joins behind `ahead` others, of whom some leave, and some do not come when it is their turn. */
static int64_t simulate(GRand *random, const Limit *limit, Amount amount, int64_t ahead, Instant now, double leaves, double lapses)
{
    int64_t window_us = window_longest_us(&limit->window);
    Instant at = now;
    int64_t left = ahead;
    for (int64_t windows = 1;; windows++) {
        /* Whoever leaves does so while waiting. */
        int64_t still = 0;
        for (int64_t i = 0; i < left; i++)
            still += windows > 1 || g_rand_double(random) >= leaves;
        left = still;
        at = (at / window_us + 1) * window_us;
        int64_t room = amount;
        Instant within = at;
        while (room > 0) {
            if (left == 0)
                return within - now;
            left--;
            bool lapsed = g_rand_double(random) < lapses;
            room--;
            /* What is not taken comes back after a while, to this window only. */
            if (room == 0 && lapsed && within + limit->queue.claim_within_s * US_PER_S < at + window_us) {
                within += limit->queue.claim_within_s * US_PER_S;
                room++;
            }
        }
    }
}

/* What is promised holds for 85 of 100 and more, whatever the line and the window. */
START_TEST(promises_are_kept)
{
    static const WindowUnit units[] = { WINDOW_MINUTE, WINDOW_HOUR, WINDOW_DAY };
    GRand *random = g_rand_new_with_seed(7);
    int kept = 0, cases = 0;
    for (int i = 0; i < 6000; i++) {
        Limit limit = a_limit(units[i % 3], ALIGN_CALENDAR);
        Amount amount = g_rand_int_range(random, 1, 40);
        int64_t ahead = g_rand_int_range(random, 0, 300);
        Instant now = INT64_C(1773576000) * US_PER_S + g_rand_int_range(random, 0, 86400) * US_PER_S;
        QueuePace pace = { .limit = &limit, .amount = amount, .zone = zone_find("UTC") };
        QueueWait wait = queue_wait(&pace, ahead, 1, now);
        if (!wait.known)
            continue;
        int64_t came_s = simulate(random, &limit, amount, ahead, now, 0.1, 0.1) / US_PER_S;
        kept += came_s >= wait.least_s && came_s <= wait.most_s;
        cases++;
        ck_assert(wait.least_s <= wait.about_s && wait.about_s <= wait.most_s);
    }
    ck_assert_int_gt(cases, 5000);
    ck_assert_msg(kept * 100 >= cases * 85, "only %d of %d were kept", kept, cases);
    g_rand_free(random);
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
    tcase_add_test(tests, who_is_far_back_asks_less_often);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
