/* The audit on a real database: whoever changes it is found out, the service may only add to it, and many at once make one chain. */
#include <glob.h>
#include <pthread.h>
#include <sodium.h>

#include "asking.h"
#include "store/access.h"
#include "store/audit.h"
#include "store/session.h"

#define WRITERS 4
#define EACH 25
#define ROLE "webquota_app"

static const char policy_text[] =
    "default_plan = free  feature call { }  plan free { limit day { feature = call  amount = 2  window = day } }";

static Store *store;

static void change(Store *by, const char *subject, const char *email)
{
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    bool created;
    SubjectChange made = {.subject = subject, .email = email, .reason = "why"};
    ck_assert_msg(admin_subject_set(by, &made, "test", &created, &json, &error) == STORE_OK, "%s", error.detail);
    json_decref(json);
}

/* The policy is the first entry, and these are the next five. */
static void start(void)
{
    ck_assert(sodium_init() >= 0);
    database_fresh(policy_text);
    store = database_store();
    audit_origin_set("192.0.2.7");
    for (int i = 0; i < 5; i++) {
        g_autofree char *email = g_strdup_printf("a%d@example.org", i);
        change(store, "ada", email);
    }
}

static void stop(void)
{
    store_close(store);
}

/* As the owner of everything, who can go around the triggers. */
static void tamper(const char *sql)
{
    g_autofree char *text = g_strdup_printf("alter table webquota.audit disable trigger user; %s", sql);
    g_free(database_value(text));
}

/* "3 changed, 4 missing"; "" when it is whole. New string. */
static char *found(const AuditHead *known)
{
    static const char *const words[] = {"changed", "missing", "added"};
    g_auto(StoreError) error = {0};
    g_auto(AuditVerdict) verdict = {0};
    ck_assert_msg(audit_verify(store, known, &verdict, &error) == STORE_OK, "%s", error.detail);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < verdict.findings->len; i++) {
        const AuditFinding *finding = &g_array_index(verdict.findings, AuditFinding, i);
        g_string_append_printf(out, "%s%" PRId64 " %s", i ? ", " : "", finding->number, words[finding->fault]);
    }
    ck_assert_int_eq(verdict.faults, verdict.findings->len);
    return g_string_free(out, FALSE);
}

#define FOUND(known, expected)                \
    do {                                      \
        g_autofree char *is_ = found(known);  \
        ck_assert_str_eq(is_, expected);      \
    } while (0)

START_TEST(a_chain_that_nobody_touched_is_whole)
{
    FOUND(NULL, "");
    ck_assert_int_eq(database_number("select max(number) from webquota.audit"), 6);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where origin = '192.0.2.7'"), 5);
}
END_TEST

