/* Callers who do not wait (ledger_decide_later): each is answered, once, and in time, whatever becomes of the database. */
#include "database.h"

#include <pthread.h>
#include <signal.h>

static const char policy[] =
    "default_plan = \"free\"\n"
    "anonymous_plan = \"free\"\n"
    "feature pooled { title = \"Pooled\" }\n"
    "feature lone { title = \"Lone\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit pool { feature = \"pooled\"  amount = 700  window = \"month\"  scope = \"plan\" }\n"
    "  limit one { feature = \"lone\"  amount = 5  window = \"day\" }\n"
    "}\n";

#define MANY 1500
#define PATIENCE_US 2000000

typedef struct Crowd Crowd;

/* One who asked, and what they were told. */
typedef struct {
    Crowd *crowd;
    LedgerAsk ask;
    char subject[16], key[16];
    int times;               /* that they were told */
    int64_t asked_us, told_us;
    StoreResult result;
    Answer *answer;
    bool has_detail;
} Asker;

struct Crowd {
    Store *store;
    pthread_mutex_t lock;
    pthread_cond_t told;
    int told_count;
    Asker askers[MANY];
};

static Crowd *crowd_new(void)
{
    Crowd *crowd = g_new0(Crowd, 1);
    crowd->store = database_store_with(0);
    pthread_mutex_init(&crowd->lock, NULL);
    pthread_cond_init(&crowd->told, NULL);
    return crowd;
}

static void crowd_free(Crowd *crowd)
{
    store_close(crowd->store);
    for (int i = 0; i < MANY; i++)
        answer_unref(crowd->askers[i].answer);
    pthread_mutex_destroy(&crowd->lock);
    pthread_cond_destroy(&crowd->told);
    g_free(crowd);
}

static void tell(void *data, StoreResult result, Answer *answer, const StoreError *error)
{
    Asker *asker = data;
    Crowd *crowd = asker->crowd;
    pthread_mutex_lock(&crowd->lock);
    answer_unref(asker->answer);
    asker->times++;
    asker->told_us = g_get_monotonic_time();
    asker->result = result;
    asker->answer = answer;
    asker->has_detail = error->detail != NULL;
    crowd->told_count++;
    pthread_cond_broadcast(&crowd->told);
    pthread_mutex_unlock(&crowd->lock);
}

/* Number `i` asks; `key` may be NULL. */
static Asker *begin(Crowd *crowd, int i, const char *subject, const char *feature, const char *key)
{
    Asker *asker = &crowd->askers[i];
    asker->crowd = crowd;
    g_strlcpy(asker->subject, subject, sizeof asker->subject);
    g_strlcpy(asker->key, key ? key : "", sizeof asker->key);
    asker->ask = (LedgerAsk){ .kind = ASK_CONSUME, .subject = asker->subject, .item_count = 1, .items = { { feature, NULL, 1 } },
                              .caller = "test", .idempotency_key = key ? asker->key : NULL, .fingerprint = "same" };
    asker->asked_us = g_get_monotonic_time();
    ledger_decide_later(crowd->store, &asker->ask, tell, asker);
    return asker;
}

/* Until so many in all were told. False: it took too long. */
static bool wait_for(Crowd *crowd, int count, int seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&crowd->lock);
    while (crowd->told_count < count && pthread_cond_timedwait(&crowd->told, &crowd->lock, &until) == 0)
        ;
    bool all = crowd->told_count >= count;
    pthread_mutex_unlock(&crowd->lock);
    return all;
}

/* Each of the first `count` was told once, and of them so many are allowed. A machine that stands still for longer than they
 * have patience leaves some without an answer: then no more are, and true is not what comes back. */
static bool are_allowed(const Crowd *crowd, int count, int wanted)
{
    int allowed = 0, down = 0;
    for (int i = 0; i < count; i++) {
        const Asker *asker = &crowd->askers[i];
        ck_assert_int_eq(asker->times, 1);
        ck_assert(asker->result == STORE_OK || asker->result == STORE_DOWN);
        down += asker->result == STORE_DOWN;
        allowed += asker->result == STORE_OK && answer_allowed(asker->answer);
    }
    ck_assert_int_le(allowed, wanted);
    ck_assert(down > 0 || allowed == wanted);
    return down == 0;
}

START_TEST(each_of_many_is_answered_once)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i % 40);
        begin(crowd, i, subject, "pooled", NULL);
    }
    ck_assert(wait_for(crowd, MANY, 30));
    bool all = are_allowed(crowd, MANY, 700);
    ck_assert(!all || database_number("select used from webquota.counter_values where limit_key = 'pool'") == 700);
    crowd_free(crowd); /* what was refused from memory is written by then */
    ck_assert(!all || database_number("select count(*) from webquota.decisions") == MANY);
}
END_TEST

