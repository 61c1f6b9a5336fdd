/* Lines as they are in the database: in the order that the model says, and told to any number of people from one reading a second. */
#include "waiting.h"

#include <pthread.h>

/* --- their order --- */

#define CROWD 24
#define PRO_WEIGHT 3

/* Somebody in line as the model has it. */
typedef struct {
    QueuePlace place;
    int person, flow;
    char *ticket; /* owned */
} Stand;

static void stand_clear(gpointer data)
{
    g_free(((Stand *)data)->ticket);
}

static gint stand_order(gconstpointer a, gconstpointer b)
{
    return queue_compare(&((const Stand *)a)->place, &((const Stand *)b)->place);
}

/* A third of them are on a plan of weight 3; where accounts take turns there are four of these, each on one plan. */
static bool is_pro(int person, bool fair)
{
    return (fair ? person % 4 : person % 3) == 0;
}

static int flow_of(int person, bool fair)
{
    return fair ? person % 4 : is_pro(person, fair);
}

static char *turns_policy(bool fair)
{
    static const char limit[] = "limit shared { feature = summary  amount = 1  window = hour  scope = site  on_exceed = queue";
    const char *turns = fair ? "fair = account" : "";
    return g_strdup_printf("default_plan = free\nfeature summary { title = Summaries }\n"
                           "plan free { %s  %s } }\n"
                           "plan pro { queue_weight = " G_STRINGIFY(PRO_WEIGHT) "  %s  %s } }\n", limit, turns, limit, turns);
}

static void meet(Store *store, int person, bool fair)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    bool created;
    g_autofree char *name = g_strdup_printf("p%d", person), *house = g_strdup_printf("house-%d", person % 4);
    SubjectChange change = { .subject = name, .plan = is_pro(person, fair) ? "pro" : "free", .organization = fair ? house : NULL };
    ck_assert_msg(admin_subject_set(store, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

/* The person comes: the same place again, or a new one, which is told as the model says. */
static void comes(Store *store, GArray *line, int person, bool fair, int64_t number)
{
    g_autofree char *name = g_strdup_printf("p%d", person);
    g_autoptr(Answer) answer = consume(store, name, "summary", 1);
    int64_t head = QUEUE_NO_TURN, last = QUEUE_NO_TURN;
    int flow = flow_of(person, fair);
    ck_assert_int_eq(answer_status(answer), 202);
    for (guint i = 0; i < line->len; i++) {
        const Stand *one = &g_array_index(line, Stand, i);
        head = head == QUEUE_NO_TURN ? one->place.turn : head;
        last = one->flow == flow ? one->place.turn : last;
        if (one->person != person)
            continue;
        ck_assert_str_eq(answer->ticket, one->ticket);
        return;
    }
    int weight = is_pro(person, fair) ? PRO_WEIGHT : 1;
    Stand stand = { { queue_turn(head, last, weight), number }, person, flow, g_strdup(answer->ticket) };
    g_array_append_val(line, stand);
    g_array_sort(line, stand_order);
    ck_assert_int_eq(answer->in_line, line->len);
    ck_assert_int_eq(g_array_index(line, Stand, answer->ahead).person, person);
}

/* The first is let in, and takes what is held. */
static void served(Store *store, GArray *line, int hour)
{
    g_autofree char *time = g_strdup_printf("%02d:00:00", hour);
    clock_at(time);
    ck_assert_int_eq(let_in(store, "w"), 1);
    g_autofree char *name = g_strdup_printf("p%d", g_array_index(line, Stand, 0).person);
    g_autoptr(Answer) answer = consume(store, name, "summary", 1);
    ck_assert_msg(answer_allowed(answer), "%s was first, and somebody else was let in", name);
    g_array_remove_index(line, 0);
}

static char *model_line(const GArray *line)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < line->len; i++)
        g_string_append_printf(names, "%sp%d", i ? " " : "", g_array_index(line, Stand, i).person);
    return g_string_free(names, FALSE);
}

/* Random histories with weighted plans (0), and with accounts that take turns as well (1): the line that the database has is at every
 * step the one that the pure functions say, and each is told where they stand in it. */
