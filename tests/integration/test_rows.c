/* Rows that are not as the ledger would like them: of a window that is over, changed by hand, gone, or written already. What is
 * wrong with one is no misfortune of others, and the books agree all the same. */
#include "asking.h"
#include "store/db.h"
#include "store/public_id.h"

#include <pthread.h>

static const char policy[] =
    "default_plan = \"free\"\n"
    "anonymous_plan = \"free\"\n"
    "feature call { title = \"Call\" }\n"
    "feature lone { title = \"Lone\" }\n"
    "feature pooled { title = \"Pooled\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit minutely { feature = \"call\"  amount = 3  window = \"minute\"  scope = \"plan\" }\n"
    "  limit own_minute { feature = \"call\"  amount = 4  window = \"minute\" }\n"
    "  limit daily { feature = \"call\"  amount = 3  window = \"day\" }\n"
    "  limit one { feature = \"lone\"  amount = 5  window = \"day\" }\n"
    "  limit pool { feature = \"pooled\"  amount = 1000  window = \"month\"  scope = \"plan\" }\n"
    "}\n";

/* Stands still at so many seconds after noon of today. */
static void clock_stops_at(int seconds)
{
    g_autofree char *sql = g_strdup_printf(
        "create or replace function webquota.clock() returns timestamptz language sql as"
        " 'select date_trunc(''day'', clock_timestamp(), ''UTC'') + interval ''12 hours %d seconds'''", seconds);
    g_free(database_value(sql));
}

typedef struct {
    Store *store;
    const char *subject, *feature, *reservation, *metadata;
    StoreResult result;
    int outcome;
} Work;

static void *work(void *data)
{
    Work *it = data;
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    if (it->reservation) {
        it->result = ledger_commit(it->store, it->reservation, -1, &done, &error);
        return NULL;
    }
    LedgerAsk request = { .kind = ASK_CONSUME, .subject = it->subject, .item_count = 1, .items = { { it->feature, NULL, 1 } },
                          .metadata = it->metadata, .caller = "test" };
    g_autoptr(Answer) answer = NULL;
    it->result = ledger_decide(it->store, &request, &answer, &error);
    it->outcome = answer ? (int)answer->outcome : -1;
    return NULL;
}

static void wait_for_queue(Store *store, int depth)
{
    StoreMetrics metrics;
    do {
        g_usleep(1000);
        store_metrics(store, &metrics);
    } while (metrics.queue_depth < depth);
}

/* Has all of it done in one batch, in this order: the ledger waits for a row while they come. */
static void work_together(Work *works, int count)
{
    PGconn *holder = PQconnectdb(database_url());
    PQclear(PQexec(holder, "begin; select from webquota.counters c join webquota.subjects s on s.id = c.subject_id"
                           " where s.key = 'first' for update of c"));
    Work first = { .store = works[0].store, .subject = "first", .feature = "lone" };
    pthread_t threads[64];
    pthread_create(&threads[0], NULL, work, &first);
    g_autofree char *waits = NULL;
    do {
        g_free(waits);
        waits = database_value("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name = 'webquota'");
    } while (strcmp(waits, "0") == 0);
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i + 1], NULL, work, &works[i]);
        wait_for_queue(works[i].store, i + 1);
    }
    PQfinish(holder);
    for (int i = 0; i <= count; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(first.result, STORE_OK);
}

static int reluctance; /* so many more times a policy cannot be read */

static Policy *read_reluctantly(const char *text, const char *name, char **why)
{
    if (reluctance-- > 0) {
        *why = g_strdup("there is no memory");
        return NULL;
    }
    return policy_load(text, name, why);
}

