/* Where somebody stands, as PostgreSQL says it: many who ask at the same time get each their own, whole; what is rare is read
 * as well; and what goes wrong is said in time. */
#include "database.h"

#include <pthread.h>

static const char policy[] =
    "default_plan = \"free\"\n"
    "anonymous_plan = \"free\"\n"
    "feature call { title = \"Call\" }\n"
    "feature wide { title = \"Wide\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit daily { feature = \"call\"  amount = 40  window = \"day\" }\n"
    "  limit team { feature = \"call\"  amount = 300  window = \"month\"  scope = \"organization\" }\n"
    "  limit pool { feature = \"wide\"  amount = 1000  window = \"month\"  scope = \"plan\" }\n"
    "  limit everybody { feature = \"wide\"  amount = 2000  window = \"month\"  scope = \"site\" }\n"
    "}\n"
    "plan large {\n"
    "  title = \"Large\"\n"
    "  limit daily { feature = \"call\"  amount = 400  window = \"day\" }\n"
    "  limit pool { feature = \"wide\"  amount = 5000  window = \"month\"  scope = \"plan\" }\n"
    "}\n";

#define THREADS 12
#define SUBJECTS 24
#define ANSWER_MOST_US (2 * US_PER_S)

static void consume(Store *store, const char *subject, const char *feature, int64_t units)
{
    LedgerAsk request = { .kind = ASK_CONSUME, .subject = subject, .item_count = 1, .items = { { feature, NULL, units } },
                          .caller = "test" };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    ck_assert_int_eq(ledger_decide(store, &request, &answer, &error), STORE_OK);
    ck_assert(answer_allowed(answer));
}

static void change(Store *store, const SubjectChange *change)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    bool created;
    ck_assert_msg(admin_subject_set(store, change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

static UsageRead *usage(Store *store, const char *subject)
{
    g_auto(StoreError) error = { 0 };
    UsageRead *read = NULL;
    ck_assert_msg(store_usage(store, subject, NULL, true, &read, &error) == STORE_OK, "%s: %s", subject, error.detail);
    return read;
}

static const UsageLine *line_of(const UsageRead *read, const char *limit)
{
    for (int i = 0; i < read->report->line_count; i++)
        if (read->report->lines[i].limit && strcmp(read->report->lines[i].limit->key, limit) == 0)
            return &read->report->lines[i];
    ck_abort_msg("no limit %s for %s", limit, read->report->subject->key);
}

static void assert_used(Store *store, const char *subject, const char *limit, int64_t used)
{
    g_autoptr(UsageRead) read = usage(store, subject);
    ck_assert_int_eq(line_of(read, limit)->used, used);
}

/* Subject i has used i + 1 calls; the first half is in two organizations; every third is on another plan. */
static void people_make(Store *store)
{
    for (int i = 0; i < SUBJECTS; i++) {
        g_autofree char *subject = g_strdup_printf("user-%d", i), *organization = g_strdup_printf("org-%d", i % 2);
        change(store, &(SubjectChange){ .subject = subject, .plan = i % 3 == 0 ? "large" : NULL,
                                        .organization = i < SUBJECTS / 2 ? organization : NULL });
        consume(store, subject, "call", i + 1);
        consume(store, subject, "wide", 1);
    }
}

static int64_t team_of(int number)
{
    int64_t sum = 0;
    for (int i = 0; i < SUBJECTS / 2; i++)
        if (i % 2 == number % 2 && i % 3 != 0)
            sum += i + 1;
    return sum;
}

static void assert_right(const UsageRead *read, int i)
{
    bool large = i % 3 == 0;
    ck_assert(read->known);
    ck_assert_int_eq(line_of(read, "daily")->used, i + 1);
    ck_assert_int_eq(line_of(read, "pool")->used, large ? SUBJECTS / 3 : SUBJECTS - SUBJECTS / 3);
    if (large)
        return;
    ck_assert_int_eq(line_of(read, "everybody")->used, SUBJECTS - SUBJECTS / 3);
    if (i < SUBJECTS / 2)
        ck_assert_int_eq(line_of(read, "team")->used, team_of(i));
}

/* What store_usage_later hands over. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t there;
    bool is_there;
    StoreResult result;
    UsageRead *read;
    char *detail;
} Told;

static void take_told(void *data, StoreResult result, UsageRead *read, const StoreError *error)
{
    Told *told = data;
    pthread_mutex_lock(&told->lock);
    told->result = result;
    told->read = read;
    told->detail = g_strdup(error->detail);
    told->is_there = true;
    pthread_cond_signal(&told->there);
    pthread_mutex_unlock(&told->lock);
}

static StoreResult usage_later(Store *store, const char *subject, UsageRead **read, StoreError *error)
{
    Told told = { .lock = PTHREAD_MUTEX_INITIALIZER, .there = PTHREAD_COND_INITIALIZER };
    store_usage_later(store, subject, NULL, true, take_told, &told);
    pthread_mutex_lock(&told.lock);
    while (!told.is_there)
        pthread_cond_wait(&told.there, &told.lock);
    pthread_mutex_unlock(&told.lock);
    *read = told.read;
    error->detail = told.detail;
    return told.result;
}

typedef struct {
    Store *store;
    int number, reads, down;
    bool may_fail, later;
    int64_t slowest_us;
} Reader;

static void *read_often(void *data)
{
    Reader *reader = data;
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)reader->number + 1);
    for (int i = 0; i < reader->reads; i++) {
        int who = g_rand_int_range(random, 0, SUBJECTS + 2); /* two were never met */
        g_autofree char *subject = g_strdup_printf("user-%d", who);
        g_auto(StoreError) error = { 0 };
        g_autoptr(UsageRead) read = NULL;
        int64_t began_us = g_get_monotonic_time();
        StoreResult result = reader->later ? usage_later(reader->store, subject, &read, &error)
                                           : store_usage(reader->store, subject, NULL, true, &read, &error);
        reader->slowest_us = MAX(reader->slowest_us, g_get_monotonic_time() - began_us);
        if (result == STORE_DOWN && reader->may_fail) {
            ck_assert_ptr_nonnull(error.detail);
            reader->down++;
            continue;
        }
        ck_assert_msg(result == STORE_OK, "%s", error.detail);
        if (who < SUBJECTS)
            assert_right(read, who);
        else
            ck_assert(!read->known && line_of(read, "daily")->used == 0 && line_of(read, "everybody")->used > 0);
    }
    return NULL;
}

