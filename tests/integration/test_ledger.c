/* The ledger against a real PostgreSQL: exact with many threads and several processes' worth of stores, whole after
 * connections are cut, and the same from its journal as from its counters. */
#include "waiting.h"

#include <pthread.h>

static const char policy[] =
    "default_plan = \"free\"\n"
    "anonymous_plan = \"free\"\n"
    "feature call { title = \"Call\" }\n"
    "feature special { title = \"Special call\"  parent = \"call\"  resources = {\"s-*\"} }\n"
    "feature pooled { title = \"Pooled\" }\n"
    "feature lone { title = \"Lone\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit daily { feature = \"call\"  amount = 40  window = \"day\" }\n"
    "  limit special_daily { feature = \"special\"  amount = 15  window = \"day\" }\n"
    "  limit team { feature = \"call\"  amount = 300  window = \"month\"  scope = \"organization\" }\n"
    "  limit everybody { feature = \"call\"  amount = 700  window = \"month\"  scope = \"site\" }\n"
    "  limit pool { feature = \"pooled\"  amount = 1000  window = \"month\"  scope = \"plan\" }\n"
    "  limit one { feature = \"lone\"  amount = 5  window = \"day\" }\n"
    "  grant extra { feature = \"special\"  amount = 3  every = \"28 day\" }\n"
    "}\n";

#define THREADS 8
#define SUBJECTS 12

typedef struct {
    Store *store;
    int calls;
    const char *feature;
    GRand *random;
    int allowed, refused, down;
    GPtrArray *ids;          /* of allowed decisions, as they were acknowledged */
    int64_t charged;         /* units that callers were told are charged, less what was given back */
} Caller;

static void *consume_pool(void *data)
{
    Caller *caller = data;
    for (int i = 0; i < caller->calls; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", g_rand_int_range(caller->random, 0, SUBJECTS));
        StoreResult result;
        g_autoptr(Answer) answer = ask(caller->store, ASK_CONSUME, subject, caller->feature, NULL, 1, &result);
        if (result == STORE_DOWN)
            caller->down++;
        else if (answer_allowed(answer)) {
            caller->allowed++;
            g_ptr_array_add(caller->ids, g_strdup(answer->id));
        } else {
            caller->refused++;
        }
    }
    return NULL;
}

/* Runs `body` in THREADS threads over two stores, as two processes would. */
static void run_callers(Caller *callers, void *(*body)(void *), int calls, const char *feature)
{
    Store *stores[2] = { database_store(), database_store() };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        callers[i] = (Caller){ .store = stores[i % 2], .calls = calls, .feature = feature,
                               .random = g_rand_new_with_seed((guint32)i + 1), .ids = g_ptr_array_new_with_free_func(g_free) };
        pthread_create(&threads[i], NULL, body, &callers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    store_close(stores[0]);
    store_close(stores[1]);
}

static void callers_clear(Caller *callers)
{
    for (int i = 0; i < THREADS; i++) {
        g_rand_free(callers[i].random);
        g_ptr_array_unref(callers[i].ids);
    }
}

START_TEST(a_shared_limit_is_hit_exactly)
{
    database_fresh(policy);
    Caller callers[THREADS];
    run_callers(callers, consume_pool, 160, "pooled");
    int allowed = 0, down = 0;
    for (int i = 0; i < THREADS; i++) {
        allowed += callers[i].allowed;
        down += callers[i].down;
    }
    int64_t used = database_number("select used from webquota.counter_values where limit_key = 'pool'");
    ck_assert_int_le(used, 1000);
    ck_assert_int_le(allowed, used);
    ck_assert_int_lt(down, THREADS * 160 / 2);
    if (down == 0) { /* the machine did not stand still for longer than callers have patience */
        ck_assert_int_eq(allowed, 1000);
        ck_assert_int_eq(used, 1000);
        ck_assert_int_eq(database_number("select count(*) from webquota.decisions where outcome = 'denied'"), THREADS * 160 - 1000);
    }
    assert_journal_is_whole();
    callers_clear(callers);
}
END_TEST

/* Or it was not in time, on a machine that is busy: then the journal says whether it was done. */
static void assert_done(StoreResult result, const StoreError *error)
{
    ck_assert_msg(result == STORE_OK || result == STORE_DOWN, "%s", error->detail);
}

static void settle_or_refund(Caller *caller, const Answer *answer, int64_t units)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    if (answer->kind == ASK_HOLD) {
        int choice = g_rand_int_range(caller->random, 0, 3);
        if (choice == 0)
            assert_done(ledger_commit(caller->store, answer->reservation, g_rand_int_range(caller->random, 0, (gint32)units + 1),
                                      &done, &error), &error);
        else if (choice == 1)
            assert_done(ledger_release(caller->store, answer->reservation, &done, &error), &error);
        return;
    }
    if (g_rand_int_range(caller->random, 0, 4) == 0)
        assert_done(ledger_refund(caller->store, answer->id, g_rand_int_range(caller->random, 1, (gint32)units + 1), "test",
                                  "test", &done, &error), &error);
}