START_TEST(a_policy_that_could_not_be_read_once_is_read_later)
{
    database_fresh(policy);
    reluctance = 2;
    StoreConfig config = { .database = database_url(), .prepared = true, .readers = 1, .read_policy = read_reluctantly };
    Store *store = store_open(&config);
    g_autoptr(Policy) read = NULL;
    g_auto(StoreError) error = { 0 };
    ck_assert_int_eq(store_policy(store, &read, &error), STORE_DOWN);
    int64_t until_us = g_get_monotonic_time() + 20 * US_PER_S;
    while (!read && g_get_monotonic_time() < until_us) {
        g_usleep(20000);
        if (store_policy(store, &read, &error) != STORE_OK)
            ck_assert(!read);
    }
    ck_assert_ptr_nonnull(read);
    ck_assert_int_lt(reluctance, 0);
    store_close(store);
}
END_TEST

/* A store whose every batch is under locks. */
static Store *store_with_locks(void)
{
    StoreConfig config = { .database = database_url(), .readers = 2, .read_policy = policy_load, .patience_ms = database_patience_ms() };
    Store *store = store_open(&config);
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "first", "lone", NULL, 1, &result));
    return store;
}

START_TEST(a_late_commit_behind_a_refusal_leaves_no_row_behind)
{
    database_fresh(policy);
    clock_stops_at(10);
    Store *store = store_with_locks();
    StoreResult result;
    g_autoptr(Answer) held = ask(store, ASK_HOLD, "ada", "call", NULL, 3, &result);
    ck_assert(answer_allowed(held));
    clock_stops_at(100); /* the minute is over, the day is not: what is held fills it */
    Work works[] = { { .store = store, .subject = "ada", .feature = "call" }, { .store = store, .reservation = held->reservation } };
    work_together(works, 2);
    ck_assert_int_eq(works[0].outcome, OUTCOME_DENIED);
    ck_assert_int_eq(works[1].result, STORE_OK);
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'daily'"), 3);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* Others that are decided together with what is broken are answered as if it were not. */
static void assert_one_is_broken(Store *store, const char *subject, const char *feature)
{
    char subjects[12][16];
    Work works[12];
    for (int i = 0; i < 12; i++) {
        g_snprintf(subjects[i], sizeof subjects[i], "user-%d", i);
        works[i] = (Work){ .store = store, .subject = subjects[i], .feature = "lone" };
    }
    works[5].subject = subject;
    works[5].feature = feature;
    work_together(works, 12);
    for (int i = 0; i < 12; i++)
        ck_assert_msg(works[i].result == (i == 5 ? STORE_DOWN : STORE_OK), "call %d: %d", i, works[i].result);
}

/* How a row may be broken. */
static const char *const breakages[] = {
    "update webquota.counters set state = '{0,0,0,0,0,0}', version = version + 1 where subject_id = "
    "(select id from webquota.subjects where key = 'bad')",
    "update webquota.counters set rolling = '{1,2}', version = version + 1 where subject_id = "
    "(select id from webquota.subjects where key = 'bad')",
    "delete from webquota.counters where subject_id = (select id from webquota.subjects where key = 'bad')",
    "update webquota.shared_counters set state = '{1,0,-1,0,0,0}', version = version + 1",
};

START_TEST(a_broken_row_is_nobody_elses_misfortune)
{
    for (int way = 0; way < 2; way++) {
        database_fresh(policy);
        Store *store = way ? store_with_locks() : database_store();
        StoreResult result;
        answer_unref(ask(store, ASK_CONSUME, "first", "lone", NULL, 1, &result));
        g_autoptr(Answer) held = ask(store, ASK_HOLD, "bad", "pooled", NULL, 1, &result);
        ck_assert(answer_allowed(held));
        g_free(database_value(breakages[_i]));
        assert_one_is_broken(store, "bad", "pooled");
        /* what it holds is over, and cannot be given back: nor does that stop anybody */
        g_free(database_value("update webquota.reservations set expires_at = now() - interval '1 second'"));
        assert_one_is_broken(store, "bad", "pooled");
        store_close(store);
    }
}
END_TEST

static int64_t given_from_memory(Store *store)
{
    StoreMetrics metrics;
    store_metrics(store, &metrics);
    return metrics.remembered;
}

/* Whoever asks why is shown what was looked at, be it on record with the first of them. */
static void assert_it_says_why(Store *store, const char *where)
{
    g_auto(StoreError) error = { 0 };
    DecisionRead *read = NULL;
    DecisionKey key;
    int64_t *const parts[] = { &key.account_id, &key.subject_id, &key.at, &key.id };
    const char *const columns[] = { "account_id", "subject_id", "webquota.us(at)", "id" };
    for (int i = 0; i < 4; i++) {
        g_autofree char *sql = g_strdup_printf("select %s from webquota.decisions where outcome = 'denied' and %s order by at limit 1", columns[i], where);
        *parts[i] = database_number(sql);
    }
    g_autofree char *id = public_id_decision(&key);
    ck_assert_msg(store_decision(store, id, &read, &error) == STORE_OK, "%s: %s", where, error.detail);
    ck_assert_int_eq(read->answer->line_count, 1);
    ck_assert_int_eq(read->answer->deciding, 0);
    ck_assert_int_eq(read->answer->lines[0].usage.used, 5);
    ck_assert(read->answer->lines[0].refused);
    decision_read_free(read);
}

/* Refusals from memory are written many at a time: one that the database will not have, as one that it has already, takes no
 * other with it. */
START_TEST(one_note_takes_no_other_with_it)
{
    database_fresh(policy);
    Store *store = database_store();
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "ada", "lone", NULL, 5, &result));
    g_free(database_value("create function webquota.poison() returns trigger language plpgsql as $$ begin"
                          " if new.metadata->>'x' = 'bad' then raise exception using errcode = '23505'; end if; return new; end $$;"
                          " create trigger poison before insert on webquota.decisions for each row execute function webquota.poison()"));
    int asked = 0, bad = 0;
    for (int round = 0; round < 200 && bad < 3; round++) {
        Work works[9];
        pthread_t threads[9];
        int64_t before = given_from_memory(store);
        for (int i = 0; i < 9; i++) {
            works[i] = (Work){ .store = store, .subject = "ada", .feature = "lone", .metadata = "{\"x\": \"good\"}" };
            pthread_create(&threads[i], NULL, work, &works[i]);
        }
        for (int i = 0; i < 9; i++)
            pthread_join(threads[i], NULL);
        asked += 9;
        if (given_from_memory(store) == before)
            continue;
        /* notes are waiting: this one is given from memory too, and goes with them */
        before = given_from_memory(store);
        Work poisoned = { .store = store, .subject = "ada", .feature = "lone", .metadata = "{\"x\": \"bad\"}" };
        work(&poisoned);
        bool from_memory = given_from_memory(store) > before;
        bad += from_memory;
        asked += !from_memory && poisoned.result == STORE_OK;
    }
    ck_assert_int_ge(bad, 1);
    store_close(store); /* writes what is still to be written */
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where outcome = 'denied'"), asked);
    /* copied or inserted, a refusal reads the same: one that was given again has the trace of the first */
    ck_assert_int_eq(database_number("select count(distinct (account_id, subject_id, kind, outcome, reason, policy_version, plan,"
                                     " coalesce(organization, '-'), feature, coalesce(resource, '-'), units, coalesce(items, '{}'),"
                                     " webquota.decision_trace(decisions), coalesce(on_behalf_of, '-'), metadata,"
                                     " given_back, coalesce(actor, '-'))) from webquota.decisions where outcome = 'denied'"), 1);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where outcome = 'denied' and cardinality(trace) = 0"), 0);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where outcome = 'denied' and about_at is null"
                                     " and cardinality(trace) > 0"), 0);
    store = database_store();
    assert_it_says_why(store, "cardinality(trace) = 0");
    assert_it_says_why(store, "cardinality(trace) > 0");
    store_close(store);
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where outcome = 'denied'"
                                     " and at not between clock_timestamp() - interval '5 minutes' and clock_timestamp()"), 0);
}
END_TEST

