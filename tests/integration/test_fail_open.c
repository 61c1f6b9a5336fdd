/* What is answered when the store is down, and what the ledger makes of a database that goes away. */
#include "database.h"
#include "store/fail_open.h"
#include "store/store_internal.h"

static const char policy_text[] =
    "default_plan = \"free\"\n"
    "feature open { title = \"Open\" }\n"
    "feature child { title = \"Child\"  parent = \"open\"  resources = {\"c-*\"} }\n"
    "feature closed { title = \"Closed\" }\n"
    "feature free_of_limits { title = \"Free of limits\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit a { feature = \"open\"  amount = 2  window = \"day\"  fail = \"open\" }\n"
    "  limit b { feature = \"child\"  amount = 1  window = \"day\" }\n"
    "  limit c { feature = \"closed\"  amount = 1  window = \"day\" }\n"
    "}\n"
    "plan unlimited { title = \"Unlimited\"  unlimited = true }\n";

static Policy *policy;

static void setup(void)
{
    char *why = NULL;
    policy = policy_load(policy_text, "test", &why);
    ck_assert_msg(policy != NULL, "%s", why);
}

static void teardown(void)
{
    policy_unref(policy);
}

static bool opens(const char *subject, const char *feature, const char *resource, const char *plan)
{
    LedgerAsk ask = { .kind = ASK_CONSUME, .subject = subject, .item_count = 1, .items = { { feature, resource, 1 } } };
    g_autoptr(Answer) answer = fail_open_answer(policy, &ask, plan ? policy_plan(policy, plan) : NULL, 0);
    if (answer) {
        ck_assert(answer_allowed(answer) && answer->reason == REASON_UNAVAILABLE && !answer->id);
        ck_assert_int_eq(answer_status(answer), 200);
    }
    return answer != NULL;
}

START_TEST(only_what_says_so_fails_open)
{
    ck_assert(opens("ada", "open", NULL, NULL));
    ck_assert(!opens("ada", "closed", NULL, NULL));
    ck_assert(!opens("ada", "child", NULL, NULL));         /* its own limit is closed, its parent's is open */
    ck_assert(!opens("ada", "open", "c-1", NULL));         /* the resource makes it the child */
    ck_assert(!opens("ada", "free_of_limits", NULL, NULL)); /* the plan does not list it */
    ck_assert(!opens("ada", "unheard_of", NULL, NULL));
    ck_assert(!opens("anon:192.0.2.1", "open", NULL, NULL)); /* visitors have no plan here */
}
END_TEST

START_TEST(all_items_must_say_so)
{
    LedgerAsk ask = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 2, .items = { { "open", NULL, 1 }, { "closed", NULL, 1 } } };
    ck_assert_ptr_null(fail_open_answer(policy, &ask, NULL, 0));
}
END_TEST

static StoreResult consume(Store *store, const char *feature, Answer **answer, StoreError *error)
{
    LedgerAsk ask = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { feature, NULL, 1 } }, .caller = "test" };
    return ledger_decide(store, &ask, answer, error);
}

static Store *store_with_patience(int patience_ms)
{
    StoreConfig config = { .database = database_url(), .prepared = true, .readers = 2, .listen = true, .patience_ms = patience_ms,
                           .read_policy = policy_load };
    return store_open(&config);
}

