/* Reports and looking for people by how they stand, as people move between organizations and are given back what they used.
 * Server of its own: what is rolled up is told by transactions' numbers, and those are the server's. */
#include "rolling.h"
#include "waiting.h"

#include "store/admin_import.h"
#include "store/people.h"
#include "store/reports.h"
#include "store/requests.h"
#include "view/report.h"

static const char policy[] =
    "timezone = UTC\n"
    "default_plan = free\n"
    "anonymous_plan = free\n"
    "feature call { title = Call }\n"
    "feature own { title = Own }\n"
    "plan free { limit month { feature = call  amount = 10  window = month }\n"
    "            limit own { feature = own  amount = 1  window = day  on_exceed = queue } }\n";

static Store *fresh(void)
{
    database_fresh(policy);
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                          " 'select timestamptz ''2026-03-15 12:00Z'' + (clock_timestamp() - pg_postmaster_start_time())'"));
    return database_store();
}

static void use(Store *store, const char *subject, int64_t units)
{
    StoreResult result;
    g_autoptr(Answer) answer = ask(store, ASK_CONSUME, subject, "call", NULL, units, &result);
    ck_assert_int_eq(result, STORE_OK);
}

static void roll(Store *store)
{
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    roll_up(rollup, ROLLUP_TURN);
    rollup_close(rollup);
    roll_up_standing(store, ROLLUP_TURN);
}