static void *mix(void *data)
{
    Caller *caller = data;
    static const char *const resources[] = { NULL, "s-1" };
    for (int i = 0; i < caller->calls; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", g_rand_int_range(caller->random, 0, SUBJECTS));
        int64_t units = g_rand_int_range(caller->random, 1, 4);
        AskKind kind = g_rand_boolean(caller->random) ? ASK_HOLD : ASK_CONSUME;
        StoreResult result;
        g_autoptr(Answer) answer = ask(caller->store, kind, subject, "call", resources[g_rand_int_range(caller->random, 0, 2)],
                                       units, &result);
        caller->down += result == STORE_DOWN;
        ck_assert(result == STORE_OK || result == STORE_DOWN);
        if (answer && answer_allowed(answer))
            settle_or_refund(caller, answer, units);
        if (g_rand_int_range(caller->random, 0, 60) == 0) {
            g_auto(StoreError) error = { 0 };
            g_auto(LedgerDone) done = { 0 };
            assert_done(ledger_reset(caller->store, subject, NULL, "test", "test", &done, &error), &error);
        }
    }
    return NULL;
}

static void join(Store *store, const char *subject, const char *organization)
{
    g_auto(StoreError) error = { 0 };
    bool created;
    json_t *json = NULL;
    SubjectChange change = { .subject = subject, .organization = organization };
    ck_assert_msg(admin_subject_set(store, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

START_TEST(the_journal_adds_up_to_the_counters)
{
    database_fresh(policy);
    Store *store = database_store();
    for (int i = 0; i < SUBJECTS; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i);
        join(store, subject, i % 3 == 0 ? "" : i % 3 == 1 ? "north" : "south");
    }
    store_close(store);
    Caller callers[THREADS];
    run_callers(callers, mix, 150, "call");
    assert_journal_is_whole();
    ck_assert_int_eq(database_number("select count(*) from webquota.counter_values where used < 0 or held < 0"), 0);
    ck_assert_int_le(database_number("select max(used + held) from webquota.counter_values where limit_key = 'everybody'"), 700);
    ck_assert_int_le(database_number("select max(used + held) from webquota.counter_values where limit_key = 'team'"), 300);
    ck_assert_int_eq(database_number("select count(*) from webquota.reservations r where state = 'held' and not exists"
                                     " (select from webquota.decisions d where d.id = r.id and d.kind = 'hold')"), 0);
    callers_clear(callers);
}
END_TEST

static void *cut_connections(void *data)
{
    bool *stop = data;
    while (!g_atomic_int_get((gint *)stop)) {
        g_free(database_value("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                              " where datname = current_database() and application_name = 'webquota' and usename = current_user and backend_type = 'client backend'"));
        g_usleep(150000);
    }
    return NULL;
}

START_TEST(cut_connections_lose_and_double_nothing)
{
    database_fresh(policy);
    gint stop = 0;
    pthread_t cutter;
    pthread_create(&cutter, NULL, cut_connections, &stop);
    Caller callers[THREADS];
    run_callers(callers, consume_pool, 100, "pooled");
    g_atomic_int_set(&stop, 1);
    pthread_join(cutter, NULL);
    int64_t allowed = 0, down = 0;
    for (int i = 0; i < THREADS; i++) {
        allowed += callers[i].allowed;
        down += callers[i].down;
    }
    int64_t counted = database_number("select coalesce(sum(used), 0) from webquota.counter_values where limit_key = 'pool'");
    int64_t recorded = database_number("select count(*) from webquota.decisions where outcome = 'allowed'");
    ck_assert_int_eq(counted, recorded);
    ck_assert_int_ge(counted, allowed);              /* nothing acknowledged is lost */
    ck_assert_int_le(counted, allowed + down);       /* nothing is there that nobody asked for */
    assert_journal_is_whole();
    callers_clear(callers);
}
END_TEST

START_TEST(the_same_idempotency_key_charges_once)
{
    database_fresh(policy);
    Store *store = database_store();
    g_autofree char *first = NULL;
    for (int i = 0; i < 4; i++) {
        LedgerAsk request = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { "lone", NULL, 2 } },
                              .caller = "test", .idempotency_key = "k", .fingerprint = i < 3 ? "same" : "other" };
        g_auto(StoreError) error = { 0 };
        g_autoptr(Answer) answer = NULL;
        StoreResult result = ledger_decide(store, &request, &answer, &error);
        ck_assert_int_eq(result, i < 3 ? STORE_OK : STORE_INVALID);
        if (i == 0)
            first = g_strdup(answer->id);
        else if (i < 3)
            ck_assert_str_eq(answer->id, first);
    }
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'one'"), 2);
    store_close(store);
}
END_TEST

/* Whichever way they were decided: those that memory suffices for are nearly all. */
START_TEST(old_idempotency_keys_go_while_new_ones_come)
{
    database_fresh(policy);
    g_free(database_value("insert into webquota.idempotency (caller, key, fingerprint, account_id, subject_id, at, id)"
                          " select 'test', 'old-' || i, 'same', 0, 0, webquota.clock() - interval '2 days', i from generate_series(1, 300) i"));
    Store *store = database_store();
    for (int i = 0; i < 30; i++) {
        g_autofree char *key = g_strdup_printf("new-%d", i);
        LedgerAsk request = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { "pooled", NULL, 1 } },
                              .caller = "test", .idempotency_key = key, .fingerprint = "same" };
        g_auto(StoreError) error = { 0 };
        g_autoptr(Answer) answer = NULL;
        ck_assert_int_eq(ledger_decide(store, &request, &answer, &error), STORE_OK);
    }
    ck_assert_int_eq(database_number("select count(*) from webquota.idempotency where key like 'old-%'"), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.idempotency"), 30);
    store_close(store);
}
END_TEST

typedef struct {
    Store *store;
    gint stop; /* atomic */
} Flood;

static void *flood(void *data)
{
    Flood *it = data;
    while (!g_atomic_int_get(&it->stop)) {
        StoreResult result;
        answer_unref(ask(it->store, ASK_CONSUME, "ada", "lone", NULL, 1, &result));
    }
    return NULL;
}

static int64_t given_from_memory(Store *store)
{
    StoreMetrics metrics;
    store_metrics(store, &metrics);
    return metrics.remembered;
}

/* While the same is refused from memory all the time. */
START_TEST(a_key_that_was_refused_is_free_again)
{
    database_fresh(policy);
    Flood it = { .store = database_store() };
    pthread_t threads[4];
    StoreResult result;
    answer_unref(ask(it.store, ASK_CONSUME, "ada", "lone", NULL, 5, &result));
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        pthread_create(&threads[i], NULL, flood, &it);
    while (given_from_memory(it.store) < 100)
        g_usleep(1000);
    for (int i = 0; i < 50; i++) {
        LedgerAsk request = { .kind = ASK_CONSUME, .subject = "ada", .item_count = 1, .items = { { "lone", NULL, 1 } },
                              .caller = "test", .idempotency_key = "k", .fingerprint = "same" };
        g_auto(StoreError) error = { 0 };
        g_autoptr(Answer) answer = NULL;
        result = ledger_decide(it.store, &request, &answer, &error);
        ck_assert_msg(result == STORE_OK, "try %d: %s", i, error.detail);
        ck_assert_int_eq(answer->outcome, OUTCOME_DENIED);
    }
    g_atomic_int_set(&it.stop, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        pthread_join(threads[i], NULL);
    store_close(it.store);
}
END_TEST

START_TEST(a_hold_that_expires_comes_back_and_both_are_on_record)
{
    database_fresh(policy);
    Store *store = database_store();
    StoreResult result;
    g_autoptr(Answer) held = ask(store, ASK_HOLD, "ada", "lone", NULL, 5, &result);
    ck_assert(answer_allowed(held));
    g_autoptr(Answer) full = ask(store, ASK_CONSUME, "ada", "lone", NULL, 1, &result);
    ck_assert(!answer_allowed(full));
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql"
                          " as 'select clock_timestamp() + interval ''301 seconds'''"));
    g_autoptr(Answer) again = ask(store, ASK_CONSUME, "ada", "lone", NULL, 5, &result);
    ck_assert(answer_allowed(again) || database_number("select extract(hour from now() at time zone 'UTC')") == 23);
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind in ('hold', 'expire')"), 2);
    ck_assert_int_eq(database_number("select count(*) from webquota.reservations where state = 'expired'"), 1);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    ck_assert_int_eq(ledger_commit(store, held->reservation, -1, &done, &error), STORE_CONFLICT);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* Holds five of ada's that are over a moment later, after everything else that is over. */
static void hold_and_let_expire(Store *store)
{
    StoreResult result;
    g_autoptr(Answer) held = ask(store, ASK_HOLD, "ada", "lone", NULL, 5, &result);
    ck_assert(answer_allowed(held));
    g_free(database_value("update webquota.reservations r set expires_at = clock_timestamp() - interval '1 second'"
                          " from webquota.subjects s where s.id = r.subject_id and s.key = 'ada' and r.units = 5"));
}

static void assert_given_back(Store *store)
{
    StoreResult result = STORE_DOWN;
    bool allowed = false;
    for (int i = 0; i < 4 && !allowed; i++) { /* a few hundred are tried at once */
        g_autoptr(Answer) again = ask(store, ASK_CONSUME, "ada", "lone", NULL, 5, &result);
        ck_assert_int_eq(result, STORE_OK);
        allowed = answer_allowed(again);
    }
    ck_assert_msg(allowed, "what ada held is still held");
}

#define SEVERAL_OVER "select account_id, id, webquota.clock() - interval '1 day', i, 'lone', 1, webquota.clock() - interval '1 hour'"
#define INTO_RESERVATIONS "insert into webquota.reservations (account_id, subject_id, at, id, feature, units, expires_at) "

START_TEST(reservations_of_what_is_gone_end)
{
    database_fresh(policy);
    Store *store = database_store();
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "ada", "special", NULL, 1, &result));
    g_free(database_value(INTO_RESERVATIONS SEVERAL_OVER " from generate_series(1, 250) i, webquota.subjects where key = 'ada'"));
    g_free(database_value(INTO_RESERVATIONS SEVERAL_OVER " from generate_series(1, 250) i, (values (7, 1000000)) gone(account_id, id)"));
    hold_and_let_expire(store);
    assert_given_back(store);
    ck_assert_int_eq(database_number("select count(*) from webquota.reservations where state = 'expired' and settled_at is not null"), 501);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* What bad holds, each an hour over. */
