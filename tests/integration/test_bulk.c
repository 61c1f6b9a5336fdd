/* Bulks against a real PostgreSQL: who is chosen stays as it was confirmed, each is changed once though processes are killed or two act at
 * once, and what cannot be made says why. */
#include "asking.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "say/say.h"
#include "store/admin_import.h"
#include "store/bulk.h"

#define PEOPLE 60

static const char policy[] =
    "default_plan = free\n"
    "feature call { title = Calls }\n"
    "plan free { rank = 1  limit day { feature = call  amount = 10  window = day } }\n"
    "plan pro { rank = 2  limit day { feature = call  amount = 100  window = day } }\n";
static const char policy_without_pro[] =
    "default_plan = free\n"
    "feature call { title = Calls }\n"
    "plan free { rank = 1  limit day { feature = call  amount = 10  window = day } }\n";

static void fresh(Store **store)
{
    database_fresh(policy);
    *store = database_store();
    g_auto(StoreError) error = { 0 };
    SubjectChange people[PEOPLE] = { 0 };
    char keys[PEOPLE][8];
    ImportCount counted = { 0 };
    for (int i = 0; i < PEOPLE; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "p-%03d", i);
        people[i].subject = keys[i];
    }
    ck_assert_msg(admin_subjects_import(*store, people, PEOPLE, "test", false, &counted, &error) == STORE_OK, "%s", error.detail);
}

static BulkAsk ask_of(BulkKind kind)
{
    return (BulkAsk){ .who = { .text = "p-" }, .kind = kind, .feature = "call", .override_kind = OVERRIDE_AMOUNT, .amount = 7,
                      .expires_at = INSTANT_MAX, .plan = "pro", .reason = "a fair" };
}

static char *begin_with(Store *store, const BulkAsk *ask, const char *once, StoreResult wanted)
{
    g_auto(StoreError) error = { 0 };
    g_auto(BulkFound) found = { 0 };
    json_t *json = NULL;
    ck_assert_msg(bulk_look(store, ask, &found, &error) == STORE_OK, "%s", error.detail);
    ck_assert_int_eq(bulk_add(store, ask, &found, once, "test", &json, &error), wanted);
    char *id = g_strdup(json_string_value(json_object_get(json, "bulk")));
    json_decref(json);
    return id;
}

static char *begin(Store *store, BulkKind kind)
{
    const BulkAsk ask = ask_of(kind);
    return begin_with(store, &ask, NULL, STORE_OK);
}

/* As if whoever has the lease had let it run out. */
static void free_lease(void)
{
    g_free(database_value("update webquota.leases set until = '-infinity' where name = 'bulk'"));
}

static void work(Store *store)
{
    g_auto(StoreError) error = { 0 };
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest;
    do {
        ck_assert_msg(bulk_turn(store, &lease, &rest, &error) == STORE_OK, "%s", error.detail);
        ck_assert_int_ne(rest, BULK_REST_ELSEWHERE);
    } while (rest != BULK_REST_IDLE);
    lease_leave(store, &lease);
    lease_clear(&lease);
}

static void assert_bulk(Store *store, const char *id, const char *state, int64_t done, int64_t failed, int64_t left)
{
    g_auto(StoreError) error = { 0 };
    json_t *bulk = NULL;
    ck_assert_msg(bulk_get(store, id, &bulk, &error) == STORE_OK, "%s", error.detail);
    ck_assert_str_eq(json_string_value(json_object_get(bulk, "state")), state);
    ck_assert_int_eq(json_integer_value(json_object_get(bulk, "done")), done);
    ck_assert_int_eq(json_integer_value(json_object_get(bulk, "failed")), failed);
    ck_assert_int_eq(json_integer_value(json_object_get(bulk, "left")), left);
    json_decref(bulk);
}

/* Everybody has one entry of the audit that names the bulk, and nobody two. */
static void assert_audited_once(const char *id, const char *action)
{
    g_autofree char *entries = g_strdup_printf("select count(*) from webquota.audit where action = '%s' and details ->> 'bulk' = '%s'"
                                               " and details ->> 'reason' = 'a fair'", action, id);
    g_autofree char *people = g_strdup_printf("select count(distinct subject) from webquota.audit where action = '%s' and details ->> 'bulk' = '%s'",
                                              action, id);
    ck_assert_int_eq(database_number(entries), PEOPLE);
    ck_assert_int_eq(database_number(people), PEOPLE);
}

