/* What is read ahead: it is there when a batch wants it, never older than what the memory knows, and of no other server. */
#include "database.h"
#include "store/scout.h"
#include "store/store_internal.h"

static const char policy_text[] =
    "default_plan = \"free\"\n"
    "feature call { title = \"Calls\" }\n"
    "plan free {\n"
    "  title = \"Free\"\n"
    "  limit own { feature = \"call\"  amount = 100  window = \"day\" }\n"
    "  limit pool { feature = \"call\"  amount = 1000  window = \"day\"  scope = \"organization\" }\n"
    "}\n";

static Store *store;
static Memory *memory;
static Scout *scout;

static void charge(const char *subject, int64_t units)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    LedgerAsk ask = { .kind = ASK_CONSUME, .subject = subject, .item_count = 1, .items = { { "call", NULL, units } }, .caller = "test" };
    ck_assert_msg(ledger_decide(store, &ask, &answer, &error) == STORE_OK, "%s", error.detail);
    ck_assert(answer_allowed(answer));
}

/* Somebody of the organization "house", who has used 3. */
static void setup(void)
{
    database_fresh(policy_text);
    store = database_store();
    g_auto(StoreError) error = { 0 };
    bool created;
    json_t *json = NULL;
    SubjectChange change = { .subject = "ada", .organization = "house" };
    ck_assert_msg(admin_subject_set(store, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
    charge("ada", 3);
    memory = memory_new();
    scout = scout_new(store, memory);
    ck_assert_ptr_nonnull(scout);
}

static void teardown(void)
{
    scout_free(scout);
    memory_free(memory);
    store_close(store);
}

/* Sends for somebody, and waits until the memory has a word of them. */
static void look_up(const char *subject)
{
    scout_send(scout, subject);
    for (int64_t until = g_get_monotonic_time() + 20 * US_PER_S; !memory_has(memory, subject);) {
        ck_assert_msg(g_get_monotonic_time() < until, "%s was not read", subject);
        g_usleep(1000);
    }
    scout_await(scout);
}

static int64_t version_known(const char *subject)
{
    SubjectState *state = memory_subject(memory, subject);
    ck_assert_ptr_nonnull(state);
    int64_t version = state->version;
    subject_state_free(state);
    return version;
}

START_TEST(who_is_sent_for_is_remembered_as_the_row_is)
{
    look_up("ada");
    ck_assert_int_eq(version_known("ada"), database_number("select version from webquota.counters"));
    SharedCounter counter = { .account_id = database_number("select account_id from webquota.shared_counters"),
                              .slot = database_number("select slot from webquota.shared_counters"), .owner = (char *)"" };
    ck_assert(memory_shared(memory, &counter));
    ck_assert_int_eq(counter.version, database_number("select version from webquota.shared_counters"));
    counter_set_clear(&counter.set);
}
END_TEST

START_TEST(what_is_known_is_not_overwritten)
{
    look_up("ada");
    int64_t version = version_known("ada");
    charge("ada", 1);
    SubjectState *state = memory_subject(memory, "ada");
    state->version = version + 100;
    memory_keep_subject(memory, state);
    memory_hear_subject(memory, memory_generation(memory), state);
    state->version = version;
    memory_hear_subject(memory, memory_generation(memory), state);
    subject_state_free(state);
    ck_assert_int_eq(version_known("ada"), version + 100);
    memory_drop_subject(memory, "ada"); /* a word as well: it is not to be believed */
    scout_send(scout, "ada");
    scout_await(scout);
    ck_assert_ptr_null(memory_subject(memory, "ada"));
}
END_TEST

START_TEST(what_was_read_before_all_was_forgotten_is_not_kept)
{
    look_up("ada");
    SubjectState *state = memory_subject(memory, "ada");
    unsigned generation = memory_generation(memory);
    memory_forget(memory);
    memory_hear_subject(memory, generation, state);
    ck_assert(!memory_has(memory, "ada"));
    subject_state_free(state);
    look_up("ada"); /* on a connection that was made since */
    ck_assert_int_eq(version_known("ada"), database_number("select version from webquota.counters"));
}
END_TEST

START_TEST(those_with_overrides_and_strangers_are_left_to_the_batch)
{
    g_free(database_value("insert into webquota.overrides (account_id, subject_id, feature, kind, amount, author, created_at)"
                          " select account_id, id, 'call', 'amount', 5, 'test', now() from webquota.subjects"));
    scout_send(scout, "ada");
    scout_send(scout, "nobody");
    charge("eve", 1);
    look_up("eve"); /* after those two, or with them */
    ck_assert(!memory_has(memory, "ada"));
    ck_assert(!memory_has(memory, "nobody"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scout");
    TCase *tests = tcase_create("scout");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, who_is_sent_for_is_remembered_as_the_row_is);
    tcase_add_test(tests, what_is_known_is_not_overwritten);
    tcase_add_test(tests, what_was_read_before_all_was_forgotten_is_not_kept);
    tcase_add_test(tests, those_with_overrides_and_strangers_are_left_to_the_batch);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