static void bad_holds(Store *store, int count)
{
    for (int i = 0; i < count; i++) {
        StoreResult result;
        g_autoptr(Answer) held = ask(store, ASK_HOLD, "bad", "pooled", NULL, 1, &result);
        ck_assert(answer_allowed(held));
    }
    g_free(database_value("update webquota.reservations set expires_at = clock_timestamp() - interval '1 hour'"));
}

static const char of_bad[] = "select count(*) from webquota.reservations r join webquota.subjects s on s.id = r.subject_id"
                             " where s.key = 'bad' and r.state = 'held'";

START_TEST(reservations_that_cannot_be_read_stop_no_others)
{
    database_fresh(policy);
    Store *store = database_store();
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "bad", "special", NULL, 1, &result));
    g_free(database_value(INTO_RESERVATIONS SEVERAL_OVER " from generate_series(1, 250) i, webquota.subjects where key = 'bad'"));
    g_free(database_value("create table webquota.kept as select state, subject_id from webquota.counters"));
    g_free(database_value("update webquota.counters set state = '{0,0,0,0,0,0}', version = version + 1"));
    hold_and_let_expire(store);
    assert_given_back(store);
    ck_assert_int_eq(database_number(of_bad), 250);
    /* mended, they end some time */
    g_free(database_value("update webquota.counters c set state = k.state, version = version + 1"
                          " from webquota.kept k where k.subject_id = c.subject_id"));
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql"
                          " as 'select clock_timestamp() + interval ''301 seconds'''"));
    for (int i = 0; i < 3; i++)
        answer_unref(ask(store, ASK_HOLD, "cat", "lone", NULL, 1, &result));
    ck_assert_int_eq(database_number(of_bad), 0);
    store_close(store);
}
END_TEST

