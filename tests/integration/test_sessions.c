/* Sessions, accounts and attempts on a real database: what is kept, what is limited, what another process does. */
#include <pthread.h>
#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include "database.h"
#include "store/account.h"
#include "store/session.h"

#define PASSWORD "correct horse battery"
static const char policy_text[] =
    "default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 2  window = day } }";

static Store *store;

static void start(void)
{
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    ck_assert(sodium_init() >= 0);
    database_fresh(policy_text);
    store = database_store();
    ck_assert_msg(account_add(store, "ada", PASSWORD, ROLE_SUPPORT, "a-1", NULL, "test", &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

static void stop(void)
{
    store_close(store);
}

static SignIn sign_in(Store *by, const char *name, const char *password, char **token)
{
    g_auto(StoreError) error = {0};
    SignIn outcome = SIGN_IN_TOO_MANY;
    int64_t wait_s = 0;
    *token = NULL;
    ck_assert_msg(account_sign_in(by, &(SignInAsk){name, password, "anon:192.0.2.7", false, NULL}, &outcome, token, &wait_s, &error) == STORE_OK, "%s", error.detail);
    ck_assert((outcome == SIGN_IN_DONE) == (*token != NULL));
    ck_assert(outcome != SIGN_IN_TOO_MANY || (wait_s >= 1 && wait_s <= 90));
    return outcome;
}

static StoreResult find(Store *by, const char *token)
{
    g_auto(StoreError) error = {0};
    g_auto(Session) session = {0};
    StoreResult result = session_find(by, token, &session, &error);
    if (result == STORE_OK) {
        ck_assert_str_eq(session.account, "ada");
        ck_assert_str_eq(session.subject, "a-1");
        ck_assert_int_eq(session.role, ROLE_SUPPORT);
    }
    return result;
}

START_TEST(a_session_is_found_by_its_token_only)
{
    g_autofree char *token = NULL, *other = NULL;
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_DONE);
    ck_assert_int_eq(find(store, token), STORE_OK);
    other = g_strdup(token);
    other[5] = other[5] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(find(store, other), STORE_NONE);
    ck_assert_int_eq(find(store, "x"), STORE_NONE);
    g_autofree char *sql = g_strdup_printf("select count(*) from webquota.sessions s where s::text like '%%%s%%'", token);
    ck_assert_int_eq(database_number(sql), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.local_accounts a where a::text like '%correct%'"), 0);
}
END_TEST

START_TEST(its_end_is_known_here_at_once_and_elsewhere_within_a_second)
{
    g_auto(StoreError) error = {0};
    g_autofree char *token = NULL;
    Store *other = database_store();
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_DONE);
    ck_assert_int_eq(find(other, token), STORE_OK);
    ck_assert_int_eq(session_end(store, token, &error), STORE_OK);
    ck_assert_int_eq(find(store, token), STORE_NONE);
    int64_t began_us = g_get_monotonic_time();
    while (find(other, token) == STORE_OK)
        ck_assert_int_lt(g_get_monotonic_time() - began_us, 1500000);
    store_close(other);
}
END_TEST

typedef struct {
    Store *by;
    const char *token;
} Finder;

static void *find_aside(void *data)
{
    const Finder *finder = data;
    return GINT_TO_POINTER(find(finder->by, finder->token));
}

START_TEST(who_looks_it_up_as_it_ends_does_not_keep_it)
{
    g_auto(StoreError) error = {0};
    g_autofree char *token = NULL;
    Store *patient = database_store_with(20000);
    ck_assert_int_eq(sign_in(patient, "ada", PASSWORD, &token), SIGN_IN_DONE);
    PGconn *holder = database_readers_held();
    Finder finder = {patient, token};
    GThread *thread = g_thread_new("finder", find_aside, &finder);
    database_await_held("sessions");
    ck_assert_int_eq(session_end(patient, token, &error), STORE_OK);
    PQfinish(holder);
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(thread)), STORE_OK); /* it was read before that */
    ck_assert_int_eq(find(patient, token), STORE_NONE);
    store_close(patient);
}
END_TEST

START_TEST(no_statement_for_what_was_asked_a_moment_ago)
{
    g_autofree char *token = NULL;
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_DONE);
    int64_t asked_us = g_get_monotonic_time();
    ck_assert_int_eq(find(store, token), STORE_OK);
    g_free(database_value("delete from webquota.sessions")); /* behind its back */
    int64_t began_us = g_get_monotonic_time();
    while (g_get_monotonic_time() - asked_us < 500000)
        ck_assert_int_eq(find(store, token), STORE_OK);
    while (find(store, token) == STORE_OK)
        ck_assert_int_lt(g_get_monotonic_time() - began_us, 1500000);
}
END_TEST

