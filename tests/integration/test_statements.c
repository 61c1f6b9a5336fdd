/* Every statement of sql/queries is accepted by the migrated schema, and by the role that the service has. */
#include "database.h"

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
    g_auto(GStrv) parts = g_strsplit(statements[i].text, "_privilege(", -1);
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
    g_autofree char *statement = rights_statement(), *none = database_value(statement);
    ck_assert_str_eq(none, "");
    ck_assert_int_gt(database_number("select count(*) from (" GIVEN ") g"), 80);
    g_autofree char *each = g_strconcat("create temp table unmissed (given text); do $do$ declare one text; missing text; begin for one in ",
                                        GIVEN, " loop execute 'revoke ' || one || ' from " ROLE "'; execute $check$", statement,
                                        "$check$ into missing; execute 'grant ' || one || ' to " ROLE "';"
                                        " if missing is null then insert into unmissed values (one); end if;"
                                        " end loop; end $do$; select string_agg(given, ', ') from unmissed", NULL);
    g_autofree char *unmissed = database_value(each);
    ck_assert_str_eq(unmissed, "");
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
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
