/* Every statement of sql/queries is accepted by the migrated schema, and by the role that the service has. */
#include "asking.h"

#include "store/doctor.h"
#include "store/room.h"

static const struct {
    const char *name, *text;
} statements[] = {
#include "queries.inc"
};

START_TEST(every_statement_can_be_prepared)
{
    g_free(database_value("set client_min_messages = error; drop schema if exists webquota cascade"));
    g_auto(StoreError) error = { 0 };
    ck_assert_msg(migrate_run(database_url(), NULL, NULL, &error) == STORE_OK, "%s", error.detail);
    PGconn *connection = PQconnectdb(database_url());
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (strcmp(statements[i].name, "notes_copy") == 0) /* several statements, among them a COPY: cannot be prepared */
            continue;
        PGresult *result = PQprepare(connection, statements[i].name, statements[i].text, 0, NULL);
        ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", statements[i].name, PQresultErrorMessage(result));
        PQclear(result);
    }
    PQfinish(connection);
}
END_TEST

START_TEST(migrating_twice_changes_nothing)
{
    g_auto(StoreError) error = { 0 };
    ck_assert_int_eq(migrate_run(database_url(), NULL, NULL, &error), STORE_OK);
    ck_assert_int_eq(migrate_run(database_url(), NULL, NULL, &error), STORE_OK);
    ck_assert_int_eq(database_number("select count(*) from webquota.migrations"),
                     database_number("select max(version) from webquota.migrations"));
}
END_TEST

START_TEST(a_month_gets_its_partition_once)
{
    g_free(database_value("select webquota.decisions_make_room('2031-05-05 12:00Z')"));
    g_free(database_value("select webquota.decisions_make_room('2031-05-31 23:59:59Z')"));
    ck_assert_int_eq(database_number("select count(*) from pg_inherits where inhparent = 'webquota.decisions'::regclass"
                                     " and inhrelid::regclass::text like '%decisions_2031_%'"), 3);
}
END_TEST

#define ROLE "webquota_app"

/* What the role may not, by its name here. New string. */
static char *rights_statement(void)
{
    size_t i = 0;
    while (strcmp(statements[i].name, "doctor_rights") != 0)
        i++;
    g_auto(GStrv) parts = g_strsplit(statements[i].text, "_privilege(w.name, ", -1);
    return g_strjoinv("_privilege('" ROLE "', ", parts);
}

/* What migrate gives, each as "insert on webquota.audit". */
#define GIVEN                                                                                                                   \
    "select format('%s%s on webquota.%I', privilege_type, ' (' || column_name || ')', table_name) as given"                     \
    "  from (select privilege_type, null as column_name, table_name from information_schema.table_privileges"                   \
    "         where table_schema = 'webquota' and grantee = '" ROLE "'"                                                         \
    "        union all"                                                                                                         \
    "        select c.privilege_type, c.column_name, c.table_name from information_schema.column_privileges c"                  \
    "         where c.table_schema = 'webquota' and c.grantee = '" ROLE "'"                                                     \
    "           and not exists (select from information_schema.table_privileges t where t.grantee = c.grantee"                  \
    "                 and t.table_schema = 'webquota' and t.table_name = c.table_name and t.privilege_type = c.privilege_type)) g" \
    " where table_name !~ '^decisions_'"

