/* Callbacks against a real PostgreSQL, two processes at once: one delivers, what it was busy with is taken over as the same try when its
 * lease is over, and whatever both of them come to, the units are charged or given back once. */
#include "asking.h"

#include "store/deliveries.h"
#include "store/queue.h"

#define ORIGIN "https://jobs.example"

static const char policy[] =
    "default_plan = free\n"
    "feature job { title = Jobs }\n"
    "plan free { limit minute { feature = job  amount = 150  window = minute  scope = site  on_exceed = queue  warn_at = {} } }\n";

static Answer *ask_of(Store *store, const char *subject, const char *origin, const char *job)
{
    const LedgerCallback callback = { .url = "https://jobs.example/hooks", .origin = origin, .payload = "{}", .job = job, .always = true };
    const LedgerAsk request = { .kind = ASK_HOLD, .subject = subject, .item_count = 1, .items = { { "job", NULL, 1 } },
                                .ttl_s = CALLBACK_HOLD_S, .caller = "test", .callback = &callback };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    ck_assert_msg(ledger_decide(store, &request, &answer, &error) == STORE_OK, "%s", error.detail);
    return g_steal_pointer(&answer);
}

static Answer *ask_for(Store *store, const char *origin, const char *job)
{
    return ask_of(store, "ada", origin, job);
}

/* A ticket that is let in at once. */
static char *leave_of(Store *store, const char *subject, const char *origin, const char *job)
{
    g_autoptr(Answer) answer = ask_of(store, subject, origin, job);
    ck_assert_ptr_nonnull(answer->ticket);
    return g_strdup(answer->ticket);
}

static char *leave(Store *store, const char *origin, const char *job)
{
    return leave_of(store, "ada", origin, job);
}

#define OTHER_ORIGIN "https://more.example"

static GPtrArray *take_most(Deliveries *deliveries, int64_t room, int64_t most)
{
    const int64_t rooms[] = { room, room };
    g_auto(StoreError) error = { 0 };
    g_autoptr(GPtrArray) origins = g_ptr_array_new();
    GPtrArray *taken = NULL;
    g_ptr_array_add(origins, (gpointer)ORIGIN);
    g_ptr_array_add(origins, (gpointer)OTHER_ORIGIN);
    ck_assert_msg(deliveries_take(deliveries, origins, rooms, most, 10, &taken, &error) == STORE_OK, "%s", error.detail);
    return taken;
}

static GPtrArray *take(Deliveries *deliveries, int64_t room)
{
    return take_most(deliveries, room, 100);
}

static void end(Deliveries *deliveries, GPtrArray *taken, DeliveryOutcome outcome, int status)
{
    g_auto(StoreError) error = { 0 };
    for (guint i = 0; i < taken->len; i++) {
        Delivery *delivery = taken->pdata[i];
        delivery->outcome = outcome;
        delivery->status = status;
        delivery->trouble = outcome == DELIVERY_ACCEPTED ? TROUBLE_NONE : TROUBLE_STATUS;
    }
    ck_assert_msg(deliveries_end(deliveries, taken, &error) == STORE_OK, "%s", error.detail);
    for (guint i = 0; i < taken->len; i++)
        ck_assert(((const Delivery *)taken->pdata[i])->ended);
}

static void assert_ticket(Store *store, const char *id, TicketState state, CallbackState callback, int64_t tries)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(TicketRead) read = NULL;
    ck_assert_msg(queue_ticket(store, id, false, &read, &error) == STORE_OK, "%s", error.detail);
    ck_assert_str_eq(ticket_state_word(read->state), ticket_state_word(state));
    ck_assert_str_eq(callback_state_word(read->callback), callback_state_word(callback));
    ck_assert_int_eq(read->tries, tries);
}

static void assert_counter(int64_t used, int64_t held)
{
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'minute'"), used);
    ck_assert_int_eq(database_number("select held from webquota.counter_values where limit_key = 'minute'"), held);
    assert_journal_is_whole();
}

static void lease_is_over(void)
{
    g_free(database_value("update webquota.leases set until = clock_timestamp() where name = 'delivery'"));
}

static void still(void)
{
    database_fresh(policy);
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                          " 'select timestamptz ''2026-03-15 12:00:10Z'''"));
}