/* What the owner of the database does, and the entries that tell. */
static const struct {
    const char *sql, *found;
} tampered[] = {
    {"update webquota.audit set details = '{\"email\": \"x\"}' where number = 3", "3 changed"},
    {"update webquota.audit set actor = 'somebody else' where number = 1", "1 changed"},
    {"update webquota.audit set at = at + interval '1 microsecond' where number = 6", "6 changed"},
    {"update webquota.audit set origin = null where number = 4", "4 changed"},
    {"update webquota.audit set subject = 'bob', organization = 'x' where number in (2, 5)", "2 changed, 5 changed"},
    {"delete from webquota.audit where number = 1", "1 missing"},
    {"delete from webquota.audit where number = 3", "3 missing"},
    {"delete from webquota.audit where number = 6", "6 missing"},
    {"delete from webquota.audit", "1 missing"},
    /* taken out, and those behind it moved up; or one put between, and those behind it moved down */
    {"delete from webquota.audit where number = 3; update webquota.audit set number = -number where number > 3;"
     "update webquota.audit set number = -number - 1 where number < 0", "3 changed, 4 changed, 5 changed, 6 missing"},
    {"update webquota.audit set number = -number where number > 3; update webquota.audit set number = -number + 1 where number < 0;"
     "insert into webquota.audit (number, at, actor, action, details, hash)"
     " select 4, at, actor, action, details, hash from webquota.audit where number = 3", "4 changed, 5 changed, 6 changed, 7 changed, 7 added"},
    {"insert into webquota.audit (number, at, actor, action, details, hash)"
     " select 0, at, actor, action, details, hash from webquota.audit where number = 3", "0 added"},
    /* one more with a hash that fits */
    {"insert into webquota.audit (number, at, actor, action, details, hash) values (7, now(), 'x', 'y', '{}', sha256(''));"
     "update webquota.audit a set hash = sha256(b.hash || convert_to(webquota.audit_text(a), 'UTF8')) from webquota.audit b"
     " where a.number = 7 and b.number = 6", "7 added"},
    /* two exchanged */
    {"update webquota.audit set number = 100 where number = 3; update webquota.audit set number = 3 where number = 4;"
     "update webquota.audit set number = 4 where number = 100", "3 changed, 4 changed, 5 changed"},
    /* changed with a hash that fits: the next one tells; the last one: the head */
    {"update webquota.audit set actor = 'x' where number = 3;"
     "update webquota.audit a set hash = sha256(b.hash || convert_to(webquota.audit_text(a), 'UTF8')) from webquota.audit b"
     " where a.number = 3 and b.number = 2", "4 changed"},
    {"update webquota.audit set actor = 'x' where number = 6;"
     "update webquota.audit a set hash = sha256(b.hash || convert_to(webquota.audit_text(a), 'UTF8')) from webquota.audit b"
     " where a.number = 6 and b.number = 5", "6 changed"},
    {"update webquota.audit_head set number = 4, hash = (select hash from webquota.audit where number = 4)", "5 added"},
    {"delete from webquota.audit_head", "1 added"},
};

START_TEST(what_the_owner_of_the_database_does_to_it_is_found)
{
    tamper("create table webquota.kept as select * from webquota.audit; create table webquota.kept_head as select * from webquota.audit_head");
    for (size_t i = 0; i < G_N_ELEMENTS(tampered); i++) {
        tamper(tampered[i].sql);
        FOUND(NULL, tampered[i].found);
        tamper("delete from webquota.audit; delete from webquota.audit_head;"
               "insert into webquota.audit overriding system value select * from webquota.kept;"
               "insert into webquota.audit_head select * from webquota.kept_head");
        FOUND(NULL, "");
    }
}
END_TEST

START_TEST(a_chain_that_was_written_anew_is_told_by_an_entry_that_was_kept)
{
    g_auto(StoreError) error = {0};
    AuditHead known;
    ck_assert_int_eq(audit_head(store, &known, &error), STORE_OK);
    ck_assert_int_eq(known.number, 6);
    tamper("update webquota.audit set actor = 'x' where number = 3;"
           "do $$ declare a webquota.audit; last bytea := (select hash from webquota.audit where number = 2); begin"
           " for a in select * from webquota.audit where number > 2 order by number loop"
           " last := sha256(last || convert_to(webquota.audit_text(a), 'UTF8'));"
           " update webquota.audit set hash = last where number = a.number; end loop;"
           " update webquota.audit_head set hash = last; end $$");
    FOUND(NULL, "");
    FOUND(&known, "6 changed");
    tamper("delete from webquota.audit where number > 4;"
           "update webquota.audit_head set number = 4, hash = (select hash from webquota.audit where number = 4)");
    FOUND(NULL, "");
    FOUND(&known, "5 missing");
}
END_TEST

/* What the database says to this; NULL: it does it. New string. */
static char *refused(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    char *state = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? NULL : g_strdup(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    PQclear(result);
    return state;
}

static const char *const attempts[] = {
    "update webquota.audit set actor = 'x' where number = 3", "delete from webquota.audit where number = 3", "truncate webquota.audit",
};

START_TEST(nobody_changes_an_entry_by_the_way)
{
    PGconn *connection = PQconnectdb(database_url());
    for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
        g_autofree char *state = refused(connection, attempts[i]);
        ck_assert_msg(state && strcmp(state, "42501") == 0, "%s: %s", attempts[i], state ? state : "done");
    }
    PQfinish(connection);
    FOUND(NULL, "");
}
END_TEST

