/* Changes of which it is not known what became of them, on a real database: what is said of that, and that an administrator's, under an
 * Idempotency-Key, is made once. */
#include <pthread.h>

#include "asking.h"

#include "store/access.h"
#include "store/once.h"
#include "store/requests.h"

#define PATIENCE_MS 500 /* what comes to nothing comes to it soon */

static const char policy_text[] =
    "default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 20  window = day } }";

static Store *store;

static void start(void)
{
    database_fresh(policy_text);
    store = database_store_with(database_patience_ms() ? database_patience_ms() : PATIENCE_MS);
}

static void stop(void)
{
    store_close(store);
}

/* Whoever adds to the table is cut off at the commit, from here on. */
static void cut_off(const char *table)
{
    g_autofree char *sql = g_strdup_printf(
        "create function webquota.die() returns trigger language plpgsql as"
        " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';"
        "create constraint trigger die after insert on webquota.%s deferrable initially deferred for each row execute function webquota.die()",
        table);
    g_free(database_value(sql));
}

static void go_on(void)
{
    g_free(database_value("drop function webquota.die() cascade"));
}

static json_t *answer;
static const Once once = {.caller = "key:1", .key = "k", .fingerprint = "f", .status = 200};

/* Nothing is known to be under the key. */
static void assert_free(void)
{
    g_auto(StoreError) error = {0};
    json_t *kept = NULL;
    int status;
    ck_assert_msg(once_find(store, &once, &status, &kept, &error) == STORE_OK, "%s", error.detail);
    ck_assert_ptr_null(kept);
    ck_assert_int_eq(database_number("select count(*) from webquota.admin_once"), 0);
}

/* What was kept with the change: id and units. */
static void assert_kept(const char *id, int64_t units)
{
    g_auto(StoreError) error = {0};
    json_t *kept = NULL;
    int status;
    ck_assert_msg(once_find(store, &once, &status, &kept, &error) == STORE_OK, "%s", error.detail);
    json_t *made = json_object_get(kept, ONCE_MADE);
    ck_assert_int_eq(status, 200);
    ck_assert_str_eq(json_string_value(json_object_get(kept, "said")), "so");
    ck_assert_str_eq(json_string_value(json_object_get(made, "id")), id);
    ck_assert_int_eq(json_integer_value(json_object_get(made, "units")), units);
    json_decref(kept);
}

static StoreResult give(const Once *under, StoreError *error)
{
    const GrantAdd add = {.subject = "ada", .feature = "call", .amount = 7, .priority = 100, .effective_at = INSTANT_MIN,
                          .expires_at = INSTANT_MAX, .reason = "r"};
    Once whole = *under;
    json_t *json = NULL;
    whole.answer = answer;
    once_set(&whole);
    StoreResult result = admin_grant_add(store, &add, "test", &json, error);
    once_set(NULL);
    json_decref(json);
    return result;
}

static StoreResult reset(LedgerDone *done, StoreError *error)
{
    Once whole = once;
    whole.answer = answer;
    once_set(&whole);
    StoreResult result = ledger_reset(store, "ada", NULL, "r", "test", done, error);
    once_set(NULL);
    return result;
}

static void start_once(void)
{
    start();
    answer = json_pack("{s:s}", "said", "so");
}

static void stop_once(void)
{
    json_decref(answer);
    stop();
}

/* Is it said that the same key is running? */
static void assert_running(StoreResult result, const StoreError *error)
{
    ck_assert_int_eq(result, STORE_CONFLICT);
    ck_assert_str_eq(error->field, "Idempotency-Key");
}

START_TEST(what_was_not_made_leaves_the_key_free)
{
    g_auto(StoreError) error = {0};
    cut_off("grants");
    ck_assert_int_eq(give(&once, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_MAYBE_MADE);
    go_on();
    assert_free();
    ck_assert_msg(give(&once, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *id = database_value("select id from webquota.grants where amount = 7");
    assert_kept(id, 0);
    assert_running(give(&once, &error), &error);
    ck_assert_int_eq(database_number("select count(*) from webquota.grants"), 1);
}
END_TEST

START_TEST(the_same_of_the_ledger)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "ada", "call", NULL, 3, &result));
    ck_assert_int_eq(result, STORE_OK);
    cut_off("audit");
    ck_assert_int_eq(reset(&done, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_MAYBE_MADE);
    go_on();
    assert_free();
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values where limit_key = 'day'"), 3);
    while ((result = reset(&done, &error)) == STORE_DOWN) /* the database is let alone for a moment */
        ck_assert_int_eq(error.made, STORE_NOT_MADE);
    ck_assert_msg(result == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(done.units, 3);
    assert_kept(done.id, 3);
    assert_running(reset(&done, &error), &error);
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind = 'reset'"), 1);
}
END_TEST

/* Nobody waits: not in the ledger, where all others would wait with them. */
START_TEST(what_another_process_is_about_to_make_is_running)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    StoreResult result;
    PGconn *other = PQconnectdb(database_url());
    PQclear(PQexec(other, "begin"));
    PQclear(PQexec(other, "select pg_advisory_xact_lock(hashtextextended('key:1' || e'\\n' || 'k', 0))"));
    PQclear(PQexec(other, "insert into webquota.admin_once values ('key:1', 'k', 'f', webquota.clock(), 200, '{\"said\": \"first\"}')"));
    answer_unref(ask(store, ASK_CONSUME, "ada", "call", NULL, 3, &result));
    assert_running(give(&once, &error), &error);
    assert_running(reset(&done, &error), &error);
    PQclear(PQexec(other, "commit"));
    PQfinish(other);
    assert_running(give(&once, &error), &error);
    ck_assert_int_eq(database_number("select count(*) from webquota.grants"), 0);
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values where limit_key = 'day'"), 3);
}
END_TEST

static void *reset_aside(void *data)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    *(StoreResult *)data = reset(&done, &error);
    return NULL;
}

