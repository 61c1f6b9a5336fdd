/* Which policy is in force for a store, on a real database: whoever reads one slowly does not bring it back. */
#include "database.h"

#include <pthread.h>

#define POLICY(title) "title = \"" title "\"  default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 2  window = day } }"

/* Whoever reads the second policy is held up between the database and the store, until the gate is open. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool reached, open;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false};

static Policy *read_slowly(const char *text, const char *name, char **why)
{
    pthread_mutex_lock(&gate.lock);
    if (strstr(text, "second")) {
        gate.reached = true;
        pthread_cond_broadcast(&gate.changed);
        while (!gate.open)
            pthread_cond_wait(&gate.changed, &gate.lock);
    }
    pthread_mutex_unlock(&gate.lock);
    return policy_load(text, name, why);
}

static void apply(const char *text)
{
    g_auto(StoreError) error = {0};
    g_autofree char *why = NULL;
    g_autoptr(Policy) policy = policy_load(text, "test", &why);
    int version;
    bool changed = false;
    Store *store = database_store();
    ck_assert_msg(policy != NULL, "%s", why);
    ck_assert_msg(policy_apply(store, policy, "test", NULL, &version, &changed, &error) == STORE_OK && changed, "%s", error.detail);
    store_close(store);
}

static void assert_in_force(Store *store, const char *title)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) policy = NULL;
    ck_assert_msg(store_policy(store, &policy, &error) == STORE_OK, "%s", error.detail);
    ck_assert_str_eq(policy->title, title);
}

static void *look(void *store)
{
    g_auto(StoreError) error = {0};
    g_autoptr(Policy) policy = NULL;
    store_policy_look_again(store);
    return GINT_TO_POINTER(store_policy(store, &policy, &error));
}

static void gate_is(bool open)
{
    pthread_mutex_lock(&gate.lock);
    gate.open = open;
    gate.reached = false;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

/* A store with the first policy, in which somebody is about to read the second by now, and waits at the gate. Nothing is heard of
 * changes here, so that each look is one that the test asks for. */
static Store *store_held_up(pthread_t *slow)
{
    const StoreConfig config = {.database = database_url(), .prepared = true, .readers = 2, .read_policy = read_slowly};
    database_fresh(POLICY("first"));
    Store *store = store_open(&config);
    assert_in_force(store, "first");
    gate_is(false);
    apply(POLICY("second"));
    pthread_create(slow, NULL, look, store);
    pthread_mutex_lock(&gate.lock);
    while (!gate.reached)
        pthread_cond_wait(&gate.changed, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
    return store;
}

START_TEST(one_that_was_read_before_another_took_its_place_does_not_come_back)
{
    pthread_t slow;
    Store *store = store_held_up(&slow);
    apply(POLICY("third"));
    ck_assert_int_eq(GPOINTER_TO_INT(look(store)), STORE_OK);
    assert_in_force(store, "third");
    gate_is(true);
    pthread_join(slow, NULL);
    assert_in_force(store, "third");
    store_close(store);
}
END_TEST

/* Who made the third asks to look again; that one who had begun before then ends is no look for them. */
START_TEST(what_was_changed_is_seen_though_another_was_just_looking)
{
    pthread_t slow;
    Store *store = store_held_up(&slow);
    apply(POLICY("third"));
    store_policy_look_again(store);
    gate_is(true);
    pthread_join(slow, NULL);
    assert_in_force(store, "third");
    store_close(store);
}
END_TEST

/* Whoever asks what is in force by now, and nobody else, makes what is due. */
START_TEST(what_is_due_is_in_force_by_now)
{
    g_auto(StoreError) error = {0};
    g_autofree char *why = NULL;
    g_autoptr(Policy) second = policy_load(POLICY("second"), "test", &why), now = NULL;
    database_fresh(POLICY("first"));
    Store *store = database_store();
    assert_in_force(store, "first");
    const PolicyChange change = {.author = "boss", .reason = "later", .effective_at = store_now(store) + 3600 * US_PER_S};
    int version;
    bool changed;
    ck_assert_msg(policy_change(store, second, &change, &version, &changed, &error) == STORE_OK, "%s", error.detail);
    assert_in_force(store, "first");
    g_free(database_value("update webquota.policies set effective_at = now() - interval '1 second' where state = 'scheduled'"));
    ck_assert_msg(store_policy_now(store, &now, &error) == STORE_OK, "%s", error.detail);
    ck_assert_str_eq(now->title, "second");
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tests = tcase_create("in force");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, one_that_was_read_before_another_took_its_place_does_not_come_back);
    tcase_add_test(tests, what_was_changed_is_seen_though_another_was_just_looking);
    tcase_add_test(tests, what_is_due_is_in_force_by_now);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