static void move(Store *store, const char *subject, const char *organization)
{
    const SubjectChange change = { .subject = subject, .organization = organization };
    g_auto(StoreError) error = { 0 };
    bool created;
    json_t *json = NULL;
    ck_assert_msg(admin_subject_set(store, &change, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

static void import(Store *store, const char *subject, const char *organization)
{
    const SubjectChange change = { .subject = subject, .organization = organization };
    g_auto(StoreError) error = { 0 };
    ImportCount counted = { 0 };
    ck_assert_msg(admin_subjects_import(store, &change, 1, "test", false, &counted, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(counted.changed, 1);
}

static json_t *reports(Store *store)
{
    const ReportAsk ask = { .days = 1, .near_pct = 80 };
    g_auto(StoreError) error = { 0 };
    json_t *read = NULL;
    ck_assert_msg(reports_read(store, &ask, &read, &error) == STORE_OK, "%s", error.detail);
    return read;
}

/* "subject organization, …" of a list. */
static char *named(const json_t *list)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        const char *organization = json_string_value(json_object_get(row, "organization"));
        g_string_append_printf(text, "%s%s %s", i ? ", " : "", json_string_value(json_object_get(row, "subject")),
                               organization ? organization : "-");
    }
    return g_string_free(text, FALSE);
}

static void assert_people(Store *store, PeopleFilter filter, const char *expected)
{
    g_auto(StoreError) error = { 0 };
    json_t *list = NULL;
    char *next;
    const PeopleAsked asked = { .filtered = true, .filter = filter };
    ck_assert_msg(people_search(store, &asked, &list, &next, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *found = named(list);
    json_decref(list);
    ck_assert_str_eq(found, expected);
    ck_assert_ptr_null(next);
}

static void assert_reports(Store *store, int people, const char *near, const char *top)
{
    json_t *read = reports(store);
    g_autofree char *found = named(json_object_get(read, "near")), *first = named(json_object_get(read, "people"));
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(read, "about"), "near_people")), people);
    json_decref(read);
    ck_assert_str_eq(found, near);
    ck_assert_str_eq(first, top);
}

/* As of people who have gone to another account with a record that was counted only then. */
static void leave_rows_behind(int count)
{
    g_autofree char *standing = g_strdup_printf(
        "insert into webquota.usage_standing (account_id, subject_id, slot, started, at, id, until, used, amount, pct, day, band)"
        " select -n, n, slot, started, at, id, until, used, amount, 100, day, band"
        "   from (select * from webquota.usage_standing order by pct desc limit 1) s, generate_series(100000, 99999 + %d) n", count);
    g_autofree char *owners = g_strdup_printf(
        "insert into webquota.usage_owners"
        " select -n, n, plan, active_on, active_on, 100, 100, month, 100, 100"
        "   from (select * from webquota.usage_owners where subject_id <> 0 limit 1) o, generate_series(100000, 99999 + %d) n", count);
    g_free(database_value(standing));
    g_free(database_value(owners));
}

START_TEST(who_moves_is_counted_once)
{
    Store *store = fresh();
    use(store, "ada", 9);
    use(store, "ada", 9); /* stopped */
    use(store, "ben", 9);
    use(store, "cat", 1);
    roll(store);
    assert_reports(store, 2, "ada -, ben -", "ada -, ben -, cat -");
    move(store, "ada", "team");
    import(store, "ben", "team");
    assert_reports(store, 2, "ada team, ben team", "ada team, cat -, ben team");
    assert_people(store, PEOPLE_NEAR, "ada team, ben team");
    assert_people(store, PEOPLE_STOPPED, "ada team");
    use(store, "ada", 1);
    roll(store);
    assert_reports(store, 2, "ada team, ben team", "ada team, cat -, ben team");
    ck_assert_int_eq(database_number("select sum(active) from webquota.usage_last"), 3);
    ck_assert_int_eq(database_number("select sum(subjects) from webquota.usage_spread where slot ="
                                     " (select slot from webquota.limits where key = 'month')"), 3);
    move(store, "ada", "");
    assert_reports(store, 2, "ada -, ben team", "ada -, cat -, ben team");
    store_close(store);
}
END_TEST

START_TEST(what_is_not_counted_yet_is_told)
{
    Store *store = fresh();
    use(store, "ada", 1);
    roll(store);
    json_t *read = reports(store), *about = json_object_get(read, "about");
    ck_assert(json_is_null(json_object_get(about, "uncounted_since")) && !report_stale(about));
    json_decref(read);
    clock_at("13:00:00");
    use(store, "ada", 1);
    use(store, "ben", 1);
    clock_at("13:04:59");
    read = reports(store), about = json_object_get(read, "about");
    ck_assert_str_eq(json_string_value(json_object_get(about, "uncounted_since")), "2026-03-15T13:00:00Z");
    ck_assert(!report_stale(about));
    json_decref(read);
    clock_at("13:05:00");
    read = reports(store), about = json_object_get(read, "about");
    ck_assert(report_stale(about));
    json_decref(read);
    roll(store);
    read = reports(store), about = json_object_get(read, "about");
    ck_assert(json_is_null(json_object_get(about, "uncounted_since")) && !report_stale(about));
    json_decref(read);
    store_close(store);
}
END_TEST

START_TEST(what_was_left_behind_is_nobody)
{
    Store *store = fresh();
    use(store, "ada", 9);
    use(store, "ada", 9);
    roll(store);
    leave_rows_behind(100);
    assert_people(store, PEOPLE_NEAR, "ada -");
    assert_people(store, PEOPLE_STOPPED, "ada -");
    assert_reports(store, 1, "ada -", "ada -");
    store_close(store);
}
END_TEST

START_TEST(a_place_in_line_is_imported_too)
{
    Store *store = fresh();
    StoreResult result;
    g_autoptr(Answer) served = ask(store, ASK_CONSUME, "eve", "own", NULL, 1, &result);
    g_autoptr(Answer) waits = ask(store, ASK_CONSUME, "eve", "own", NULL, 1, &result);
    ck_assert_ptr_nonnull(waits->ticket);
    import(store, "eve", "team");
    ck_assert_int_eq(database_number("select count(*) from webquota.tickets t join webquota.subjects s on s.account_id = t.account_id"
                                     " and s.id = t.subject_id join webquota.accounts a on a.id = s.account_id"
                                     " where t.state = 'waiting' and a.organization = 'team'"), 1);
    store_close(store);
}
END_TEST

START_TEST(a_reset_is_reported)
{
    Store *store = fresh();
    use(store, "ada", 9);
    roll(store);
    assert_reports(store, 1, "ada -", "ada -");
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    ck_assert_msg(ledger_reset(store, "ada", "call", "sorry", "test", &done, &error) == STORE_OK, "%s", error.detail);
    roll(store);
    assert_reports(store, 0, "", "ada -");
    assert_people(store, PEOPLE_NEAR, "");
    assert_reports_are_right();
    use(store, "ada", 8);
    roll(store);
    assert_people(store, PEOPLE_NEAR, "ada -");
    assert_reports_are_right();
    store_close(store);
}
END_TEST

/* What a bonus paid is no use of the limit: nobody is past it. */
START_TEST(a_bonus_is_no_use_of_the_limit)
{
    Store *store = fresh();
    const GrantAdd bonus = { .subject = "ada", .feature = "call", .amount = 4, .priority = 100, .effective_at = INSTANT_MIN,
                             .expires_at = INSTANT_MAX, .reason = "test" };
    g_auto(StoreError) error = { 0 };
    json_t *grant = NULL;
    ck_assert_msg(admin_grant_add(store, &bonus, "test", &grant, &error) == STORE_OK, "%s", error.detail);
    json_decref(grant);
    use(store, "ada", 9);
    use(store, "ada", 2); /* one of them from the bonus */
    StoreResult result;
    g_autoptr(Answer) held = ask(store, ASK_HOLD, "ada", "call", NULL, 2, &result);
    ck_assert(result == STORE_OK && answer_allowed(held));
    roll(store);
    assert_reports(store, 1, "ada -", "ada -");
    assert_reports_are_right();
    json_t *read = reports(store);
    const json_t *near = json_array_get(json_object_get(read, "near"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(near, "used")), 10);
    ck_assert_int_eq(json_integer_value(json_object_get(near, "amount")), 10);
    json_decref(read);
    store_close(store);
}
END_TEST

static void request(Store *store, const char *subject, const char *feature)
{
    const RequestAdd add = { .subject = subject, .feature = feature, .kind = REQUEST_INCREASE, .reason = "more" };
    g_auto(StoreError) error = { 0 };
    json_t *made = NULL;
    ck_assert_msg(request_add(store, &add, &made, &error) == STORE_OK, "%s", error.detail);
    json_decref(made);
}

/* Whether it is rolled up already or not. */
START_TEST(a_request_after_a_refusal_is_known_for_one)
{
    Store *store = fresh();
    use(store, "ada", 9);
    use(store, "ada", 9);
    roll(store);
    use(store, "ben", 9);
    use(store, "ben", 9);
    use(store, "cat", 1);
    request(store, "ada", "call");
    request(store, "ben", "call");
    request(store, "cat", "call");
    request(store, "nobody", "call");
    g_autofree char *asked = database_value("select string_agg(subject || ' ' || after_refusal, ', ' order by id) from webquota.requests");
    ck_assert_str_eq(asked, "ada true, ben true, cat false, nobody false");
    json_t *read = reports(store);
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(json_object_get(read, "requests"), 1), "after_refusal")), 2);
    json_decref(read);
    roll(store);
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                          " 'select timestamptz ''2026-03-23 12:00Z'''"));
    request(store, "ada", "own");
    ck_assert_int_eq(database_number("select after_refusal::int from webquota.requests where feature = 'own'"), 0);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reports");
    TCase *tests = tcase_create("reports");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, who_moves_is_counted_once);
    tcase_add_test(tests, what_is_not_counted_yet_is_told);
    tcase_add_test(tests, what_was_left_behind_is_nobody);
    tcase_add_test(tests, a_place_in_line_is_imported_too);
    tcase_add_test(tests, a_reset_is_reported);
    tcase_add_test(tests, a_bonus_is_no_use_of_the_limit);
    tcase_add_test(tests, a_request_after_a_refusal_is_known_for_one);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