START_TEST(a_reservation_that_the_database_refuses_to_end_stops_nobody)
{
    database_fresh(policy);
    Store *store = database_store();
    bad_holds(store, 3);
    g_free(database_value("create function webquota.refuse() returns trigger language plpgsql as"
                          " $$ begin raise check_violation using message = 'not this one'; end $$"));
    g_free(database_value("create trigger refuse before insert on webquota.decisions for each row"
                          " when (new.kind = 'expire' and new.feature = 'pooled') execute function webquota.refuse()"));
    hold_and_let_expire(store);
    assert_given_back(store);
    ck_assert_int_eq(database_number(of_bad), 3);
    ck_assert_int_eq(database_number("select count(*) from webquota.reservations where put_off_until > clock_timestamp()"), 3);
    g_free(database_value("drop trigger refuse on webquota.decisions"));
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql"
                          " as 'select clock_timestamp() + interval ''301 seconds'''"));
    StoreResult result;
    for (int i = 0; i < 3; i++)
        answer_unref(ask(store, ASK_HOLD, "cat", "lone", NULL, 1, &result));
    ck_assert_int_eq(database_number(of_bad), 0);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

START_TEST(a_subject_that_moves_takes_its_counters_along)
{
    database_fresh(policy);
    Store *store = database_store();
    StoreResult result;
    g_autoptr(Answer) first = ask(store, ASK_CONSUME, "ada", "lone", NULL, 3, &result);
    g_autoptr(Answer) hold = ask(store, ASK_HOLD, "ada", "lone", NULL, 1, &result);
    join(store, "ada", "north");
    g_autoptr(Answer) too_many = ask(store, ASK_CONSUME, "ada", "lone", NULL, 2, &result);
    ck_assert(!answer_allowed(too_many));
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 }, refund = { 0 };
    ck_assert_int_eq(ledger_commit(store, hold->reservation, -1, &done, &error), STORE_OK);
    ck_assert_int_eq(ledger_refund(store, first->id, 3, NULL, "test", &refund, &error), STORE_OK);
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'one'"), 1);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* --- a reset that is taken back --- */