typedef struct {
    pthread_t threads[THREADS];
    Reader readers[THREADS];
} Crowd;

/* Most of them do not wait. */
static void crowd_start(Crowd *crowd, Store *store, int reads, bool may_fail)
{
    for (int i = 0; i < THREADS; i++) {
        crowd->readers[i] = (Reader){ .store = store, .number = i, .reads = reads, .may_fail = may_fail,
                                       .later = i % 4 != 0 };
        pthread_create(&crowd->threads[i], NULL, read_often, &crowd->readers[i]);
    }
}

static void crowd_join(Crowd *crowd)
{
    for (int i = 0; i < THREADS; i++)
        pthread_join(crowd->threads[i], NULL);
}

START_TEST(many_who_ask_at_once_get_each_their_own)
{
    database_fresh(policy);
    Store *store = database_store();
    people_make(store);
    Crowd crowd;
    crowd_start(&crowd, store, 300, false);
    crowd_join(&crowd);
    store_close(store);
}
END_TEST

START_TEST(connections_that_are_cut_cost_nobody_a_wrong_answer)
{
    database_fresh(policy);
    Store *store = database_store();
    people_make(store);
    Crowd crowd;
    crowd_start(&crowd, store, 300, true);
    for (int i = 0; i < 10; i++) {
        g_free(database_value("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                              " and application_name = 'webquota' and usename = current_user and backend_type = 'client backend'"));
        g_usleep(30000);
    }
    crowd_join(&crowd);
    assert_used(store, "user-4", "daily", 5);
    store_close(store);
}
END_TEST

/* As a migration would hold it, or a server that hangs. */
static PGconn *hold_subjects(void)
{
    PGconn *connection = PQconnectdb(database_url());
    PGresult *result = PQexec(connection, "begin; lock table webquota.subjects in access exclusive mode");
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(connection));
    PQclear(result);
    return connection;
}

START_TEST(who_waits_for_a_database_that_hangs_is_answered_in_time)
{
    database_fresh(policy);
    Store *store = database_store();
    people_make(store);
    store_close(store);
    store = database_store_with(0); /* its patience is what is tried */
    PGconn *holder = hold_subjects();
    Crowd crowd;
    crowd_start(&crowd, store, 2, true);
    crowd_join(&crowd);
    PQfinish(holder);
    for (int i = 0; i < THREADS; i++) {
        ck_assert_int_eq(crowd.readers[i].down, 2);
        ck_assert_int_lt(crowd.readers[i].slowest_us, ANSWER_MOST_US);
    }
    g_usleep(300000); /* who lost a connection does not try the next at once */
    assert_used(store, "user-4", "daily", 5);
    store_close(store);
}
END_TEST

START_TEST(overrides_and_grants_are_read_as_well)
{
    database_fresh(policy);
    Store *store = database_store();
    people_make(store);
    g_auto(StoreError) error = { 0 };
    json_t *override = NULL, *grant = NULL;
    const OverrideAdd more = { .subject = "user-4", .feature = "call", .limit = "daily", .kind = OVERRIDE_AMOUNT, .amount = 77,
                               .expires_at = INSTANT_MAX };
    const GrantAdd bonus = { .organization = "org-1", .feature = "call", .amount = 9, .priority = 100, .effective_at = INSTANT_MIN,
                             .expires_at = INSTANT_MAX };
    ck_assert_msg(admin_override_add(store, &more, "test", &override, &error) == STORE_OK, "%s", error.detail);
    ck_assert_msg(admin_grant_add(store, &bonus, "test", &grant, &error) == STORE_OK, "%s", error.detail);
    g_autoptr(UsageRead) one = usage(store, "user-4");
    ck_assert_int_eq(line_of(one, "daily")->amount, 77);
    ck_assert_int_eq(line_of(one, "team")->used, team_of(4));
    g_autoptr(UsageRead) of_org = NULL;
    ck_assert_int_eq(usage_later(store, "user-1", &of_org, &error), STORE_OK);
    ck_assert_int_eq(line_of(of_org, "daily")->bonus, 9);
    assert_right(of_org, 1);
    const char *id = json_string_value(json_object_get(override, "override"));
    ck_assert_int_eq(admin_override_remove(store, id, NULL, "test", &error), STORE_OK);
    g_autoptr(UsageRead) back = usage(store, "user-4");
    ck_assert_int_eq(line_of(back, "daily")->amount, 40);
    json_decref(override);
    json_decref(grant);
    store_close(store);
}
END_TEST

START_TEST(a_policy_that_another_process_applied_is_gone_by_at_once)
{
    database_fresh(policy);
    Store *store = database_store(), *other = database_store();
    people_make(store);
    assert_used(store, "user-4", "daily", 5);
    g_autoptr(GString) text = g_string_new(policy);
    g_string_replace(text, "amount = 40 ", "amount = 41 ", 1);
    g_autofree char *why = NULL;
    g_autoptr(Policy) changed = policy_load(text->str, "test", &why);
    g_auto(StoreError) error = { 0 };
    int version;
    bool is_new;
    ck_assert_msg(policy_apply(other, changed, "test", NULL, &version, &is_new, &error) == STORE_OK, "%s", error.detail);
    g_autoptr(UsageRead) read = NULL;
    ck_assert_int_eq(usage_later(store, "user-4", &read, &error), STORE_OK);
    ck_assert_int_eq(line_of(read, "daily")->amount, 41);
    ck_assert_int_eq(line_of(read, "daily")->used, 5);
    store_close(store);
    store_close(other);
}
END_TEST

START_TEST(what_has_expired_is_not_shown_as_held)
{
    database_fresh(policy);
    Store *store = database_store();
    LedgerAsk hold = { .kind = ASK_HOLD, .subject = "ada", .item_count = 1, .items = { { "call", NULL, 7 } }, .ttl_s = 1,
                       .caller = "test" };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    ck_assert_int_eq(ledger_decide(store, &hold, &answer, &error), STORE_OK);
    g_autoptr(UsageRead) before = usage(store, "ada");
    ck_assert_int_eq(line_of(before, "daily")->held, 7);
    g_usleep(1100000);
    g_autoptr(UsageRead) after = NULL;
    ck_assert_int_eq(usage_later(store, "ada", &after, &error), STORE_OK);
    ck_assert_int_eq(line_of(after, "daily")->held, 0);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("usage");
    TCase *tests = tcase_create("usage");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, many_who_ask_at_once_get_each_their_own);
    tcase_add_test(tests, connections_that_are_cut_cost_nobody_a_wrong_answer);
    tcase_add_test(tests, who_waits_for_a_database_that_hangs_is_answered_in_time);
    tcase_add_test(tests, overrides_and_grants_are_read_as_well);
    tcase_add_test(tests, a_policy_that_another_process_applied_is_gone_by_at_once);
    tcase_add_test(tests, what_has_expired_is_not_shown_as_held);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