START_TEST(those_found_are_shown_and_stay_who_they_were)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    g_auto(BulkFound) found = { 0 };
    BulkAsk ask = ask_of(BULK_SUSPEND);
    g_free(database_value("update webquota.subjects set suspended = true where key < 'p-010'"));
    ck_assert_int_eq(bulk_look(store, &ask, &found, &error), STORE_OK);
    ck_assert_int_eq(found.subjects->len, PEOPLE);
    ck_assert_int_eq(found.changed, PEOPLE - 10);
    ck_assert_int_eq(json_array_size(found.first), BULK_SHOWN);
    ck_assert_int_eq(database_number("select count(*) from webquota.bulks"), 0);
    g_autofree char *id = begin(store, BULK_SUSPEND);
    json_t *json = NULL;
    bool created;
    ck_assert_int_eq(admin_subject_set(store, &(SubjectChange){ .subject = "p-late" }, "test", &created, &json, &error), STORE_OK);
    json_decref(json);
    work(store);
    assert_bulk(store, id, "done", PEOPLE, 0, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.subjects where suspended"), PEOPLE);
    ck_assert_int_eq(database_number("select count(*) from webquota.subjects where suspended and key = 'p-late'"), 0);
    assert_audited_once(id, "subject.update");
    store_close(store);
}
END_TEST

/* All whom the page of people shows for that, page by page, each with a blank behind. */
static char *shown_by_pages(Store *store, PeopleAsked asked)
{
    GString *all = g_string_new(NULL);
    g_autofree char *after = NULL;
    do {
        g_auto(StoreError) error = { 0 };
        json_t *list = NULL;
        char *next = NULL;
        asked.after = after;
        ck_assert_msg(people_search(store, &asked, &list, &next, &error) == STORE_OK, "%s", error.detail);
        for (size_t i = 0; i < json_array_size(list); i++)
            g_string_append_printf(all, "%s ", json_string_value(json_object_get(json_array_get(list, i), "subject")));
        json_decref(list);
        g_free(after);
        after = next;
    } while (after);
    return g_string_free(all, FALSE);
}

static char *found_by_bulk(Store *store, const PeopleAsked *asked, char seen[33])
{
    g_auto(StoreError) error = { 0 };
    g_auto(BulkFound) found = { 0 };
    BulkAsk ask = ask_of(BULK_SUSPEND);
    GString *all = g_string_new(NULL);
    ask.who = *asked;
    ck_assert_msg(bulk_look(store, &ask, &found, &error) == STORE_OK, "%s", error.detail);
    for (guint i = 0; i < found.subjects->len; i++)
        g_string_append_printf(all, "%s ", (char *)g_ptr_array_index(found.subjects, i));
    memcpy(seen, found.seen, sizeof found.seen);
    return g_string_free(all, FALSE);
}

static int words_in(const char *text)
{
    int words = 0;
    for (; *text; text++)
        words += *text == ' ';
    return words;
}

START_TEST(whatever_the_page_of_people_shows_is_found_whole)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    bool created;
    for (int i = 0; i < 5; i++) {
        g_autofree char *subject = g_strdup_printf("p-%03d", i * 10);
        const SubjectChange change = { .subject = subject, .organization = "gym", .plan = "pro",
                                       .email = i % 2 ? NULL : "p@example.org", .reason = "test" };
        json_t *json = NULL;
        ck_assert_msg(admin_subject_set(store, &change, i ? "key:7" : "key:8", &created, &json, &error) == STORE_OK, "%s", error.detail);
        json_decref(json);
    }
    g_free(database_value("insert into webquota.api_keys (id, name, hash, scopes, created_at) values (7, 'Door', 'x', 4, now())"));
    g_free(database_value("update webquota.subjects set suspended = true where key >= 'p-020'"));
    const struct {
        PeopleAsked asked;
        int people;
    } rows[] = { { { .text = "" }, PEOPLE }, { { .text = "p-0" }, PEOPLE }, { { .filtered = true, .filter = PEOPLE_SUSPENDED }, 40 },
                 { { .plan = "pro" }, 5 }, { { .plan = "free" }, 55 }, { { .organization = "gym" }, 5 }, { { .key = "7" }, 4 },
                 { { .text = "p-05", .filtered = true, .filter = PEOPLE_SUSPENDED }, 10 },
                 { { .text = "p-0", .plan = "free" }, 55 }, { { .text = "P@", .organization = "gym" }, 3 },
                 { { .plan = "pro", .filtered = true, .filter = PEOPLE_SUSPENDED }, 3 },
                 { { .organization = "gym", .key = "door", .filtered = true, .filter = PEOPLE_SUSPENDED }, 3 },
                 { { .text = "p-", .plan = "pro", .organization = "gym", .key = "wq_7", .filtered = true, .filter = PEOPLE_SUSPENDED }, 3 },
                 { { .text = "zoe", .plan = "pro" }, 0 }, { { .organization = "none" }, 0 } };
    char last[33] = "";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char seen[33], again[33];
        g_autofree char *pages = shown_by_pages(store, rows[i].asked), *found = found_by_bulk(store, &rows[i].asked, seen);
        g_free(found_by_bulk(store, &rows[i].asked, again));
        ck_assert_str_eq(found, pages);
        ck_assert_msg(words_in(found) == rows[i].people, "row %zu: %s", i, found);
        ck_assert_str_eq(seen, again);
        ck_assert(i < 2 || i == 11 || i == 12 || i == 14 || strcmp(seen, last) != 0);
        memcpy(last, seen, sizeof seen);
    }
    store_close(store);
}
END_TEST