START_TEST(a_key_that_is_under_way_is_a_conflict_and_later_a_replay)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    begin(crowd, 0, "ada", "lone", NULL);
    ck_assert(wait_for(crowd, 1, 10));
    PGconn *holder = PQconnectdb(database_url());
    PQclear(PQexec(holder, "begin; select from webquota.counters for update"));
    begin(crowd, 1, "ada", "lone", "k");
    begin(crowd, 2, "ada", "lone", "k");
    ck_assert_int_eq(crowd->askers[2].times, 1);
    ck_assert_int_eq(crowd->askers[2].result, STORE_CONFLICT);
    ck_assert(crowd->askers[2].has_detail);
    PQfinish(holder);
    ck_assert(wait_for(crowd, 3, 10));
    begin(crowd, 3, "ada", "lone", "k");
    ck_assert(wait_for(crowd, 4, 10));
    ck_assert_int_eq(crowd->askers[1].result, STORE_OK);
    ck_assert_int_eq(crowd->askers[3].result, STORE_OK);
    ck_assert_str_eq(crowd->askers[1].answer->id, crowd->askers[3].answer->id);
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'one'"), 2);
    crowd_free(crowd);
}
END_TEST

/* Each holds up the ledger for the next, so that it is busy. */
START_TEST(what_is_refused_from_memory_is_answered_once)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i);
        begin(crowd, i, i % 2 ? "ada" : subject, i % 2 ? "lone" : "pooled", NULL);
        if (i % 50 == 49)
            ck_assert(wait_for(crowd, i - 20, 10));
    }
    ck_assert(wait_for(crowd, MANY, 30));
    bool all = are_allowed(crowd, MANY, 700 + 5);
    StoreMetrics metrics;
    store_metrics(crowd->store, &metrics);
    ck_assert_int_gt(metrics.remembered, 0);
    crowd_free(crowd);
    ck_assert(!all || database_number("select count(*) from webquota.decisions") == MANY);
}
END_TEST

/* The connections of the store, as one text. New string. */
static char *backends(void)
{
    return database_value("select string_agg(pid::text, ' ') from pg_stat_activity where application_name = 'webquota'"
                          " and datname = current_database() and backend_type = 'client backend'");
}

/* They stand still, or go on. */
static void signal_backends(const char *pids, int signal_number)
{
    g_auto(GStrv) each = g_strsplit(pids, " ", -1);
    for (int i = 0; each[i]; i++)
        ck_assert_int_eq(kill((pid_t)g_ascii_strtoll(each[i], NULL, 10), signal_number), 0);
}

/* Nobody waits longer than their patience, and what each is told is true: who was told of a charge finds it. */
static void assert_told_in_time(const Crowd *crowd, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        const Asker *asker = &crowd->askers[i];
        ck_assert_int_eq(asker->times, 1);
        ck_assert_msg(asker->told_us - asker->asked_us < PATIENCE_US, "it took %" PRId64 " us", asker->told_us - asker->asked_us);
        ck_assert(asker->result == STORE_OK || (asker->result == STORE_DOWN && asker->has_detail && !asker->answer));
    }
}

START_TEST(where_the_database_stands_still_all_are_told_in_time)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    begin(crowd, 0, "ada", "pooled", NULL);
    ck_assert(wait_for(crowd, 1, 10));
    g_autofree char *pids = backends();
    signal_backends(pids, SIGSTOP);
    for (int i = 1; i < 400; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i % 40);
        begin(crowd, i, subject, "pooled", NULL);
        g_usleep(2000);
    }
    bool all = wait_for(crowd, 400, 10);
    signal_backends(pids, SIGCONT);
    ck_assert(all);
    assert_told_in_time(crowd, 1, 399);
    /* and a little later all is well */
    int64_t since_us = g_get_monotonic_time();
    int i = 400;
    do {
        begin(crowd, i, "ada", "pooled", NULL);
        ck_assert(wait_for(crowd, i + 1, 10));
        g_usleep(crowd->askers[i].result == STORE_OK ? 0 : 50000);
    } while (crowd->askers[i++].result != STORE_OK && i < MANY);
    ck_assert_int_eq(crowd->askers[i - 1].result, STORE_OK);
    ck_assert_int_lt(g_get_monotonic_time() - since_us, PATIENCE_US);
    crowd_free(crowd);
}
END_TEST

typedef struct {
    Store *store;
    int after_us;
    StoreResult result;
} Waiter;