/* The role of the service adds, whatever it says the number and the hash are; it does nothing else, and turns nothing off. */
START_TEST(the_role_of_the_service_only_adds)
{
    static const char *const more[] = {
        "update webquota.audit_head set number = 1", "delete from webquota.audit_head", "insert into webquota.audit_head values (false, 1, '')",
        "alter table webquota.audit disable trigger all", "set session_replication_role = replica", "drop trigger audit_keep on webquota.audit",
        "create or replace function webquota.audit_text(a webquota.audit) returns text language sql as 'select 1::text'",
    };
    g_auto(StoreError) error = {0};
    const char *app = g_getenv("DATABASE_URL_APP");
    ck_assert_msg(app && *app, "DATABASE_URL_APP must name the same database, as the role of the service; make test does");
    ck_assert_msg(migrate_run(database_url(), ROLE, NULL, &error) == STORE_OK, "%s", error.detail);
    PGconn *connection = PQconnectdb(app);
    for (size_t i = 0; i < G_N_ELEMENTS(attempts) + G_N_ELEMENTS(more); i++) {
        const char *sql = i < G_N_ELEMENTS(attempts) ? attempts[i] : more[i - G_N_ELEMENTS(attempts)];
        g_autofree char *state = refused(connection, sql);
        ck_assert_msg(state && strcmp(state, "42501") == 0, "%s: %s", sql, state ? state : "done");
    }
    g_autofree char *forged = refused(connection, "insert into webquota.audit (number, at, actor, action, details, hash)"
                                                  " values (3, '2001-01-01', 'x', 'y', '{}', sha256('')), (-1, '2001-01-01', 'x', 'y', '{}', null)");
    ck_assert_ptr_null(forged);
    PQfinish(connection);
    FOUND(NULL, "");
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where actor = 'x' and number in (7, 8) and at > '2002-01-01'"), 2);
}
END_TEST

/* As another process: a store of its own. */
static void *write_many(void *data)
{
    Store *own = database_store();
    for (int i = 0; i < EACH; i++) {
        g_autofree char *email = g_strdup_printf("%d@example.org", i);
        change(own, data, email);
    }
    store_close(own);
    return NULL;
}

START_TEST(many_at_once_make_one_chain)
{
    static char names[WRITERS][8];
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        g_snprintf(names[i], sizeof names[i], "w%d", i);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, names[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    FOUND(NULL, "");
    ck_assert_int_eq(database_number("select max(number) from webquota.audit"), 6 + WRITERS * EACH);
    ck_assert_int_eq(database_number("select count(*) from (select at < lag(at) over (order by number) as back from webquota.audit) a where back"), 0);
}
END_TEST

/* Neither is there without the other, whatever is killed in between. */
START_TEST(a_refund_and_its_entry_are_one_transaction)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    StoreResult result;
    g_autoptr(Answer) answer = ask(store, ASK_CONSUME, "ada", "call", NULL, 2, &result);
    ck_assert(result == STORE_OK && answer_allowed(answer));
    ck_assert_msg(access_refund(store, answer->id, 1, "sorry", "boss", &done, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit a join webquota.decisions d on d.kind = 'refund' and a.xmin = d.xmin"
                                     " where a.action = 'decision.refund' and a.actor = 'boss' and a.subject = 'ada' and a.origin = '192.0.2.7'"
                                     "   and a.details ->> 'reason' = 'sorry' and a.details ->> 'units' = '1'"), 1);
    ck_assert_int_eq(access_refund(store, answer->id, 2, "sorry", "boss", &done, &error), STORE_CONFLICT);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'decision.refund'"), 1);
    FOUND(NULL, "");
}
END_TEST