static char *undo_for(Store *store, const char *id, int64_t possible, const char *reason, StoreResult wanted)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    StoreResult result = bulk_undo(store, id, possible, reason, "test", &json, &error);
    ck_assert_msg(result == wanted, "%d: %s", (int)result, error.detail);
    char *made = g_strdup(json_string_value(json_object_get(json, "bulk")));
    json_decref(json);
    return made;
}

/* A process that works until it is killed. */
static pid_t worker_begin(void)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid)
        return pid;
    Store *store = database_store();
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest = BULK_REST_MORE;
    g_auto(StoreError) error = { 0 };
    while (rest != BULK_REST_IDLE && bulk_turn(store, &lease, &rest, &error) == STORE_OK)
        continue;
    _exit(0);
}

static int64_t waiting(void)
{
    return database_number("select count(*) from webquota.bulk_items where state = 'waiting'");
}

/* On a connection that is there: to make one may take longer than all of the work. */
static int64_t waiting_by(PGconn *connection)
{
    PGresult *result = PQexec(connection, "select count(*) from webquota.bulk_items where state = 'waiting'");
    ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
    int64_t count = g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return count;
}

/* Kills one after the other in the middle; what is left is done here. */
static void be_killed_all_along(Store *store)
{
    int killed = 0;
    PGconn *looks = PQconnectdb(database_url());
    for (int64_t before = waiting_by(looks); before > 0 && killed < 4; before = waiting_by(looks)) {
        free_lease();
        pid_t pid = worker_begin();
        while (waiting_by(looks) > before - 3 && waitpid(pid, NULL, WNOHANG) == 0)
            continue;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        killed++;
    }
    PQfinish(looks);
    ck_assert_int_ge(killed, 2);
    free_lease();
    work(store);
}

START_TEST(each_is_given_once_though_workers_are_killed)
{
    Store *store;
    fresh(&store);
    g_autofree char *id = begin(store, BULK_BONUS);
    be_killed_all_along(store);
    assert_bulk(store, id, "done", PEOPLE, 0, 0);
    assert_audited_once(id, "grant.add");
    ck_assert_int_eq(database_number("select count(*) from webquota.grants"), PEOPLE);
    ck_assert_int_eq(database_number("select count(distinct subject_id) from webquota.grants where amount = 7"), PEOPLE);
    store_close(store);
}
END_TEST

START_TEST(each_is_reset_once_though_workers_are_killed)
{
    Store *store;
    fresh(&store);
    for (int i = 0; i < PEOPLE; i++) {
        g_autofree char *key = g_strdup_printf("p-%03d", i);
        StoreResult result;
        answer_unref(ask(store, ASK_CONSUME, key, "call", NULL, 3, &result));
        ck_assert_int_eq(result, STORE_OK);
    }
    g_autofree char *id = begin(store, BULK_RESET);
    be_killed_all_along(store);
    assert_bulk(store, id, "done", PEOPLE, 0, 0);
    assert_audited_once(id, "usage.reset");
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind = 'reset'"), PEOPLE);
    ck_assert_int_eq(database_number("select coalesce(sum(used), 0) from webquota.counter_values"), 0);
    assert_journal_is_whole();
    g_autofree char *undoing = undo_for(store, id, -1, "a fair", STORE_OK);
    be_killed_all_along(store);
    assert_bulk(store, undoing, "done", PEOPLE, 0, 0);
    assert_audited_once(undoing, "usage.restore");
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind = 'reset'"), 2 * PEOPLE);
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values"), 3 * PEOPLE);
    assert_journal_is_whole();
    store_close(store);
}
END_TEST