START_TEST(a_database_that_goes_away_closes_what_is_closed)
{
    database_fresh(policy_text);
    Store *store = store_with_patience(STORE_PATIENCE_MOST_MS);
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) before = NULL;
    ck_assert_int_eq(consume(store, "open", &before, &error), STORE_OK);
    ck_assert_ptr_nonnull(before->id);
    /* Without the tables nothing can be decided; the connection and the policy that was read are still there. */
    g_free(database_value("alter schema webquota rename to elsewhere"));
    g_autoptr(Answer) open = NULL, closed = NULL, open_again = NULL;
    int64_t began = g_get_monotonic_time();
    ck_assert_int_eq(consume(store, "open", &open, &error), STORE_OK);
    ck_assert_int_eq(open->reason, REASON_UNAVAILABLE);
    ck_assert_int_eq(consume(store, "closed", &closed, &error), STORE_DOWN);
    ck_assert_ptr_null(closed);
    ck_assert_int_lt(g_get_monotonic_time() - began, 20 * US_PER_S); /* what is refused is not tried for as long as they wait */
    g_free(database_value("alter schema elsewhere rename to webquota"));
    /* A machine that is busy may not make a new connection in the time that one caller has. */
    for (int tries = 0; tries < 20 && (!open_again || !open_again->id); tries++) {
        g_clear_pointer(&open_again, answer_unref);
        g_usleep(tries ? 100000 : 0);
        ck_assert_int_eq(consume(store, "open", &open_again, &error), STORE_OK);
    }
    ck_assert_ptr_nonnull(open_again->id);
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'a'"), 2);
    store_close(store);
}
END_TEST

/* What a store whose callers wait for so long says while nobody can write for `held_ms`. */
static StoreResult consume_against_a_lock(int patience_ms, int held_ms)
{
    Store *store = store_with_patience(patience_ms);
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    g_autofree char *hold = g_strdup_printf("begin; lock table webquota.counters in exclusive mode; select pg_sleep(%d / 1000.0); commit",
                                            held_ms);
    PGconn *holder = PQconnectdb(database_url());
    ck_assert(PQsendQuery(holder, hold));
    while (!database_number("select count(*) from pg_locks where relation = 'webquota.counters'::regclass and mode = 'ExclusiveLock'"))
        g_usleep(1000);
    StoreResult result = consume(store, "closed", &answer, &error);
    store_close(store);
    PQfinish(holder);
    return result;
}

START_TEST(callers_wait_as_long_as_is_set)
{
    database_fresh(policy_text);
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) met = NULL;
    Store *first = store_with_patience(STORE_PATIENCE_MOST_MS);
    ck_assert_msg(consume(first, "closed", &met, &error) == STORE_OK, "%s", error.detail);
    store_close(first);
    int64_t began = g_get_monotonic_time();
    ck_assert_int_eq(consume_against_a_lock(STORE_PATIENCE_LEAST_MS, 20000), STORE_DOWN);
    ck_assert_int_lt(g_get_monotonic_time() - began, 15 * US_PER_S);
    g_free(database_value("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'begin; lock table%'"));
    ck_assert_int_eq(consume_against_a_lock(30000, 2500), STORE_OK);
}
END_TEST

/* A look-up that took too long fails itself, not those that come after it. */
START_TEST(a_reader_that_failed_is_left_alone_for_a_moment)
{
    database_fresh(policy_text);
    Store *store = store_with_patience(STORE_PATIENCE_MOST_MS);
    Db *slow = store_reader_take(store), *other = store_reader_take(store);
    ck_assert_int_eq(db_run(slow, QUERY_CLOCK, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_run(other, QUERY_CLOCK, NULL, NULL), DB_OK);
    slow->deadline_us = g_get_monotonic_time() - 1;
    ck_assert_int_eq(db_run(slow, QUERY_CLOCK, NULL, NULL), DB_LOST);
    store_reader_give(store, slow);
    Db *next = store_reader_take_for(store, US_PER_S);
    ck_assert_int_eq(db_run(next, QUERY_CLOCK, NULL, NULL), DB_OK);
    store_reader_give(store, next);
    store_reader_give(store, other);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fail open");
    TCase *tests = tcase_create("fail open");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, only_what_says_so_fails_open);
    tcase_add_test(tests, all_items_must_say_so);
    tcase_add_test(tests, a_database_that_goes_away_closes_what_is_closed);
    tcase_add_test(tests, callers_wait_as_long_as_is_set);
    tcase_add_test(tests, a_reader_that_failed_is_left_alone_for_a_moment);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