static const char of_resets[] =
    "default_plan = free\nanonymous_plan = free\nfeature call { title = Call }\nfeature other { title = Other }\n"
    "plan free { limit day { feature = call  amount = 100  window = day  warn_at = {5, 50} }\n"
    "            limit trail { feature = call  amount = 100  window = \"6 hour\"  align = rolling }\n"
    "            limit ever { feature = other  amount = 100  window = lifetime } }\n";

static Store *at_noon(void)
{
    database_fresh(of_resets);
    clock_at("12:00:00");
    return database_store();
}

static char *used(Store *store, const char *subject, const char *feature, int64_t units)
{
    StoreResult result;
    g_autoptr(Answer) answer = ask(store, ASK_CONSUME, subject, feature, NULL, units, &result);
    ck_assert(result == STORE_OK && answer_allowed(answer));
    return g_strdup(answer->id);
}

static void use(Store *store, const char *subject, const char *feature, int64_t units)
{
    g_free(used(store, subject, feature, units));
}

static char *reset(Store *store, const char *subject)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    ck_assert_msg(ledger_reset(store, subject, NULL, "test", "test", &done, &error) == STORE_OK, "%s", error.detail);
    return g_strdup(done.id);
}

static void assert_taken_back(Store *store, const char *id, StoreResult expected)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = ledger_restore(store, id, "test", "test", &done, &error);
    ck_assert_msg(result == expected, "%d, not %d: %s", result, expected, error.detail);
}