/* Somebody who takes the lease again and again, whoever has it. */
static void *snatch(void *data)
{
    Store *store = data;
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest = BULK_REST_MORE;
    g_auto(StoreError) error = { 0 };
    while (rest != BULK_REST_IDLE) {
        free_lease();
        if (bulk_turn(store, &lease, &rest, &error) != STORE_OK)
            ck_abort_msg("%s", error.detail);
    }
    lease_clear(&lease);
    return NULL;
}

static void be_done_by_two(BulkKind kind, const char *action)
{
    Store *stores[2];
    pthread_t threads[2];
    fresh(&stores[0]);
    stores[1] = database_store();
    g_autofree char *id = begin(stores[0], kind);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, snatch, stores[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_bulk(stores[0], id, "done", PEOPLE, 0, 0);
    assert_audited_once(id, action);
    for (int i = 0; i < 2; i++)
        store_close(stores[i]);
}

START_TEST(two_who_act_at_once_change_each_once)
{
    be_done_by_two(BULK_OVERRIDE, "override.add");
    ck_assert_int_eq(database_number("select count(*) from webquota.overrides where amount = 7 and removed_at is null"), PEOPLE);
    be_done_by_two(BULK_RESET, "usage.reset");
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions where kind = 'reset'"), PEOPLE);
}
END_TEST

START_TEST(who_is_left_when_it_is_stopped_stays)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    g_autofree char *id = begin(store, BULK_PLAN);
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest;
    json_t *json = NULL;
    ck_assert_int_eq(bulk_turn(store, &lease, &rest, &error), STORE_OK);
    ck_assert_int_eq(rest, BULK_REST_MORE);
    int64_t left = waiting(), done = PEOPLE - left;
    ck_assert_int_gt(left, 0);
    ck_assert_int_gt(done, 0);
    ck_assert_int_eq(bulk_stop(store, id, "test", &json, &error), STORE_OK);
    json_decref(json);
    ck_assert_int_eq(bulk_stop(store, id, "test", &json, &error), STORE_CONFLICT);
    work(store);
    assert_bulk(store, id, "stopped", done, 0, left);
    ck_assert_int_eq(database_number("select count(*) from webquota.subjects where plan = 'pro'"), done);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'bulk.stop'"), 1);
    lease_clear(&lease);
    store_close(store);
}
END_TEST

START_TEST(what_cannot_be_made_any_more_says_why)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    g_autofree char *id = begin(store, BULK_PLAN), *why = NULL;
    g_autoptr(Policy) without = policy_load(policy_without_pro, "test", &why);
    int version;
    bool changed;
    ck_assert_msg(without != NULL, "%s", why);
    ck_assert_int_eq(policy_apply(store, without, "test", NULL, &version, &changed, &error), STORE_OK);
    work(store);
    assert_bulk(store, id, "done", 0, PEOPLE, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.bulk_items where why = 'there is no plan pro'"), PEOPLE);
    BulkAsk ask = ask_of(BULK_PLAN);
    g_auto(BulkFound) found = { 0 };
    ck_assert_int_eq(bulk_look(store, &ask, &found, &error), STORE_INVALID);
    ck_assert_str_eq(error.field, "plan");
    store_close(store);
}
END_TEST

static void assert_why(const char *bulk, const char *subject, const char *why)
{
    g_autofree char *sql = g_strdup_printf("select why from webquota.bulk_items where bulk_id = %s and state = 'failed' and subject = '%s'", bulk, subject);
    g_autofree char *said = database_value(sql);
    ck_assert_str_eq(said, why);
}

/* The database will not have p-005 changed, with this state of an error. */
static void refuse(const char *state)
{
    g_autofree char *sql = g_strdup_printf(
        "create or replace function webquota.refuse() returns trigger language plpgsql as $$ begin"
        " if new.key = 'p-005' then raise exception 'not this one' using errcode = '%s'; end if; return new; end $$;"
        " create or replace trigger refuse before update on webquota.subjects for each row execute function webquota.refuse()", state);
    g_free(database_value(sql));
}