/* Whoever locks them in another order than the others may wait for them while they wait for them. */
START_TEST(shared_counters_are_locked_in_the_order_of_their_bytes)
{
    database_fresh(policy);
    g_free(database_value("drop view webquota.counter_values cascade; alter table webquota.shared_counters alter owner type text collate \"und-x-icu\"; "
                          "insert into webquota.shared_counters (account_id, slot, owner) values (0, 1, 'a'), (0, 1, 'B')"));
    Db db;
    db_init(&db, database_url(), true, true);
    g_auto(Params) params = params_new();
    int64_t zero = 0, one = 1;
    g_autoptr(GArray) accounts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) owners = g_ptr_array_new();
    for (int i = 0; i < 2; i++) {
        g_array_append_val(accounts, zero);
        g_array_append_val(slots, one);
        g_ptr_array_add(owners, (char *)(i ? "a" : "B"));
    }
    params_numbers(&params, accounts);
    params_numbers(&params, slots);
    params_texts(&params, owners);
    g_autoptr(PGresult) rows = NULL;
    ck_assert_int_eq(db_run(&db, QUERY_SHARED_LOCK, &params, &rows), DB_OK);
    ck_assert_int_eq(PQntuples(rows), 2);
    ck_assert_str_eq(result_text(rows, 0, 2), "B");
    ck_assert_str_eq(result_text(rows, 1, 2), "a");
    db_close(&db);
}
END_TEST