static void *wait_after(void *data)
{
    Waiter *waiter = data;
    LedgerAsk ask = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { "pooled", NULL, 1 } }, .caller = "test" };
    g_auto(StoreError) error = { 0 };
    Answer *answer = NULL;
    g_usleep((gulong)waiter->after_us);
    waiter->result = ledger_decide(waiter->store, &ask, &answer, &error);
    answer_unref(answer);
    return NULL;
}

#define LEDGERS 24

/* Whoever waits behind one who has no answer takes back what they asked, just when the ledger would come to it: for each of
 * several ledgers a little later. */
START_TEST(a_ledger_that_comes_too_late_goes_on)
{
    database_fresh(policy);
    StoreConfig config = { .database = database_url(), .prepared = true, .readers = 1, .read_policy = policy_load };
    Waiter waiters[LEDGERS][2];
    pthread_t threads[LEDGERS][2];
    for (int i = 0; i < LEDGERS; i++) {
        waiters[i][0] = waiters[i][1] = (Waiter){ .store = store_open(&config) };
        wait_after(&waiters[i][0]);
        ck_assert_int_eq(waiters[i][0].result, STORE_OK);
    }
    for (int round = 0; round < 3; round++) {
        PGconn *holder = PQconnectdb(database_url());
        PQclear(PQexec(holder, "begin; select from webquota.counters for update"));
        for (int i = 0; i < LEDGERS; i++) {
            waiters[i][1].after_us = 200 + (i * 3 + round) * 60;
            for (int j = 0; j < 2; j++)
                pthread_create(&threads[i][j], NULL, wait_after, &waiters[i][j]);
        }
        for (int i = 0; i < LEDGERS; i++)
            for (int j = 0; j < 2; j++)
                pthread_join(threads[i][j], NULL);
        PQfinish(holder);
        g_usleep(300000); /* a ledger that found nobody asks for no connection for a while */
        for (int i = 0; i < LEDGERS; i++) {
            wait_after(&waiters[i][0]);
            ck_assert_msg(waiters[i][0].result == STORE_OK, "round %d, ledger %d", round, i);
        }
    }
    for (int i = 0; i < LEDGERS; i++)
        store_close(waiters[i][0].store);
}
END_TEST

/* More than the connection holds. By what is remembered, it is sent without a word to the server before, if that was heard
 * a moment ago. */
START_TEST(a_server_that_does_not_read_is_not_waited_for)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    g_autofree char *filling = g_strnfill(8 * 1024 * 1024, 'x');
    g_autofree char *metadata = g_strdup_printf("{\"x\": \"%s\"}", filling);
    begin(crowd, 0, "ada", "pooled", NULL);
    ck_assert(wait_for(crowd, 1, 10));
    g_autofree char *pids = backends();
    begin(crowd, 1, "ada", "pooled", NULL);
    ck_assert(wait_for(crowd, 2, 10));
    signal_backends(pids, SIGSTOP);
    Asker *asker = &crowd->askers[2];
    *asker = (Asker){ .crowd = crowd, .asked_us = g_get_monotonic_time() };
    asker->ask = (LedgerAsk){ .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { "pooled", NULL, 1 } },
                              .metadata = metadata };
    ledger_decide_later(crowd->store, &asker->ask, tell, asker);
    bool all = wait_for(crowd, 3, 10);
    signal_backends(pids, SIGCONT);
    ck_assert_msg(all, "it is still being sent");
    assert_told_in_time(crowd, 2, 1);
    crowd_free(crowd);
}
END_TEST

/* The end of the process waits for them. */
START_TEST(a_store_that_is_closed_has_answered_all)
{
    database_fresh(policy);
    Crowd *crowd = crowd_new();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i % 40);
        begin(crowd, i, subject, "lone", NULL);
    }
    store_close(crowd->store);
    crowd->store = NULL;
    ck_assert_int_eq(crowd->told_count, MANY);
    (void)are_allowed(crowd, MANY, 40 * 5);
    crowd_free(crowd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("later");
    TCase *tests = tcase_create("later");
    tcase_set_timeout(tests, 90);
    tcase_add_test(tests, each_of_many_is_answered_once);
    tcase_add_test(tests, a_key_that_is_under_way_is_a_conflict_and_later_a_replay);
    tcase_add_test(tests, what_is_refused_from_memory_is_answered_once);
    tcase_add_test(tests, where_the_database_stands_still_all_are_told_in_time);
    tcase_add_test(tests, a_ledger_that_comes_too_late_goes_on);
    tcase_add_test(tests, a_server_that_does_not_read_is_not_waited_for);
    tcase_add_test(tests, a_store_that_is_closed_has_answered_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