START_TEST(one_delivers_and_another_takes_over)
{
    still();
    Store *store = database_store();
    Deliveries *one = deliveries_open(store), *two = deliveries_open(store);
    g_autofree char *id = leave(store, ORIGIN, "a");
    g_autoptr(GPtrArray) first = take(one, 5);
    ck_assert_int_eq(first->len, 1);
    ck_assert_str_eq(((const Delivery *)first->pdata[0])->message, id);
    g_autoptr(GPtrArray) busy = take(one, 5), elsewhere = take(two, 5);
    ck_assert_int_eq(busy->len, 0);
    ck_assert_int_eq(elsewhere->len, 0);
    lease_is_over();
    g_autoptr(GPtrArray) second = take(two, 5);
    ck_assert_int_eq(second->len, 1);
    ck_assert_str_eq(((const Delivery *)second->pdata[0])->message, id);
    ck_assert_int_eq(((const Delivery *)second->pdata[0])->tries, 1);
    assert_counter(0, 1);
    end(one, first, DELIVERY_AGAIN, 500); /* it has nothing to say any more: */
    assert_ticket(store, id, TICKET_ADMITTED, CALLBACK_PENDING, 1);
    ck_assert_int_eq(database_number("select count(*) from webquota.deliveries where taken_by is not null"), 1);
    end(two, second, DELIVERY_ACCEPTED, 200);
    assert_ticket(store, id, TICKET_USED, CALLBACK_DELIVERED, 1);
    assert_counter(1, 0);
    deliveries_close(one);
    deliveries_close(two);
    store_close(store);
}
END_TEST