START_TEST(what_an_account_loses_ends_its_sessions)
{
    g_auto(StoreError) error = {0};
    g_autofree char *first = NULL, *second = NULL, *third = NULL;
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &first), SIGN_IN_DONE);
    ck_assert_int_eq(find(store, first), STORE_OK);
    ck_assert_int_eq(account_password(store, "ada", "another password", NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(find(store, first), STORE_NONE);
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &second), SIGN_IN_WRONG);
    ck_assert_int_eq(sign_in(store, "ada", "another password", &second), SIGN_IN_DONE);
    ck_assert_int_eq(account_role(store, "ada", ROLE_SUPPORT, NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(find(store, second), STORE_NONE);
    ck_assert_int_eq(sign_in(store, "ada", "another password", &third), SIGN_IN_DONE);
    ck_assert_int_eq(account_remove(store, "ada", NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(find(store, third), STORE_NONE);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action like 'account.%' and actor = 'test'"), 4);
}
END_TEST

/* Two forms of the same letters (NFC, NFD) are the same password. */
START_TEST(passwords_are_compared_in_one_form)
{
    g_auto(StoreError) error = {0};
    g_autofree char *token = NULL;
    ck_assert_int_eq(account_password(store, "ada", "p\303\244ssw\303\266rter", NULL, "test", &error), STORE_OK);
    ck_assert_int_eq(sign_in(store, "ada", "pa\314\210sswo\314\210rter", &token), SIGN_IN_DONE);
    ck_assert_int_eq(account_password(store, "ada", "123456789", NULL, "test", &error), STORE_INVALID);
    ck_assert_int_eq(account_password(store, "ada", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", NULL, "test", &error), STORE_INVALID);
}
END_TEST

#define CALLERS 16

static void *guess(void *data)
{
    Store *by = data;
    char *token = NULL;
    SignIn outcome = sign_in(by, "ada", "a wrong password", &token);
    g_free(token);
    return GINT_TO_POINTER(outcome);
}

/* Signs in while this process may have no more than a little memory beside what it has: a password needs 64 MB. */
static StoreResult with_little_memory(SignIn *outcome, const char *name, StoreError *error)
{
    g_autofree char *statm = NULL, *token = NULL;
    int64_t wait_s;
    struct rlimit before, little;
    ck_assert(g_file_get_contents("/proc/self/statm", &statm, NULL, NULL));
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    little = (struct rlimit){g_ascii_strtoull(statm, NULL, 10) * (rlim_t) getpagesize() + 16 * 1024 * 1024, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &little), 0);
    StoreResult result = account_sign_in(store, &(SignInAsk){name, PASSWORD, "anon:192.0.2.7", false, NULL}, outcome, &token, &wait_s, error);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    return result;
}

/* Whoever is told that it is wrong would change it. */
START_TEST(a_right_password_is_not_called_wrong_for_want_of_memory)
{
    static const char *const names[] = {"ada", "nobody"};
    g_autofree char *token = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names) && !g_getenv("WATCH"); i++) { /* what watches memory needs some itself */
        g_auto(StoreError) error = {0};
        SignIn outcome;
        ck_assert_int_eq(with_little_memory(&outcome, names[i], &error), STORE_DOWN);
        ck_assert_str_eq(error.detail, "there is not enough memory");
    }
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_DONE);
}
END_TEST

START_TEST(many_at_once_have_no_more_attempts_than_one)
{
    pthread_t threads[CALLERS];
    int looked_at = 0;
    Store *other = database_store();
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, guess, i % 2 ? store : other), 0);
    for (int i = 0; i < CALLERS; i++) {
        void *outcome;
        pthread_join(threads[i], &outcome);
        looked_at += GPOINTER_TO_INT(outcome) == SIGN_IN_WRONG;
    }
    ck_assert_int_eq(looked_at, 10);
    g_autofree char *token = NULL;
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_TOO_MANY);
    store_close(other);
}
END_TEST

START_TEST(sessions_that_are_long_over_are_forgotten)
{
    g_autofree char *token = NULL, *next = NULL;
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &token), SIGN_IN_DONE);
    g_free(database_value("update webquota.sessions set created_at = created_at - interval '3 days', last_seen_at = last_seen_at"
                          " - interval '3 days', expires_at = expires_at - interval '3 days'"));
    ck_assert_int_eq(sign_in(store, "ada", PASSWORD, &next), SIGN_IN_DONE);
    ck_assert_int_eq(database_number("select count(*) from webquota.sessions"), 1);
}
END_TEST

START_TEST(the_secret_of_forms_is_the_same_for_all)
{
    g_auto(StoreError) error = {0};
    const char *mine, *theirs;
    Store *other = database_store();
    ck_assert_int_eq(store_form_secret(store, &mine, &error), STORE_OK);
    ck_assert_int_eq(store_form_secret(other, &theirs, &error), STORE_OK);
    ck_assert(strlen(mine) == 96 && strcmp(mine, theirs) == 0);
    store_close(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sessions");
    TCase *tests = tcase_create("sessions");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, a_session_is_found_by_its_token_only);
    tcase_add_test(tests, its_end_is_known_here_at_once_and_elsewhere_within_a_second);
    tcase_add_test(tests, who_looks_it_up_as_it_ends_does_not_keep_it);
    tcase_add_test(tests, no_statement_for_what_was_asked_a_moment_ago);
    tcase_add_test(tests, what_an_account_loses_ends_its_sessions);
    tcase_add_test(tests, passwords_are_compared_in_one_form);
    tcase_add_test(tests, a_right_password_is_not_called_wrong_for_want_of_memory);
    tcase_add_test(tests, many_at_once_have_no_more_attempts_than_one);
    tcase_add_test(tests, sessions_that_are_long_over_are_forgotten);
    tcase_add_test(tests, the_secret_of_forms_is_the_same_for_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