/* Or what comes after a BEGIN, or after a guard, would be done without it. */
START_TEST(nothing_of_a_pipeline_is_sent_where_its_beginning_was_not)
{
    Db db;
    db_init(&db, database_url(), true, true);
    g_autoptr(PGresult) rows = NULL;
    db.failed_at_us = g_get_monotonic_time(); /* for a moment it is left alone */
    db_queue(&db, QUERY_BEGIN, NULL, NULL);
    db.failed_at_us = 0; /* which is over before the next is queued */
    db_queue(&db, QUERY_CLOCK, NULL, &rows);
    ck_assert_int_eq(db_sync(&db), DB_LOST);
    ck_assert_ptr_null(rows);
    db_queue(&db, QUERY_BEGIN, NULL, NULL);
    db_queue(&db, QUERY_CLOCK, NULL, &rows);
    ck_assert_int_eq(db_sync(&db), DB_OK);
    ck_assert_ptr_nonnull(rows);
    ck_assert_int_eq(PQtransactionStatus(db.connection), PQTRANS_INTRANS);
    db_close(&db);
}
END_TEST

static void assert_alive_after(const char *more, const char *idle_s)
{
    g_autofree char *conninfo = g_strconcat(database_url(), strchr(database_url(), '?') ? "&" : "?", more, NULL), *why = NULL;
    PGconn *connection = db_connect_within(conninfo, "", true, 0, &why);
    ck_assert_msg(connection, "%s", why);
    PQconninfoOption *options = PQconninfo(connection);
    const char *found = NULL;
    for (const PQconninfoOption *one = options; one->keyword; one++)
        if (strcmp(one->keyword, "keepalives_idle") == 0)
            found = one->val;
    ck_assert_str_eq(found, idle_s);
    PQconninfoFree(options);
    PQfinish(connection);
}

START_TEST(a_server_that_is_gone_is_noticed_unless_the_address_says_otherwise)
{
    assert_alive_after("", "20");
    assert_alive_after("keepalives_idle=7", "7");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *tests = tcase_create("rows");
    tcase_set_timeout(tests, 90);
    tcase_add_test(tests, a_policy_that_could_not_be_read_once_is_read_later);
    tcase_add_test(tests, a_late_commit_behind_a_refusal_leaves_no_row_behind);
    tcase_add_loop_test(tests, a_broken_row_is_nobody_elses_misfortune, 0, (int)G_N_ELEMENTS(breakages));
    tcase_add_test(tests, one_note_takes_no_other_with_it);
    tcase_add_test(tests, shared_counters_are_locked_in_the_order_of_their_bytes);
    tcase_add_test(tests, nothing_of_a_pipeline_is_sent_where_its_beginning_was_not);
    tcase_add_test(tests, a_server_that_is_gone_is_noticed_unless_the_address_says_otherwise);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
