/* API keys on a real database: that their use is noted stands in nobody's way. */
#include "database.h"

static const char policy_text[] =
    "default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 2  window = day } }";

static Store *store;
static char *key;

static void start(void)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    database_fresh(policy_text);
    store = database_store();
    ck_assert_msg(admin_key_create(store, "test", KEY_ADMIN, INSTANT_MAX, NULL, "test", &json, &error) == STORE_OK, "%s", error.detail);
    key = g_strdup(json_string_value(json_object_get(json, "key")));
    ck_assert_ptr_nonnull(key);
    json_decref(json);
}

static void stop(void)
{
    store_close(store);
    g_clear_pointer(&key, g_free);
}

static void check_key(Store *by)
{
    g_auto(StoreError) error = { 0 };
    int64_t id = 0;
    unsigned scopes = 0;
    ck_assert_msg(admin_key_check(by, key, &id, &scopes, &error) == STORE_OK, "%s", error.detail);
    ck_assert_uint_eq(scopes, KEY_ADMIN);
}

START_TEST(its_use_is_noted)
{
    Store *other = database_store();
    ck_assert_int_eq(database_number("select count(last_used_at) from webquota.api_keys"), 0);
    check_key(other);
    ck_assert_int_eq(database_number("select count(last_used_at) from webquota.api_keys"), 1);
    store_close(other);
}
END_TEST

/* The change comes right after the note that could not be made, on the same connection. */
START_TEST(a_note_that_cannot_be_made_turns_no_change_away)
{
    g_auto(StoreError) error = { 0 };
    Store *other = database_store();
    PGconn *holder = PQconnectdb(database_url());
    PQclear(PQexec(holder, "begin"));
    PQclear(PQexec(holder, "lock table webquota.api_keys in exclusive mode")); /* whoever reads may */
    int64_t began_us = g_get_monotonic_time();
    check_key(other);
    ck_assert_int_lt(g_get_monotonic_time() - began_us, 2000000);
    bool created = false;
    json_t *json = NULL;
    SubjectChange change = { .subject = "a-1" };
    ck_assert_msg(admin_subject_set(other, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
    ck_assert(created);
    ck_assert_int_eq(database_number("select count(last_used_at) from webquota.api_keys"), 0);
    PQfinish(holder);
    store_close(other);
}
END_TEST

START_TEST(they_are_listed_page_by_page)
{
    g_auto(StoreError) error = { 0 };
    const char *const pages[] = { "3 2 ", "1 ", "" };
    g_autofree char *before = NULL;
    for (int i = 0; i < 2; i++) {
        json_t *json = NULL;
        ck_assert_int_eq(admin_key_create(store, "test", KEY_READ, INSTANT_MAX, NULL, "test", &json, &error), STORE_OK);
        json_decref(json);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        json_t *list = NULL;
        g_autoptr(GString) ids = g_string_new(NULL);
        ck_assert_int_eq(admin_key_list(store, before, 2, &list, &error), STORE_OK);
        for (size_t n = 0; n < json_array_size(list); n++) {
            const char *id = json_string_value(json_object_get(json_array_get(list, n), "id"));
            g_string_append_printf(ids, "%s ", id);
            g_free(before);
            before = g_strdup(id);
        }
        ck_assert_str_eq(ids->str, pages[i]);
        json_decref(list);
    }
}
END_TEST

static void *check_aside(void *by)
{
    g_auto(StoreError) error = { 0 };
    int64_t id = 0;
    unsigned scopes = 0;
    return GINT_TO_POINTER(admin_key_check(by, key, &id, &scopes, &error));
}

/* In a process that hears of nothing, so that only it can know of it. */
START_TEST(who_looks_one_up_as_it_is_revoked_does_not_keep_it)
{
    g_auto(StoreError) error = { 0 };
    const StoreConfig config = { .database = database_url(), .prepared = true, .readers = 2, .read_policy = policy_load };
    Store *other = store_open(&config);
    g_autofree char *id = database_value("select id from webquota.api_keys");
    PGconn *holder = database_readers_held();
    GThread *checker = g_thread_new("checker", check_aside, other);
    database_await_held("api_keys");
    ck_assert_msg(admin_key_revoke(other, id, NULL, "test", &error) == STORE_OK, "%s", error.detail);
    PQfinish(holder);
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(checker)), STORE_OK); /* it was read before that */
    ck_assert_int_eq(GPOINTER_TO_INT(check_aside(other)), STORE_NONE);
    store_close(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys");
    TCase *group = tcase_create("notes of use");
    tcase_add_checked_fixture(group, start, stop);
    tcase_add_test(group, its_use_is_noted);
    tcase_add_test(group, a_note_that_cannot_be_made_turns_no_change_away);
    tcase_add_test(group, they_are_listed_page_by_page);
    tcase_add_test(group, who_looks_one_up_as_it_is_revoked_does_not_keep_it);
    suite_add_tcase(suite, group);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