/* What two of them came to about one delivery, the first first: it is charged or given back once, and stays so. */
START_TEST(it_ends_once)
{
    static const struct {
        DeliveryOutcome first, second;
        TicketState state;
        CallbackState callback;
        int64_t used;
    } cases[] = {
        { DELIVERY_ACCEPTED, DELIVERY_ACCEPTED, TICKET_USED, CALLBACK_DELIVERED, 1 },
        { DELIVERY_ACCEPTED, DELIVERY_GIVEN_UP, TICKET_USED, CALLBACK_DELIVERED, 1 },
        { DELIVERY_GIVEN_UP, DELIVERY_ACCEPTED, TICKET_LAPSED, CALLBACK_FAILED, 0 },
    };
    still();
    Store *store = database_store();
    Deliveries *one = deliveries_open(store), *two = deliveries_open(store);
    g_autofree char *id = leave(store, ORIGIN, "a");
    g_autoptr(GPtrArray) first = take(one, 5);
    lease_is_over();
    g_autoptr(GPtrArray) second = take(two, 5);
    ck_assert_int_eq(second->len, 1);
    end(one, first, cases[_i].first, 200);
    end(two, second, cases[_i].second, 200);
    assert_ticket(store, id, cases[_i].state, cases[_i].callback, 1);
    assert_counter(cases[_i].used, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.deliveries where payload = ''"), 1);
    deliveries_close(one);
    deliveries_close(two);
    store_close(store);
}
END_TEST

START_TEST(tries_are_counted_and_wait)
{
    still();
    Store *store = database_store();
    Deliveries *one = deliveries_open(store);
    g_auto(StoreError) error = { 0 };
    bool any = true;
    ck_assert_int_eq(deliveries_look(one, &any, &error), STORE_OK);
    ck_assert(!any);
    g_autofree char *a = leave(store, ORIGIN, "a"), *b = leave(store, ORIGIN, "b"), *c = leave(store, "https://gone.example", "c");
    g_autofree char *again = leave(store, ORIGIN, "a");
    ck_assert_str_eq(a, again);
    ck_assert_str_ne(a, b);
    assert_counter(0, 3);
    ck_assert_int_eq(deliveries_look(one, &any, &error), STORE_OK);
    ck_assert(any);
    g_autoptr(GPtrArray) taken = take(one, 1); /* one of the origin, and those of no origin that is known */
    ck_assert_int_eq(taken->len, 2);
    Delivery *delivery = taken->pdata[0];
    delivery->again_us = ((Delivery *)taken->pdata[1])->again_us = 3600 * US_PER_S;
    end(one, taken, DELIVERY_AGAIN, 503);
    g_autoptr(GPtrArray) rest = take(one, 5);
    ck_assert_int_eq(rest->len, 1);
    g_free(database_value("update webquota.deliveries set next_at = clock_timestamp() where taken_by is null"));
    g_autoptr(GPtrArray) later = take(one, 5);
    ck_assert_int_eq(later->len, 2);
    ck_assert_int_eq(((const Delivery *)later->pdata[0])->tries, 2);
    ck_assert_int_eq(queue_leave(store, a, &error), STORE_CONFLICT);
    end(one, later, DELIVERY_GIVEN_UP, 500);
    end(one, rest, DELIVERY_ACCEPTED, 201);
    assert_ticket(store, c, TICKET_LAPSED, CALLBACK_FAILED, 2);
    assert_counter(1, 0);
    deliveries_close(one);
    store_close(store);
}
END_TEST

/* The database did it, and the process never heard of it. */
START_TEST(what_was_taken_unheard_is_taken_again)
{
    still();
    Store *store = database_store();
    Deliveries *one = deliveries_open(store);
    g_auto(StoreError) error = { 0 };
    bool any = false;
    g_autofree char *a = leave(store, ORIGIN, "a");
    g_autoptr(GPtrArray) first = take(one, 5);
    ck_assert_int_eq(first->len, 1);
    g_autofree char *b = leave(store, ORIGIN, "b");
    g_free(database_value("update webquota.deliveries d set taken_by = l.holder, tries = 1, first_at = clock_timestamp()"
                          "  from webquota.leases l where l.name = 'delivery' and d.taken_by is null"));
    ck_assert_int_eq(deliveries_look(one, &any, &error), STORE_OK);
    ck_assert(any);
    g_autoptr(GPtrArray) second = take(one, 5);
    ck_assert_int_eq(second->len, 1);
    ck_assert_str_eq(((const Delivery *)second->pdata[0])->message, b);
    ck_assert_int_eq(((const Delivery *)second->pdata[0])->tries, 1);
    ck_assert_int_eq(deliveries_look(one, &any, &error), STORE_OK);
    ck_assert(!any);
    end(one, first, DELIVERY_ACCEPTED, 200);
    end(one, second, DELIVERY_ACCEPTED, 200);
    assert_counter(2, 0);
    deliveries_close(one);
    store_close(store);
}
END_TEST

/* Neither under way, of all origins, nor open, of a subject. */
START_TEST(no_more_than_there_may_be_at_once)
{
    still();
    Store *store = database_store();
    Deliveries *one = deliveries_open(store);
    g_autofree char *a = leave(store, ORIGIN, "a"), *b = leave(store, OTHER_ORIGIN, "b"), *c = leave(store, ORIGIN, "c"),
                   *d = leave(store, OTHER_ORIGIN, "d");
    g_free(database_value("update webquota.deliveries set next_at = next_at - interval '1 s' where origin = '" OTHER_ORIGIN "'"));
    g_autoptr(GPtrArray) none = take_most(one, 2, 0), three = take_most(one, 2, 3), last = take_most(one, 2, 3);
    ck_assert_int_eq(none->len, 0);
    ck_assert_int_eq(three->len, 3);
    ck_assert_int_eq(last->len, 1);
    ck_assert_str_eq(((const Delivery *)last->pdata[0])->origin, ORIGIN); /* it is due since the last */
    end(one, three, DELIVERY_ACCEPTED, 200);
    end(one, last, DELIVERY_ACCEPTED, 200);
    assert_counter(4, 0);
    for (int i = 0; i < CALLBACKS_OPEN_MAX; i++) {
        g_autofree char *job = g_strdup_printf("job-%d", i), *id = leave(store, ORIGIN, job);
    }
    g_autoptr(Answer) refused = ask_for(store, ORIGIN, "one too many"), again = ask_for(store, ORIGIN, "job-7");
    ck_assert_int_eq(refused->outcome, OUTCOME_DENIED);
    ck_assert_int_eq(refused->reason, REASON_QUEUE_FULL);
    ck_assert_ptr_null(refused->ticket);
    ck_assert_ptr_nonnull(again->ticket);
    assert_counter(4, CALLBACKS_OPEN_MAX);
    deliveries_close(one);
    store_close(store);
}
END_TEST

/* What somebody holds, whose counters are changed by hand, can be neither charged nor given back. */
static void counters_of_bad(const char *rolling)
{
    g_autofree char *sql = g_strdup_printf("update webquota.counters set rolling = '%s', version = version + 1 where subject_id ="
                                           " (select id from webquota.subjects where key = 'bad')", rolling);
    g_free(database_value(sql));
}

/* Are there any for this one that are due now? */
static bool any_due(Deliveries *deliveries)
{
    g_auto(StoreError) error = { 0 };
    bool any = true;
    ck_assert_msg(deliveries_look(deliveries, &any, &error) == STORE_OK, "%s", error.detail);
    return any;
}

/* Both were tried, and one of them cannot be ended. */
static void end_but_one(Deliveries *deliveries, GPtrArray *taken, DeliveryOutcome outcome)
{
    g_auto(StoreError) error = { 0 };
    int ended = 0, put_off = 0;
    for (guint i = 0; i < taken->len; i++) {
        Delivery *delivery = taken->pdata[i];
        delivery->outcome = outcome;
        delivery->status = outcome == DELIVERY_ACCEPTED ? 204 : 500;
        delivery->trouble = outcome == DELIVERY_ACCEPTED ? TROUBLE_NONE : TROUBLE_STATUS;
    }
    ck_assert_msg(deliveries_end(deliveries, taken, &error) == STORE_OK, "%s", error.detail);
    for (guint i = 0; i < taken->len; i++) {
        ended += ((const Delivery *)taken->pdata[i])->ended;
        put_off += ((const Delivery *)taken->pdata[i])->put_off;
    }
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(put_off, 1);
}

/* Others are sent meanwhile; whoever delivers when it is due again ends it, if that is possible by then, and does not send it again. */
START_TEST(one_that_cannot_be_ended_holds_up_nobody)
{
    still();
    DeliveryOutcome outcome = _i ? DELIVERY_GIVEN_UP : DELIVERY_ACCEPTED;
    Store *store = database_store();
    Deliveries *one = deliveries_open(store), *two = deliveries_open(store);
    g_auto(StoreError) error = { 0 };
    g_autofree char *bad = leave_of(store, "bad", ORIGIN, "a"), *good = leave(store, ORIGIN, "b");
    g_autoptr(GPtrArray) first = take(one, 5);
    ck_assert_int_eq(first->len, 2);
    counters_of_bad("{1,2}");
    end_but_one(one, first, outcome);
    assert_ticket(store, good, _i ? TICKET_LAPSED : TICKET_USED, _i ? CALLBACK_FAILED : CALLBACK_DELIVERED, 1);
    assert_ticket(store, bad, TICKET_ADMITTED, CALLBACK_PENDING, 1);
    ck_assert(!any_due(one));
    g_autofree char *next = leave(store, ORIGIN, "c");
    ck_assert(any_due(one));
    g_autoptr(GPtrArray) second = take(one, 5);
    ck_assert_int_eq(second->len, 1);
    end(one, second, DELIVERY_ACCEPTED, 200);
    assert_ticket(store, next, TICKET_USED, CALLBACK_DELIVERED, 1);
    for (int turn = 0; turn < 2; turn++) {
        g_free(database_value("update webquota.deliveries set next_at = clock_timestamp() where state = 'pending'"));
        lease_is_over();
        g_autoptr(GPtrArray) again = take(turn ? one : two, 5);
        ck_assert_int_eq(again->len, 1);
        const Delivery *delivery = again->pdata[0];
        ck_assert(delivery->noted);
        ck_assert_int_eq(delivery->outcome, outcome);
        ck_assert_int_eq(delivery->tries, 1);
        if (turn)
            counters_of_bad("{}");
        ck_assert_msg(deliveries_end(turn ? one : two, again, &error) == STORE_OK, "%s", error.detail);
        ck_assert_int_eq(delivery->put_off, !turn);
        ck_assert_int_eq(delivery->ended, turn);
    }
    assert_ticket(store, bad, _i ? TICKET_LAPSED : TICKET_USED, _i ? CALLBACK_FAILED : CALLBACK_DELIVERED, 1);
    assert_counter(_i ? 1 : 3, 0);
    deliveries_close(one);
    deliveries_close(two);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deliveries");
    TCase *tests = tcase_create("deliveries");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, one_delivers_and_another_takes_over);
    tcase_add_loop_test(tests, it_ends_once, 0, 3);
    tcase_add_test(tests, tries_are_counted_and_wait);
    tcase_add_test(tests, what_was_taken_unheard_is_taken_again);
    tcase_add_test(tests, no_more_than_there_may_be_at_once);
    tcase_add_loop_test(tests, one_that_cannot_be_ended_holds_up_nobody, 0, 2);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