START_TEST(lines_are_in_the_order_of_the_model)
{
    bool fair = _i == 1;
    g_autofree char *text = turns_policy(fair);
    database_fresh(text);
    clock_at("00:00:00");
    Store *store = database_store();
    g_autoptr(Answer) full = consume(store, "full", "summary", 1);
    for (int i = 0; i < CROWD; i++)
        meet(store, i, fair);
    GRand *random = g_rand_new_with_seed((guint32)_i + 5);
    g_autoptr(GArray) line = g_array_new(FALSE, FALSE, sizeof(Stand));
    g_array_set_clear_func(line, stand_clear);
    int hour = 0;
    for (int64_t step = 1; step <= 60; step++) {
        g_auto(StoreError) error = { 0 };
        int what = g_rand_int_range(random, 0, 10);
        if (what < 7 || !line->len) {
            comes(store, line, g_rand_int_range(random, 0, CROWD), fair, step);
        } else if (what == 7 && hour < 23) {
            served(store, line, ++hour);
        } else {
            guint gone = (guint)g_rand_int_range(random, 0, (gint32)line->len);
            ck_assert_int_eq(queue_leave(store, g_array_index(line, Stand, gone).ticket, &error), STORE_OK);
            g_array_remove_index(line, gone);
        }
        g_autofree char *expected = model_line(line);
        assert_line(store, "summary", "shared", expected);
    }
    ck_assert_int_gt(hour, 2);
    g_rand_free(random);
    assert_lines_are_counted();
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* --- what it costs to be asked --- */

#define POLLERS 4

typedef struct {
    Store *store;
    const GPtrArray *tickets;
    int64_t until_us, polls; /* monotonic */
    GHashTable *readings;    /* the database's times that answers came from */
} Poller;

static void *poll_places(void *data)
{
    Poller *poller = data;
    while (poller->polls < poller->tickets->len || g_get_monotonic_time() < poller->until_us) {
        g_auto(StoreError) error = { 0 };
        g_autoptr(TicketRead) read = NULL;
        const char *id = poller->tickets->pdata[poller->polls++ % poller->tickets->len];
        ck_assert_int_eq(queue_ticket(poller->store, id, true, &read, &error), STORE_OK);
        ck_assert_int_eq(read->state, TICKET_WAITING);
        g_hash_table_add(poller->readings, g_memdup2(&read->now, sizeof read->now));
    }
    return NULL;
}

/* Each answer says when the database was asked: once a second, however many ask. */
START_TEST(many_who_ask_cost_one_reading_a_second)
{
    database_fresh("default_plan = free\n"
                   "feature brief { title = Brief }\n"
                   "feature other { title = Others }\n"
                   "plan free {\n"
                   "  limit brief { feature = brief  amount = 2  window = hour  scope = site  on_exceed = queue }\n"
                   "  limit other { feature = other  amount = 2  window = hour  scope = site  on_exceed = queue  fair = account }\n"
                   "}\n");
    Store *store = database_store();
    g_autoptr(GPtrArray) tickets = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 14; i++) {
        g_autofree char *name = g_strdup_printf("p%d", i);
        g_autoptr(Answer) answer = consume(store, name, i < 7 ? "other" : "brief", 2);
        if (answer->ticket)
            g_ptr_array_add(tickets, g_strdup(answer->ticket));
    }
    ck_assert_uint_eq(tickets->len, 12);
    Poller pollers[POLLERS];
    pthread_t threads[POLLERS];
    int64_t began_us = g_get_monotonic_time();
    /* What does not change about a ticket is read when it is first asked for. */
    Poller first = { store, tickets, g_get_monotonic_time() + 200000, 0, g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL) };
    poll_places(&first);
    for (int i = 0; i < POLLERS; i++) {
        pollers[i] = (Poller){ store, tickets, g_get_monotonic_time() + 2200000, 0,
                               g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL) };
        pthread_create(&threads[i], NULL, poll_places, &pollers[i]);
    }
    int64_t polls = 0;
    for (int i = 0; i < POLLERS; i++) {
        pthread_join(threads[i], NULL);
        polls += pollers[i].polls;
        GHashTableIter iter;
        gpointer now;
        g_hash_table_iter_init(&iter, pollers[i].readings);
        while (i > 0 && g_hash_table_iter_next(&iter, &now, NULL))
            g_hash_table_add(pollers[0].readings, g_memdup2(now, sizeof(Instant)));
    }
    ck_assert_int_gt(polls, 2000);
    guint readings = g_hash_table_size(pollers[0].readings);
    int64_t took_s = (g_get_monotonic_time() - began_us) / US_PER_S; /* 2, where the machine is not busy */
    ck_assert_msg(readings >= 2 && readings <= took_s + 2, "%" PRId64 " answers came from %u readings in %" PRId64 " s", polls, readings, took_s);
    for (int i = 0; i < POLLERS; i++)
        g_hash_table_unref(pollers[i].readings);
    g_hash_table_unref(first.readings);
    store_close(store);
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tcase = tcase_create("lines");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, lines_are_in_the_order_of_the_model, 0, 2);
    tcase_add_test(tcase, many_who_ask_cost_one_reading_a_second);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