/* They come while another batch waits for the person's row, and so into one. */
START_TEST(of_several_at_once_one_is_made)
{
    StoreResult result, results[4];
    pthread_t threads[4], first;
    int made = 0;
    store_close(store);
    store = database_store_with(20000); /* however long it takes until all are there */
    answer_unref(ask(store, ASK_CONSUME, "ada", "call", NULL, 3, &result));
    PGconn *other = PQconnectdb(database_url());
    PQclear(PQexec(other, "begin"));
    PQclear(PQexec(other, "select 1 from webquota.counters for update"));
    pthread_create(&first, NULL, reset_aside, &results[0]);
    while (!database_number("select count(*) from pg_locks where not granted"))
        g_thread_yield();
    for (int i = 1; i < 4; i++)
        pthread_create(&threads[i], NULL, reset_aside, &results[i]);
    StoreMetrics numbers = {0};
    for (; numbers.queue_depth < 3; store_metrics(store, &numbers))
        g_thread_yield();
    PQclear(PQexec(other, "commit"));
    PQfinish(other);
    pthread_join(first, NULL);
    for (int i = 1; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) {
        ck_assert(results[i] == STORE_OK || results[i] == STORE_CONFLICT);
        made += results[i] == STORE_OK;
    }
    ck_assert_int_eq(made, 1);
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind = 'reset'"), 1);
}
END_TEST

START_TEST(a_key_is_for_one_request_and_for_a_day)
{
    g_auto(StoreError) error = {0};
    Once other = once;
    json_t *kept = NULL;
    int status;
    ck_assert_int_eq(give(&once, &error), STORE_OK);
    other.fingerprint = "g";
    ck_assert_int_eq(once_find(store, &other, &status, &kept, &error), STORE_INVALID);
    ck_assert_int_eq(once_answer(store, &once, 200, answer, &error), STORE_OK);
    ck_assert_int_eq(once_find(store, &once, &status, &kept, &error), STORE_OK);
    ck_assert(json_equal(kept, answer));
    json_decref(kept);
    g_free(database_value("update webquota.admin_once set at = at - interval '24 hours'"));
    ck_assert_int_eq(once_find(store, &other, &status, &kept, &error), STORE_OK);
    ck_assert_ptr_null(kept);
    ck_assert_msg(give(&other, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(database_number("select count(*) from webquota.admin_once where fingerprint = 'g'"), 1);
}
END_TEST

/* A charge that dies at the commit may be one all the same, of one that the database will not have that is known. */
START_TEST(it_is_said_whether_a_charge_may_be_counted)
{
    const LedgerAsk asks = {.kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = {{"call", NULL, 3}}, .caller = "test"};
    g_auto(StoreError) error = {0};
    Answer *none = NULL;
    cut_off("decisions");
    ck_assert_int_eq(ledger_decide(store, &asks, &none, &error), STORE_DOWN);
    ck_assert(error.unsure);
    go_on();
    g_free(database_value("alter table webquota.decisions add check (feature <> 'call')"));
    ck_assert_int_eq(ledger_decide(store, &asks, &none, &error), STORE_DOWN);
    ck_assert(!error.unsure);
}
END_TEST

/* Of those that are not made under a key: what is said when the connection dies at the commit, and when the database will not have it. */
START_TEST(it_is_said_what_became_of_a_change)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    json_t *json = NULL;
    StoreResult result;
    const RequestAdd asks = {.subject = "ada", .feature = "call", .kind = REQUEST_INCREASE, .reason = "r"};
    Answer *charged = ask(store, ASK_CONSUME, "ada", "call", NULL, 3, &result);
    cut_off("requests");
    ck_assert_int_eq(request_add(store, &asks, &json, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_MAYBE_MADE);
    go_on();
    g_free(database_value("alter table webquota.requests add check (reason <> 'r')"));
    ck_assert_int_eq(request_add(store, &asks, &json, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_NOT_MADE);
    cut_off("audit");
    ck_assert_int_eq(access_refund(store, charged->id, -1, "r", "test", &done, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_MAYBE_MADE);
    go_on();
    g_free(database_value("alter table webquota.audit add check (action <> 'decision.refund')"));
    ck_assert_int_eq(access_refund(store, charged->id, -1, "r", "test", &done, &error), STORE_DOWN);
    ck_assert_int_eq(error.made, STORE_NOT_MADE);
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values where limit_key = 'day'"), 3);
    answer_unref(charged);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("once");
    TCase *keys = tcase_create("keys"), *said = tcase_create("what is said");
    tcase_set_timeout(keys, 120);
    tcase_add_checked_fixture(keys, start_once, stop_once);
    tcase_add_test(keys, what_was_not_made_leaves_the_key_free);
    tcase_add_test(keys, the_same_of_the_ledger);
    tcase_add_test(keys, what_another_process_is_about_to_make_is_running);
    tcase_add_test(keys, of_several_at_once_one_is_made);
    tcase_add_test(keys, a_key_is_for_one_request_and_for_a_day);
    tcase_set_timeout(said, 120);
    tcase_add_checked_fixture(said, start, stop);
    tcase_add_test(said, it_is_said_what_became_of_a_change);
    tcase_add_test(said, it_is_said_whether_a_charge_may_be_counted);
    suite_add_tcase(suite, keys);
    suite_add_tcase(suite, said);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