START_TEST(who_cannot_be_changed_holds_up_nobody)
{
    Store *store;
    fresh(&store);
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, "p-002", "call", NULL, 3, &result));
    g_free(database_value("update webquota.counters set rolling = '{1,2}', version = version + 1 where subject_id ="
                          " (select id from webquota.subjects where key = 'p-002')"));
    refuse("23514");
    g_autofree char *reset = begin(store, BULK_RESET), *plan = begin(store, BULK_PLAN), *bonus = begin(store, BULK_BONUS);
    work(store);
    assert_bulk(store, reset, "done", PEOPLE - 1, 1, 0);
    assert_bulk(store, plan, "done", PEOPLE - 1, 1, 0);
    assert_bulk(store, bonus, "done", PEOPLE, 0, 0);
    assert_why(reset, "p-002", SAY_COUNTERS_UNREADABLE);
    assert_why(plan, "p-005", "the database refuses it: not this one");
    ck_assert_int_eq(database_number("select count(*) from webquota.subjects where plan = 'pro'"), PEOPLE - 1);
    store_close(store);
}
END_TEST

/* What a database has no room or no right for now is nobody's own, and goes on when that is over. */
START_TEST(nobody_is_to_blame_for_the_database)
{
    static const char *const states[] = { "53100", "42501", "57014" };
    Store *store;
    fresh(&store);
    refuse(states[_i]);
    g_autofree char *plan = begin(store, BULK_PLAN);
    g_auto(StoreError) error = { 0 };
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest;
    for (int turn = 0; turn < 3; turn++)
        ck_assert_int_eq(bulk_turn(store, &lease, &rest, &error), STORE_DOWN);
    ck_assert(!error.only_this);
    assert_bulk(store, plan, "running", 5, 0, PEOPLE - 5);
    g_free(database_value("drop trigger refuse on webquota.subjects"));
    lease_leave(store, &lease);
    lease_clear(&lease);
    work(store);
    assert_bulk(store, plan, "done", PEOPLE, 0, 0);
    store_close(store);
}
END_TEST

/* As a newer program would write it: a kind, or a member of the change, that this one has never heard of. */
START_TEST(what_only_a_newer_program_can_make_holds_up_nobody)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    json_t *list = NULL;
    bool more;
    g_autofree char *kind = begin(store, BULK_SUSPEND), *member = begin(store, BULK_BONUS), *how = begin(store, BULK_OVERRIDE),
                    *ours = begin(store, BULK_PLAN);
    g_free(database_value("alter table webquota.bulks drop constraint bulks_what_check"));
    g_autofree char *sql = g_strdup_printf("update webquota.bulks set what = case id when %s then 'merge' else what end,"
                                           " change = case id when %s then change || '{\"every\": \"28 day\"}'"
                                           " when %s then change || '{\"kind\": \"per_seat\"}' else change end", kind, member, how);
    g_free(database_value(sql));
    work(store);
    assert_bulk(store, ours, "done", PEOPLE, 0, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.grants") + database_number("select count(*) from webquota.overrides"), 0);
    const char *const newer[] = { how, member, kind };
    ck_assert_int_eq(bulk_list(store, NULL, &list, &more, &error), STORE_OK);
    ck_assert_int_eq(json_array_size(list), 4);
    ck_assert(!more);
    for (size_t i = 0; i < 4; i++) {
        const json_t *bulk = json_array_get(list, i);
        ck_assert_str_eq(json_string_value(json_object_get(bulk, "bulk")), i ? newer[i - 1] : ours);
        ck_assert_int_eq(json_is_true(json_object_get(bulk, "known")), i == 0);
    }
    json_decref(list);
    for (size_t i = 0; i < 3; i++) {
        assert_bulk(store, newer[i], "running", 0, 0, PEOPLE);
        ck_assert_int_eq(bulk_stop(store, newer[i], "test", &list, &error), STORE_OK);
        json_decref(list);
    }
    store_close(store);
}
END_TEST