/* Whatever migrate gives is missed when it is not there. */
START_TEST(doctor_knows_all_rights)
{
    g_auto(StoreError) error = { 0 };
    ck_assert_msg(migrate_run(database_url(), ROLE, NULL, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *all = rights_statement(), *statement = g_strdup_printf("select r.string_agg from (%s) r limit 1", all);
    g_autofree char *none = database_value(statement);
    ck_assert_str_eq(none, "");
    ck_assert_int_gt(database_number("select count(*) from (" GIVEN ") g"), 80);
    g_autofree char *each = g_strconcat("set jit = off; create temp table unmissed (given text); do $do$ declare one text; missing text; begin for one in ",
                                        GIVEN, " loop execute 'revoke ' || one || ' from " ROLE "'; execute $check$", statement,
                                        "$check$ into missing; execute 'grant ' || one || ' to " ROLE "';"
                                        " if missing is null then insert into unmissed values (one); end if;"
                                        " end loop; end $do$; select string_agg(given, ', ') from unmissed", NULL);
    g_autofree char *unmissed = database_value(each);
    ck_assert_str_eq(unmissed, "");
    g_free(database_value("revoke execute on function webquota.decisions_make_room from public, " ROLE));
    g_autofree char *no_room = database_value(statement);
    ck_assert_str_eq(no_room, "execute on decisions_make_room");
    ck_assert_msg(migrate_run(database_url(), ROLE, NULL, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *none_again = database_value(statement);
    ck_assert_str_eq(none_again, "");
}
END_TEST

/* --- plans --- */

#define PLAIN "default_plan = free\nfeature call { }\nplan free {\n" \
    "limit day { feature = call  amount = 1000000  window = day }\n" \
    "limit all { feature = call  amount = 1000000  window = day  scope = site } }\n"
/* A decision that looks its rows up takes a fiftieth of this, one that scans an index several times as much. */
#define FAST_US (WATCHED ? 500000 : 6000)
#define WATCHED (g_getenv("WATCH") != NULL)

/* Statements that run thousands of times a second, each with one plan for ever: by which columns a row of a table is looked up.
 * shared_add is none of them: its plan is good from the first time on that autovacuum has been there, and until then it is run only where
 * several processes write the same. */
static const struct {
    const char *query, *table, *columns[3];
} looked_up[] = {
    { "counters_check", "counters", { "account_id", "subject_id" } },
    { "counters_write", "counters", { "account_id", "subject_id" } },
    { "counters_add", "counters", { "account_id", "subject_id" } },
    { "counters_lock", "counters", { "account_id", "subject_id" } },
    { "counters_touch", "counters", { "account_id", "subject_id" } },
    { "shared_check", "shared_counters", { "account_id", "slot", "owner" } },
    { "shared_write", "shared_counters", { "account_id", "slot", "owner" } },
    { "shared_lock", "shared_counters", { "account_id", "slot" } },
    { "shared_read", "shared_counters", { "account_id", "slot" } },
    { "subjects_fetch", "subjects", { "key" } },
    { "subjects_fetch", "counters", { "account_id", "subject_id" } },
    { "subjects_load", "subjects", { "id" } },
    { "subjects_load", "counters", { "account_id", "subject_id" } },
    { "usage_read", "subjects", { "key" } },
    { "usage_read", "counters", { "account_id", "subject_id" } },
    { "usage_read", "shared_counters", { "account_id" } },
};

static const char *statement_text(const char *name)
{
    size_t i = 0;
    while (i < G_N_ELEMENTS(statements) && strcmp(statements[i].name, name) != 0)
        i++;
    ck_assert_msg(i < G_N_ELEMENTS(statements), "no statement %s", name);
    return statements[i].text;
}

/* As the ledger's connections are (store/db.c): one plan, made of what is known of the tables at that time. */
static PGconn *look_up_connection(void)
{
    const char *keys[] = { "dbname", "options", NULL };
    const char *values[] = { database_url(), "-c search_path=pg_catalog -c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off"
                             " -c plan_cache_mode=force_generic_plan -c jit=off", NULL };
    PGconn *connection = PQconnectdbParams(keys, values, 1);
    ck_assert_msg(PQstatus(connection) == CONNECTION_OK, "%s", PQerrorMessage(connection));
    return connection;
}

/* The plan of a statement, a line each. */
static char **plan_of(PGconn *connection, const char *name)
{
    PGresult *result = PQprepare(connection, name, statement_text(name), 0, NULL);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", name, PQresultErrorMessage(result));
    PQclear(result);
    result = PQdescribePrepared(connection, name);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < PQnparams(result); i++)
        g_string_append(text, text->len ? ", null" : "null");
    PQclear(result);
    g_autofree char *explain = g_strdup_printf("explain (costs off) execute %s%s%s%s", name, text->len ? "(" : "", text->str, text->len ? ")" : "");
    result = PQexec(connection, explain);
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s: %s", name, PQresultErrorMessage(result));
    g_string_truncate(text, 0);
    for (int i = 0; i < PQntuples(result); i++)
        g_string_append_printf(text, "%s\n", PQgetvalue(result, i, 0));
    PQclear(result);
    g_autofree char *deallocate = g_strdup_printf("deallocate %s", name);
    PQclear(PQexec(connection, deallocate));
    return g_strsplit(text->str, "\n", -1);
}

/* Of a node of a plan, its condition on an index; NULL: it has none. */
static const char *index_condition(char **node)
{
    for (char **line = node + 1; *line && !strstr(*line, "->"); line++)
        if (strstr(*line, "Index Cond: "))
            return *line;
    return NULL;
}

/* Is every row of the table found by these columns? */
static bool is_looked_up(char **plan, const char *table, const char *const columns[3])
{
    g_autofree char *pattern = g_strdup_printf(" Scan .*\\bon %s\\b", table);
    int scans = 0;
    for (char **line = plan; *line; line++) {
        if (!g_regex_match_simple(pattern, *line, 0, 0))
            continue;
        const char *condition = index_condition(line);
        for (int i = 0; i < 3 && columns[i]; i++)
            if (!condition || !strstr(condition, columns[i]))
                return false;
        scans++;
    }
    return scans > 0;
}

/* Rows that nobody asks about; no table is analysed. */
#define GROWN "30000"
static void tables_grow(void)
{
    g_free(database_value("insert into webquota.subjects (account_id, id, key, anchor, created_at)"
                          " select n, n, 'grown-' || n, now(), now() from generate_series(1000001, 1000000 + " GROWN ") n"));
    g_free(database_value("insert into webquota.counters (account_id, subject_id) select n, n from generate_series(1000001, 1000000 + " GROWN ") n"));
    g_free(database_value("insert into webquota.shared_counters (account_id, slot) select n, 1 from generate_series(1000001, 1000000 + " GROWN ") n"));
}

/* How long a decision takes, in microseconds. */
static int64_t decide_once(Store *store)
{
    StoreResult result;
    int64_t began = g_get_monotonic_time();
    g_autoptr(Answer) answer = ask(store, ASK_CONSUME, "ada", "call", NULL, 1, &result);
    ck_assert_int_eq(result, STORE_OK);
    return g_get_monotonic_time() - began;
}

/* As the first decision leaves the tables, after somebody analysed them while they were empty: by then the plans are made. */
START_TEST(tables_analysed_while_empty_do_not_spoil_plans)
{
    database_fresh(PLAIN);
    g_free(database_value("set client_min_messages = error; analyze"));
    Store *store = database_store();
    decide_once(store);
    store_close(store);
    PGconn *connection = look_up_connection();
    for (size_t i = 0; i < G_N_ELEMENTS(looked_up); i++) {
        g_auto(GStrv) plan = plan_of(connection, looked_up[i].query);
        g_autofree char *shown = g_strjoinv("\n", plan);
        ck_assert_msg(is_looked_up(plan, looked_up[i].table, looked_up[i].columns), "%s does not look up %s by its key:\n%s",
                      looked_up[i].query, looked_up[i].table, shown);
    }
    PQfinish(connection);
}
END_TEST

/* Nor does the ledger, which keeps its plans, get slow with the tables. */
START_TEST(decisions_stay_fast_as_tables_grow)
{
    database_fresh(PLAIN);
    g_free(database_value("set client_min_messages = error; analyze"));
    Store *store = database_store();
    for (int i = 0; i < 4; i++)
        decide_once(store); /* its plans are made now */
    tables_grow();
    int64_t least_us = INT64_MAX, end = g_get_monotonic_time() + 20 * US_PER_S;
    while (least_us > FAST_US && g_get_monotonic_time() < end)
        least_us = MIN(least_us, decide_once(store));
    ck_assert_msg(least_us <= FAST_US, "a decision still takes %" PRId64 " us", least_us);
    store_close(store);
}
END_TEST

static void it_is(const char *when)
{
    g_autofree char *sql = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                                           " 'select timestamptz ''%s'''", when);
    g_free(database_value(sql));
}

static int64_t partitions_of(const char *year)
{
    g_autofree char *sql = g_strdup_printf("select count(*) from pg_inherits where inhparent = 'webquota.decisions'::regclass"
                                           " and inhrelid::regclass::text like '%%decisions_%s_%%'", year);
    return database_number(sql);
}

static void assert_doctor_says(Store *store, DoctorState state, const char *found, const char *advice)
{
    g_autoptr(GPtrArray) findings = NULL;
    ck_assert_int_eq(doctor_run(store, NULL, NULL, &findings), STORE_OK);
    for (guint i = 0; i < findings->len; i++) {
        const DoctorFinding *finding = findings->pdata[i];
        if (strcmp(finding->check, "partitions") != 0)
            continue;
        ck_assert_msg(finding->state == state && strstr(finding->found, found), "%s", finding->found);
        ck_assert_msg(!advice || strstr(finding->advice, advice), "%s", finding->advice);
        return;
    }
    ck_abort_msg("partitions are not looked at");
}

/* Nobody who decides waits for long behind what a service does for the months to come. */
START_TEST(a_service_makes_room)
{
    database_fresh(PLAIN);
    it_is("2033-05-05 12:00Z");
    Store *store = database_store();
    Room *room = room_open(store);
    PGconn *reads = PQconnectdb(database_url());
    PQclear(PQexec(reads, "begin; lock table webquota.decisions in access share mode"));
    int64_t began_us = g_get_monotonic_time(), later_us = room_turn(room);
    ck_assert_int_lt(g_get_monotonic_time() - began_us, database_patience_ms() ? INT64_MAX : 3 * US_PER_S);
    ck_assert_int_eq(partitions_of("2033"), 0);
    ck_assert_int_lt(later_us, 3600 * US_PER_S);
    assert_doctor_says(store, DOCTOR_WARNING, "decisions of 2033-05 have no partition", "run: webquota migrate");
    PQfinish(reads);
    ck_assert_int_gt(room_turn(room), later_us);
    ck_assert_int_eq(partitions_of("2033"), 3);
    StoreResult result;
    g_autoptr(Answer) answer = ask(store, ASK_CONSUME, "ada", "call", NULL, 1, &result);
    ck_assert(answer_allowed(answer));
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions_2033_05"), 1);
    assert_doctor_says(store, DOCTOR_OK, "of 2033-05 and of 2033-06", NULL);
    g_free(database_value("drop table webquota.decisions_2033_06"));
    assert_doctor_says(store, DOCTOR_WARNING, "of 2033-06, the next month, will have no partition", "once a day");
    room_close(room);
    store_close(store);
}
END_TEST

/* Where some of a month are in decisions_rest, it stays so, and the others get theirs. */
START_TEST(a_month_that_is_begun_in_the_rest_stays_there)
{
    database_fresh(PLAIN);
    it_is("2034-05-31 23:59:59Z");
    Store *store = database_store();
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "ada", "call", NULL, 1, &result));
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions_rest"), 1);
    Room *room = room_open(store);
    ck_assert_int_gt(room_turn(room), 3600 * US_PER_S);
    ck_assert_int_eq(partitions_of("2034"), 2);
    assert_doctor_says(store, DOCTOR_WARNING, "decisions of 2034-05 have no partition", "no partition can be made for it any more");
    it_is("2034-06-01 00:00Z");
    assert_doctor_says(store, DOCTOR_OK, "those of 2034-05 are in decisions_rest", NULL);
    room_close(room);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("statements");
    TCase *tests = tcase_create("statements");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_statement_can_be_prepared);
    tcase_add_test(tests, migrating_twice_changes_nothing);
    tcase_add_test(tests, a_month_gets_its_partition_once);
    tcase_add_test(tests, doctor_knows_all_rights);
    tcase_add_test(tests, tables_analysed_while_empty_do_not_spoil_plans);
    tcase_add_test(tests, decisions_stay_fast_as_tables_grow);
    tcase_add_test(tests, a_service_makes_room);
    tcase_add_test(tests, a_month_that_is_begun_in_the_rest_stays_there);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