/* All of ada's counters are as those of her twin, who did the same and was not reset. */
static void assert_twins(void)
{
    g_autofree char *rows = database_value("select string_agg(state::text || coalesce(rolling::text, ''), E'\n' order by s.key) from webquota.counters c"
                                           " join webquota.subjects s on s.id = c.subject_id where s.key in ('ada', 'twin')");
    g_auto(GStrv) each = g_strsplit(rows, "\n", 2);
    ck_assert(each[0] && each[1]);
    ck_assert_str_eq(each[0], each[1]);
}

static void both_use(Store *store, const char *feature, int64_t units)
{
    use(store, "ada", feature, units);
    use(store, "twin", feature, units);
}

START_TEST(a_reset_is_taken_back_as_if_it_had_not_been)
{
    Store *store = at_noon();
    both_use(store, "call", 3);
    both_use(store, "other", 2);
    clock_at("13:30:00");
    both_use(store, "call", 4);
    g_autofree char *first = reset(store, "ada");
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id where s.key = 'ada'"), 0);
    clock_at("14:00:00");
    both_use(store, "call", 5);
    assert_taken_back(store, first, STORE_OK);
    assert_twins();
    assert_taken_back(store, first, STORE_CONFLICT);
    g_autofree char *second = reset(store, "ada");
    clock_at("18:45:00"); /* the first use has left the trailing hours */
    assert_taken_back(store, second, STORE_OK);
    both_use(store, "call", 1);
    assert_twins();
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'usage.restore' and subject = 'ada'"), 2);
    store_close(store);
}
END_TEST

START_TEST(a_reset_is_not_taken_back_where_that_is_not_exact)
{
    Store *store = at_noon();
    g_autofree char *charge = used(store, "ada", "call", 3);
    g_autofree char *first = reset(store, "ada");
    clock_at("12:10:00");
    use(store, "ada", "call", 2);
    g_autofree char *second = reset(store, "ada");
    assert_taken_back(store, first, STORE_CONFLICT); /* before the second */
    assert_taken_back(store, second, STORE_OK);
    assert_taken_back(store, first, STORE_OK);
    ck_assert_int_eq(database_number("select used from webquota.counter_values where limit_key = 'day'"), 5);
    assert_taken_back(store, charge, STORE_NONE);
    g_autofree char *third = reset(store, "ada");
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    ck_assert_int_eq(ledger_refund(store, charge, -1, "test", "test", &done, &error), STORE_OK);
    assert_taken_back(store, third, STORE_CONFLICT); /* less was there to give back */
    use(store, "cat", "call", 1);
    g_autofree char *late = reset(store, "cat");
    clock_at("12:20:00");
    g_autofree char *nothing = reset(store, "cat");
    assert_taken_back(store, nothing, STORE_NONE);
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                          " 'select timestamptz ''2026-03-16 12:00Z'''"));
    use(store, "cat", "call", 1);
    assert_taken_back(store, late, STORE_CONFLICT); /* both windows are over */
    ck_assert_int_eq(database_number("select used from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id"
                                     " where limit_key = 'day' and s.key = 'cat'"), 1);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tests = tcase_create("ledger");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_shared_limit_is_hit_exactly);
    tcase_add_test(tests, the_journal_adds_up_to_the_counters);
    tcase_add_test(tests, cut_connections_lose_and_double_nothing);
    tcase_add_test(tests, the_same_idempotency_key_charges_once);
    tcase_add_test(tests, old_idempotency_keys_go_while_new_ones_come);
    tcase_add_test(tests, a_key_that_was_refused_is_free_again);
    tcase_add_test(tests, a_hold_that_expires_comes_back_and_both_are_on_record);
    tcase_add_test(tests, reservations_of_what_is_gone_end);
    tcase_add_test(tests, reservations_that_cannot_be_read_stop_no_others);
    tcase_add_test(tests, a_reservation_that_the_database_refuses_to_end_stops_nobody);
    tcase_add_test(tests, a_subject_that_moves_takes_its_counters_along);
    tcase_add_test(tests, a_reset_is_taken_back_as_if_it_had_not_been);
    tcase_add_test(tests, a_reset_is_not_taken_back_where_that_is_not_exact);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