START_TEST(they_are_listed_page_by_page)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    bool more = true;
    int64_t last = INT64_MAX;
    int seen = 0;
    g_autofree char *first = begin(store, BULK_SUSPEND);
    g_free(database_value("insert into webquota.bulks (what, change, chosen, people, reason, actor, created_at, state, ended_at)"
                          " select 'reset', '{}', '{\"organization\": \"gym\"}', 1, 'x', 'test', now(), 'done', now() from generate_series(1, 120)"));
    for (g_autofree char *before = NULL; more;) {
        json_t *list = NULL;
        ck_assert_int_eq(bulk_list(store, before, &list, &more, &error), STORE_OK);
        for (size_t i = 0; i < json_array_size(list); i++, seen++) {
            int64_t id = g_ascii_strtoll(json_string_value(json_object_get(json_array_get(list, i), "bulk")), NULL, 10);
            ck_assert_int_lt(id, last);
            last = id;
        }
        g_free(before);
        before = g_strdup_printf("%" PRId64, last);
        json_decref(list);
    }
    ck_assert_int_eq(seen, 121);
    ck_assert_int_eq(last, g_ascii_strtoll(first, NULL, 10));
    store_close(store);
}
END_TEST

START_TEST(the_same_sent_twice_is_made_once)
{
    Store *store;
    fresh(&store);
    BulkAsk ask = ask_of(BULK_BONUS);
    g_autofree char *id = begin_with(store, &ask, "key", STORE_OK), *again = begin_with(store, &ask, "key", STORE_OK);
    ck_assert_str_eq(id, again);
    ask.amount = 8;
    g_autofree char *other = begin_with(store, &ask, "key", STORE_CONFLICT);
    ck_assert_ptr_null(other);
    ask.who.text = "nobody";
    g_autofree char *nobody = begin_with(store, &ask, NULL, STORE_INVALID);
    ck_assert_ptr_null(nobody);
    ck_assert_int_eq(database_number("select count(*) from webquota.bulks"), 1);
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'bulk.run'"), 1);
    store_close(store);
}
END_TEST

/* --- undone as a whole --- */

static json_t *looked_at(Store *store, const char *id)
{
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    ck_assert_msg(bulk_undo_look(store, id, &json, &error) == STORE_OK, "%s", error.detail);
    return json;
}

/* {possible, and for each why how many}, as "57: a 2; b 1". */
static char *told(Store *store, const char *id)
{
    json_t *json = looked_at(store, id), *one;
    size_t i;
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%" JSON_INTEGER_FORMAT ":", json_integer_value(json_object_get(json, "possible")));
    json_array_foreach(json_object_get(json, "impossible"), i, one)
        g_string_append_printf(text, "%s %s %" JSON_INTEGER_FORMAT, i ? ";" : "", json_string_value(json_object_get(one, "why")),
                               json_integer_value(json_object_get(one, "people")));
    json_decref(json);
    return g_string_free(text, FALSE);
}

static char *undo(Store *store, const char *id, int64_t possible, StoreResult wanted)
{
    return undo_for(store, id, possible, "it was a mistake", wanted);
}

/* What everybody is and has, as one text. */
static char *everybody(void)
{
    return database_value("select string_agg(concat_ws(',', s.key, s.plan, s.plan_until, s.plan_after, s.suspended,"
                          " (select count(*) from webquota.overrides o where o.subject_id = s.id and o.removed_at is null),"
                          " (select count(*) from webquota.grants g where g.subject_id = s.id and g.removed_at is null)), ' ' order by s.key)"
                          " from webquota.subjects s");
}

START_TEST(a_bulk_is_undone_as_a_whole)
{
    static const BulkKind kinds[] = { BULK_BONUS, BULK_OVERRIDE, BULK_PLAN, BULK_SUSPEND, BULK_RESTORE };
    static const bool of_half[] = { false, false, true, true, true };
    Store *store;
    fresh(&store);
    g_free(database_value("update webquota.subjects set plan = 'pro', plan_until = '2099-01-01 00:00:00.123456+00', plan_after = 'free',"
                          " suspended = key < 'p-015' where key < 'p-030'"));
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *before = everybody();
        BulkAsk ask = ask_of(kinds[i]);
        ask.expires_at = kinds[i] == BULK_PLAN ? INSTANT_MAX : INT64_C(4102444800000000);
        g_autofree char *id = begin_with(store, &ask, NULL, STORE_OK);
        g_free(undo(store, id, -1, STORE_CONFLICT)); /* it is under way */
        work(store);
        g_autofree char *after = everybody(), *wait = told(store, id);
        ck_assert_str_ne(before, after);
        ck_assert_int_eq(strchr(wait, ';') != NULL || strstr(wait, SAY_UNDO_SAME) != NULL, of_half[i] && kinds[i] != BULK_PLAN);
        g_autofree char *undoing = undo(store, id, -1, STORE_OK);
        g_free(undo(store, id, -1, STORE_CONFLICT)); /* it is being undone */
        work(store);
        g_autofree char *again = everybody(), *none = told(store, id);
        ck_assert_str_eq(before, again);
        ck_assert(g_str_has_prefix(none, "0:"));
        g_free(undo(store, id, -1, STORE_CONFLICT));      /* there is nothing left */
        g_free(undo(store, undoing, -1, STORE_CONFLICT)); /* and what undoes is not undone */
    }
    ck_assert_int_eq(database_number("select count(*) from webquota.audit where action = 'bulk.undo' and details ->> 'reason' = 'it was a mistake'"),
                     G_N_ELEMENTS(kinds));
    ck_assert_int_eq(database_number("select count(distinct subject) from webquota.audit where action = 'override.remove'"
                                     " and details ->> 'removed_because' = 'it was a mistake' and details ? 'bulk'"), PEOPLE);
    store_close(store);
}
END_TEST