/* Whoever's request it is that finds a change due, or whatever bulk. */
START_TEST(what_was_scheduled_does_not_come_from_who_looks)
{
    g_auto(StoreError) error = {0};
    g_autofree char *text = g_strconcat(policy_text, "  feature more { }", NULL), *why = NULL;
    g_autoptr(Policy) later = policy_load(text, "test", &why), seen = NULL;
    const PolicyChange change = {.author = "boss", .reason = "later", .effective_at = store_now(store) + 3600 * US_PER_S};
    int version;
    bool changed;
    ck_assert_msg(policy_change(store, later, &change, &version, &changed, &error) == STORE_OK, "%s", error.detail);
    g_free(database_value("update webquota.policies set effective_at = now() - interval '1 second' where state = 'scheduled'"));
    Store *other = database_store();
    audit_bulk_set(7);
    ck_assert_msg(store_policy(other, &seen, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(audit_bulk(), 7);
    audit_bulk_set(0);
    ck_assert_int_eq(seen->version, version);
    store_close(other);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'policy.apply' and actor = 'boss' and origin = 'schedule'"
                                     " and not details ? 'bulk'"), 1);
    ck_assert_str_eq(audit_origin(), "192.0.2.7");
}
END_TEST

/* Entries of before the chain. */
START_TEST(the_change_of_the_schema_chains_what_is_there)
{
    g_autofree char *sql = NULL;
    glob_t files;
    ck_assert(glob("sql/0*_audit.sql", 0, NULL, &files) == 0 && files.gl_pathc == 1);
    ck_assert(g_file_get_contents(files.gl_pathv[0], &sql, NULL, NULL));
    globfree(&files);
    tamper("drop table webquota.audit_head cascade; drop function webquota.audit_text(webquota.audit) cascade;"
           "delete from webquota.audit where id = 4; drop trigger audit_chain on webquota.audit; drop trigger audit_head_move on webquota.audit;"
           "drop trigger audit_keep on webquota.audit; drop trigger audit_keep_all on webquota.audit;"
           "drop function webquota.audit_chain(); drop function webquota.audit_head_move(); drop function webquota.audit_keep();"
           "alter table webquota.audit drop column number, drop column origin, drop column hash");
    g_autofree char *text = g_strconcat("drop index if exists webquota.audit_actor, webquota.audit_subject, webquota.audit_organization,"
                                        " webquota.audit_action, webquota.audit_at, webquota.audit_actor_subject;", sql, NULL);
    g_free(database_value(text));
    FOUND(NULL, "");
    change(store, "ada", "last@example.org");
    FOUND(NULL, "");
    ck_assert_int_eq(database_number("select max(number) from webquota.audit"), 6);
}
END_TEST

/* The entry of that number, in the form of the API. */
static json_t *entry(const char *subject)
{
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more;
    AuditAsked asked = {.subject = subject, .from = INSTANT_MIN, .to = INSTANT_MAX};
    ck_assert_msg(audit_list(store, &asked, 1, &list, &more, &error) == STORE_OK, "%s", error.detail);
    json_t *first = json_incref(json_array_get(list, 0));
    json_decref(list);
    return first;
}

START_TEST(an_entry_says_what_was_and_what_became)
{
    json_t *one = entry("ada");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(one, "old"), "email")), "a3@example.org");
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(one, "new"), "email")), "a4@example.org");
    ck_assert_str_eq(json_string_value(json_object_get(one, "reason")), "why");
    ck_assert_ptr_null(json_object_get(json_object_get(one, "new"), "reason"));
    json_decref(one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audit");
    TCase *cases = tcase_create("audit");
    tcase_add_checked_fixture(cases, start, stop);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_chain_that_nobody_touched_is_whole);
    tcase_add_test(cases, what_the_owner_of_the_database_does_to_it_is_found);
    tcase_add_test(cases, a_chain_that_was_written_anew_is_told_by_an_entry_that_was_kept);
    tcase_add_test(cases, nobody_changes_an_entry_by_the_way);
    tcase_add_test(cases, the_role_of_the_service_only_adds);
    tcase_add_test(cases, many_at_once_make_one_chain);
    tcase_add_test(cases, a_refund_and_its_entry_are_one_transaction);
    tcase_add_test(cases, what_was_scheduled_does_not_come_from_who_looks);
    tcase_add_test(cases, the_change_of_the_schema_chains_what_is_there);
    tcase_add_test(cases, an_entry_says_what_was_and_what_became);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