START_TEST(only_what_is_as_the_bulk_left_it_is_undone)
{
    Store *store;
    fresh(&store);
    BulkAsk ask = ask_of(BULK_BONUS);
    ask.expires_at = INT64_C(4102444800000000);
    g_autofree char *bonus = begin_with(store, &ask, NULL, STORE_OK);
    work(store);
    g_free(database_value("update webquota.grants g set removed_at = now() from webquota.subjects s where s.id = g.subject_id and s.key < 'p-002'"));
    g_free(database_value("update webquota.grants g set effective_at = 'epoch', expires_at = now() from webquota.subjects s"
                          " where s.id = g.subject_id and s.key = 'p-002'"));
    g_free(database_value("update webquota.bulk_items set made = null where subject = 'p-003'"));
    g_autofree char *said = told(store, bonus);
    ck_assert_str_eq(said, "56: " SAY_UNDO_GONE " 2; " SAY_UNDO_OVER " 1; " SAY_UNDO_UNKNOWN " 1");
    g_free(undo(store, bonus, 57, STORE_CONFLICT)); /* others than were seen */
    g_autofree char *undone = undo(store, bonus, 56, STORE_OK);
    work(store);
    assert_bulk(store, undone, "done", 56, 4, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.grants where removed_at is null"), 2);
    g_autofree char *plan = begin(store, BULK_PLAN);
    work(store);
    g_free(database_value("update webquota.subjects set plan = 'free' where key = 'p-007'"));
    g_free(database_value("update webquota.subjects set plan_until = '2099-01-01' where key = 'p-008'"));
    g_autofree char *back = undo(store, plan, -1, STORE_OK);
    g_free(database_value("update webquota.subjects set plan = null where key = 'p-009'")); /* after it was confirmed */
    work(store);
    assert_bulk(store, back, "done", PEOPLE - 3, 3, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.subjects where plan is not null"), 2);
    ck_assert_int_eq(database_number("select count(*) from webquota.bulk_items where why = '" SAY_UNDO_CHANGED "'"), 3);
    store_close(store);
}
END_TEST

static void use(Store *store, const char *subject, int64_t units)
{
    StoreResult result;
    answer_unref(ask(store, ASK_CONSUME, subject, "call", NULL, units, &result));
    ck_assert_int_eq(result, STORE_OK);
}

/* The windows in which the person was reset are over for them. */
static void pass_windows(const char *subject)
{
    g_autofree char *sql = g_strdup_printf("update webquota.bulk_items set made = jsonb_set(made, '{reset,until}', '1') where subject = '%s'", subject);
    g_free(database_value(sql));
}

START_TEST(resets_are_undone_as_a_whole_where_they_stand)
{
    Store *store;
    fresh(&store);
    g_auto(StoreError) error = { 0 };
    for (int i = 0; i < 6; i++) {
        g_autofree char *key = g_strdup_printf("p-%03d", i);
        use(store, key, 3);
    }
    g_autofree char *reset = begin(store, BULK_RESET);
    work(store);
    use(store, "p-000", 2); /* counts with what counts again */
    g_autofree char *one = database_value("select made -> 'reset' ->> 'decision' from webquota.bulk_items where subject = 'p-001'");
    g_auto(LedgerDone) done = { 0 };
    ck_assert_msg(ledger_restore(store, one, "by itself", "test", &done, &error) == STORE_OK, "%s", error.detail);
    use(store, "p-002", 1);
    ck_assert_msg(ledger_reset(store, "p-002", NULL, "once more", "test", &done, &error) == STORE_OK, "%s", error.detail);
    pass_windows("p-003");
    g_free(database_value("update webquota.bulk_items set made = null where subject = 'p-004'"));
    g_autofree char *said = told(store, reset);
    g_autofree char *expected = g_strdup_printf("2: %s 1; %s %d; %s 1; %s 1; %s 1", SAY_RESET_OVER, SAY_UNDO_SAME, PEOPLE - 6, SAY_RESET_TOUCHED,
                                                SAY_RESET_UNDONE, SAY_UNDO_UNKNOWN);
    ck_assert_str_eq(said, expected);
    g_autofree char *undone = undo(store, reset, 2, STORE_OK);
    use(store, "p-005", 4);
    ck_assert_msg(ledger_reset(store, "p-005", NULL, "after it was confirmed", "test", &done, &error) == STORE_OK, "%s", error.detail);
    work(store);
    ck_assert_int_eq(database_number("select sum(used) from webquota.counter_values v join webquota.subjects s on s.id = v.subject_id"
                                     " where s.key = 'p-000'"), 5);
    assert_bulk(store, undone, "done", 2, PEOPLE - 2, 0); /* the window of p-003 is not really over */
    ck_assert_int_eq(database_number("select count(*) from webquota.bulk_items where why = '" SAY_RESET_TOUCHED "'"), 2);
    assert_journal_is_whole();
    g_free(undo(store, reset, -1, STORE_CONFLICT));
    store_close(store);
}
END_TEST

START_TEST(an_undo_that_is_stopped_is_taken_up_again_and_of_what_changed_nothing_there_is_none)
{
    Store *store;
    g_auto(StoreError) error = { 0 };
    json_t *json = NULL;
    fresh(&store);
    g_autofree char *id = begin(store, BULK_OVERRIDE), *reset = begin(store, BULK_RESET);
    work(store);
    g_free(undo(store, reset, -1, STORE_CONFLICT));
    g_free(undo(store, "999999", -1, STORE_NONE));
    g_free(undo(store, "x", -1, STORE_NONE));
    g_autofree char *first = undo(store, id, -1, STORE_OK);
    Lease lease = lease_new(LEASE_BULK, BULK_LEASE_S);
    BulkRest rest;
    ck_assert_int_eq(bulk_turn(store, &lease, &rest, &error), STORE_OK);
    ck_assert_int_eq(bulk_stop(store, first, "test", &json, &error), STORE_OK);
    json_decref(json);
    lease_leave(store, &lease);
    lease_clear(&lease);
    g_autofree char *left = told(store, id);
    ck_assert_str_eq(left, "40: " SAY_UNDO_GONE " 20");
    g_autofree char *second = undo(store, id, 40, STORE_OK);
    work(store);
    assert_bulk(store, second, "done", 40, 20, 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.overrides where removed_at is null"), 0);
    ck_assert_int_eq(bulk_get(store, id, &json, &error), STORE_OK);
    ck_assert_str_eq(json_string_value(json_object_get(json, "undone_by")), second);
    json_decref(json);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bulk");
    TCase *tests = tcase_create("bulk");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, those_found_are_shown_and_stay_who_they_were);
    tcase_add_test(tests, whatever_the_page_of_people_shows_is_found_whole);
    tcase_add_test(tests, each_is_given_once_though_workers_are_killed);
    tcase_add_test(tests, each_is_reset_once_though_workers_are_killed);
    tcase_add_test(tests, two_who_act_at_once_change_each_once);
    tcase_add_test(tests, who_is_left_when_it_is_stopped_stays);
    tcase_add_test(tests, what_cannot_be_made_any_more_says_why);
    tcase_add_test(tests, who_cannot_be_changed_holds_up_nobody);
    tcase_add_loop_test(tests, nobody_is_to_blame_for_the_database, 0, 3);
    tcase_add_test(tests, what_only_a_newer_program_can_make_holds_up_nobody);
    tcase_add_test(tests, they_are_listed_page_by_page);
    tcase_add_test(tests, the_same_sent_twice_is_made_once);
    tcase_add_test(tests, a_bulk_is_undone_as_a_whole);
    tcase_add_test(tests, only_what_is_as_the_bulk_left_it_is_undone);
    tcase_add_test(tests, resets_are_undone_as_a_whole_where_they_stand);
    tcase_add_test(tests, an_undo_that_is_stopped_is_taken_up_again_and_of_what_changed_nothing_there_is_none);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
