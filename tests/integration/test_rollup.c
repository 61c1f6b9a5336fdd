/* The roll-up adds up to the records: whatever was done, in whatever order it commits, and whenever it is broken off.
 * Takes long. Server of its own: it tells transactions by their numbers, and how much is decided in a second, and those are the server's. */
#include "rolling.h"
#include "store/db.h"

#include <glob.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICY(zone)                                                                                                         \
    "timezone = \"" zone "\"\n"                                                                                              \
    "default_plan = \"free\"\n"                                                                                              \
    "anonymous_plan = \"free\"\n"                                                                                            \
    "feature call { title = \"Call\" }\n"                                                                                    \
    "feature deep { title = \"Deep\"  parent = \"call\"  resources = {\"deep-*\"} }\n"                                       \
    "feature other { title = \"Other\" }\n"                                                                                  \
    "plan free {\n"                                                                                                          \
    "  title = \"Free\"\n"                                                                                                   \
    "  limit daily { feature = \"call\"  amount = 200  window = \"day\" }\n"                                                 \
    "  limit seen  { feature = \"call\"  amount = 20  window = \"day\"  mode = \"shadow\" }\n"                                                   \
    "  limit other { feature = \"other\"  amount = 100000  window = \"month\" }\n"                                           \
    "}\n"

static const char here[] = POLICY("Europe/Berlin");
static const char elsewhere[] = POLICY("America/Los_Angeles");

#define STEPS 400
#define OPEN_MOST 40

/* --- random histories --- */

typedef struct {
    char *id, *reservation;
} Made;

static void clock_goes(const char *expression)
{
    g_autofree char *sql = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                                           " $$select %s$$", expression);
    g_free(database_value(sql));
}

static Made history_ask(Store *store, GRand *random)
{
    static const char *const features[] = { "call", "call", "deep", "other" }, *const clients[] = { NULL, NULL, "Client 1", "Client 2" };
    g_autofree char *subject = g_strdup_printf("user-%d", g_rand_int_range(random, 0, 5));
    LedgerAsk request = { .kind = g_rand_int_range(random, 0, 3) ? ASK_CONSUME : ASK_HOLD, .subject = subject, .item_count = 1,
                          .ttl_s = 300, .caller = "test", .on_behalf_of = clients[g_rand_int_range(random, 0, 4)] };
    if (g_rand_int_range(random, 0, 4) == 0)
        request.item_count = g_rand_int_range(random, 2, 4);
    for (int i = 0; i < request.item_count; i++)
        request.items[i] = (LedgerItem){ features[g_rand_int_range(random, 0, 4)], g_rand_int_range(random, 0, 3) ? NULL : "deep-7",
                                         g_rand_int_range(random, 1, 9) };
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    ck_assert_msg(ledger_decide(store, &request, &answer, &error) == STORE_OK, "%s", error.detail);
    Made made = { 0 };
    if (!answer_allowed(answer))
        return made;
    made.id = g_strdup(answer->id);
    made.reservation = request.kind == ASK_HOLD ? g_strdup(answer->reservation) : NULL;
    return made;
}

/* Whether it succeeds is for the ledger to say: some are over by then, or are to be settled as a whole. */
static void history_settle(Store *store, GRand *random, const Made *made)
{
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    int64_t units = g_rand_int_range(random, 0, 2) ? -1 : 1;
    StoreResult result;
    if (made->reservation && g_rand_int_range(random, 0, 3))
        result = g_rand_int_range(random, 0, 3) ? ledger_commit(store, made->reservation, -1, &done, &error)
                                                : ledger_release(store, made->reservation, &done, &error);
    else
        result = ledger_refund(store, made->id, units, "test", "test", &done, &error);
    ck_assert_msg(result == STORE_OK || result == STORE_CONFLICT, "%d: %s", result, error.detail);
}

static void history_go_on(Store *store, GRand *random, GArray *open, int step)
{
    if (step % 40 == 0) {
        /* a day and a half later, or a quarter of an hour before midnight in Berlin */
        g_autofree char *at = g_strdup_printf("timestamptz '2026-03-25 22:50Z' + %d * interval '18 hours'", step / 40);
        clock_goes(at);
    }
    Made made = history_ask(store, random);
    if (made.id)
        g_array_append_val(open, made);
    for (int i = 0; open->len && i < 2; i++)
        history_settle(store, random, &g_array_index(open, Made, g_rand_int_range(random, 0, (gint32)open->len)));
    if (open->len > OPEN_MOST) {
        g_free(g_array_index(open, Made, 0).id);
        g_free(g_array_index(open, Made, 0).reservation);
        g_array_remove_index(open, 0);
    }
}

static void made_clear(void *data)
{
    Made *made = data;
    g_free(made->id);
    g_free(made->reservation);
}

START_TEST(sums_are_those_of_random_histories)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE), *standing = rollup_open(store, ROLLUP_STANDING);
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)_i + 1);
    g_autoptr(GArray) open = g_array_new(FALSE, TRUE, sizeof(Made));
    for (int step = 0; step < STEPS; step++) {
        history_go_on(store, random, open, step);
        if (g_rand_int_range(random, 0, 20) == 0)
            roll_up(rollup, g_rand_int_range(random, 1, 50));
        if (g_rand_int_range(random, 0, 40) == 0)
            roll_up(standing, g_rand_int_range(random, 5, 100));
    }
    roll_up(rollup, 7);
    roll_up(standing, 7);
    assert_sums_are_right();
    assert_reports_are_right();
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where kind = 'refund' and items is not null"), 0);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where kind = 'refund' and about_at < at - interval '12 hours'"), 0);
    ck_assert_int_gt(database_number("select count(*) from webquota.usage_daily where feature = 'deep'"), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.usage_daily where units < 0"), 0);
    for (guint i = 0; i < open->len; i++)
        made_clear(&g_array_index(open, Made, i));
    rollup_close(rollup);
    rollup_close(standing);
    store_close(store);
}
END_TEST

/* --- late transactions --- */

static PGconn *transaction_begin(int number)
{
    PGconn *connection = PQconnectdb(database_url());
    g_autofree char *sql = g_strdup_printf(
        "begin; insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature, units, trace)"
        " values (1, 1, timestamptz '2026-03-01 12:00Z' + %d * interval '1 minute', %d, 'consume', 'allowed', 1, 'free', 'call', %d, '{}')",
        number, number, 1 << number);
    PGresult *result = PQexec(connection, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(connection));
    PQclear(result);
    return connection;
}

static void transaction_end(PGconn *connection, const char *how)
{
    PQclear(PQexec(connection, how));
    PQfinish(connection);
}

static void assert_units(int64_t units)
{
    ck_assert_int_eq(database_number("select coalesce(sum(units), 0) from webquota.usage_daily"), units);
}

/* Whatever the order in which they began and end, and how little is done in a turn: each is counted when it is there, and once. */
START_TEST(late_transactions_are_counted_once)
{
    static const int64_t mosts[] = { 0, 1, ROLLUP_TURN };
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    int64_t most = mosts[_i], units = 0;
    PGconn *transactions[8];
    for (int i = 0; i < 8; i++)
        transactions[i] = transaction_begin(i);
    roll_up(rollup, most);
    assert_units(0);
    static const int order[] = { 6, 1, 7, 0, 3, 2, 5, 4 };
    for (int i = 0; i < 8; i++) {
        bool commits = order[i] != 3;
        transaction_end(transactions[order[i]], commits ? "commit" : "rollback");
        units += commits ? 1 << order[i] : 0;
        transaction_end(transaction_begin(8 + i), "commit");
        units += 1 << (8 + i);
        roll_up(rollup, most);
        assert_units(units);
        g_free(database_value("update webquota.decisions set given_back = given_back")); /* another version of each row is none */
        roll_up(rollup, most);
        assert_units(units);
    }
    assert_sums_are_right();
    ck_assert_int_eq(database_number("select cardinality(open) from webquota.usage_rollup"), 0);
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* --- processes that are killed --- */

#define RECORDS 20000
#define KILLS 10

/* Batches of 50 records, over 40 days. */
static void write_records(int from, int until)
{
    g_autofree char *sql = g_strdup_printf(
        "do $$ begin for b in %d .. %d loop"
        "  insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature, units, trace, on_behalf_of)"
        "  select 1 + n %% 7, 1 + n %% 7, timestamptz '2026-02-01 00:00Z' + ((b * 50 + n) %% 40) * interval '1 day' + b * interval '1 second',"
        "         b * 50 + n, 'consume', case when n %% 9 = 0 then 'denied' else 'allowed' end, 1, 'free', 'call', n, '{}',"
        "         case when n %% 5 = 0 then 'Client ' || n end from generate_series(1, 50) n;"
        "  commit; end loop; end $$", from, until);
    g_free(database_value(sql));
}

static pid_t child_start(void (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        run();
        _exit(0);
    }
    ck_assert_int_gt(child, 0);
    return child;
}

static void child_end(pid_t child, int signal_number)
{
    int status;
    if (signal_number)
        kill(child, signal_number);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
}

static Store *store_without_listener(void)
{
    StoreConfig config = { .database = database_url(), .prepared = true, .readers = 1, .read_policy = policy_load };
    return store_open(&config);
}

static void roll_up_for_ever(void)
{
    Store *store = store_without_listener();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE), *standing = rollup_open(store, ROLLUP_STANDING);
    for (;;)
        if ((rollup_turn(rollup, 100) != ROLLUP_MORE) & (rollup_turn(standing, 100) != ROLLUP_MORE))
            g_thread_yield();
}

static void write_rest(void)
{
    write_records(RECORDS / 50 / 2, RECORDS / 50);
}

/* Two at a time, one of which is killed again and again, while records are written. Nobody waits for a lease to
 * end that a killed one had. */
START_TEST(killed_processes_leave_no_trace)
{
    database_fresh(here);
    clock_goes("timestamptz '2026-04-01 00:00Z' + 40 * (clock_timestamp() - timestamptz '2026-01-01 00:00Z')");
    write_records(0, RECORDS / 50 / 2 - 1);
    pid_t writer = child_start(write_rest), pair[2] = { child_start(roll_up_for_ever), child_start(roll_up_for_ever) };
    for (int kills = 0; kills < KILLS; kills++) {
        int64_t before = database_number("select upto from webquota.usage_rollup");
        int64_t until_us = g_get_monotonic_time() + US_PER_S / 4; /* or there is nothing left to do */
        while (database_number("select upto from webquota.usage_rollup") == before && g_get_monotonic_time() < until_us)
            g_thread_yield();
        child_end(pair[kills % 2], SIGKILL);
        g_free(database_value("update webquota.leases set until = clock_timestamp() where name in ('history', 'standing')"));
        pair[kills % 2] = child_start(roll_up_for_ever);
    }
    child_end(writer, 0);
    int64_t until_us = g_get_monotonic_time() + 40 * US_PER_S;
    while (days_wrong() > 0 && g_get_monotonic_time() < until_us)
        ;
    assert_sums_are_right();
    ck_assert_int_eq(database_number("select sum(allowed + refused) from webquota.usage_daily"), (RECORDS / 50 + 1) * 50);
    child_end(pair[0], SIGKILL);
    child_end(pair[1], SIGKILL);
}
END_TEST

/* --- the lease, and what makes everything be counted anew --- */

/* As if so much of it had passed already: leases go by the true time. */
static void lease_ages(const char *by)
{
    g_autofree char *sql = g_strdup_printf("update webquota.leases set until = until - interval '%s' where name = 'history'", by);
    g_free(database_value(sql));
}

START_TEST(one_at_a_time_and_another_when_it_is_gone)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *one = rollup_open(store, ROLLUP_USAGE), *two = rollup_open(store, ROLLUP_USAGE);
    write_records(0, 3);
    ck_assert_int_eq(rollup_turn(one, 10), ROLLUP_MORE);
    ck_assert_int_eq(rollup_turn(two, 10), ROLLUP_ELSEWHERE);
    lease_ages("4 s");
    ck_assert_int_eq(rollup_turn(one, 10), ROLLUP_MORE); /* it has it for five seconds again */
    lease_ages("3 s");
    ck_assert_int_eq(rollup_turn(two, 10), ROLLUP_ELSEWHERE);
    lease_ages("5 s");
    ck_assert_int_eq(rollup_turn(two, 10), ROLLUP_MORE);
    ck_assert_int_eq(rollup_turn(one, 10), ROLLUP_ELSEWHERE);
    lease_ages("-90 days"); /* the time was set back: nobody can have it for so long */
    roll_up(one, 10);
    write_records(4, 5);
    ck_assert_int_eq(rollup_turn(two, 10), ROLLUP_ELSEWHERE);
    rollup_close(one); /* leaves it */
    roll_up(two, 10);
    assert_sums_are_right();
    rollup_close(two);
    store_close(store);
}
END_TEST

static void apply(Store *store, const char *text)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *why = NULL;
    g_autoptr(Policy) policy = policy_load(text, "test", &why);
    int version;
    bool changed;
    ck_assert_msg(policy_apply(store, policy, "test", NULL, &version, &changed, &error) == STORE_OK, "%s", error.detail);
}

START_TEST(another_zone_has_other_days)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    write_records(0, 40);
    roll_up(rollup, ROLLUP_TURN);
    assert_sums_are_right();
    int64_t before = database_number("select sum(hashtext(day || feature || units)::bigint) from webquota.usage_daily");
    Store *other = database_store(); /* the change is found by whoever looks, not by being told */
    apply(other, elsewhere);
    store_close(other);
    ck_assert_int_gt(roll_up(rollup, 100), 5);
    assert_sums_are_right();
    ck_assert_int_ne(database_number("select sum(hashtext(day || feature || units)::bigint) from webquota.usage_daily"), before);
    g_autofree char *zone = database_value("select zone from webquota.usage_rollup");
    ck_assert_str_eq(zone, "America/Los_Angeles");
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* Where another server counts its transactions from one again, what was recorded there is older than all to come. */
START_TEST(a_restored_database_is_counted_anew)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    write_records(0, 10);
    roll_up(rollup, ROLLUP_TURN);
    roll_up_standing(store, ROLLUP_TURN);
    g_free(database_value("update webquota.decisions set xact = xact + 1000000000"));
    g_free(database_value("update webquota.usage_rollup set server = 1, upto = upto + 1000000000"));
    g_free(database_value("update webquota.standing_rollup set server = 1, upto = upto + 1000000000"));
    write_records(11, 20);
    ck_assert_int_eq(rollup_turn(rollup, 100), ROLLUP_MORE); /* only what there was is gone, and not row by row */
    ck_assert_int_eq(database_number("select pg_relation_size('webquota.usage_daily') + pg_relation_size('webquota.usage_standing')"), 0);
    roll_up(rollup, 100);
    assert_sums_are_right();
    write_records(21, 30);
    roll_up(rollup, 100);
    assert_sums_are_right();
    ck_assert_int_eq(database_number("select count(*) from webquota.decisions d where id > 21 * 50 and"
                                     " xact <= (select max(xact) from webquota.decisions where id <= 11 * 50)"), 0);
    ck_assert_int_eq(database_number("select sum(allowed + refused) from webquota.usage_daily"), 31 * 50);
    roll_up_standing(store, 100);
    ck_assert_int_eq(database_number("select ((select server from webquota.standing_rollup) = (select server from webquota.usage_rollup)"
                                     " and (select upto from webquota.standing_rollup) > (select max(xact) from webquota.decisions))::int"), 1);
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* Who waits for as long as a turn may take is not the one who looks whether there is anything to do. */
START_TEST(a_look_does_not_wait_for_long_for_a_server_that_stands_still)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    for (int i = 0; i < 2; i++) /* by then the policy is known, and nothing was asked after it */
        ck_assert_int_eq(rollup_turn(rollup, ROLLUP_TURN), ROLLUP_IDLE);
    pid_t backend = (pid_t)database_number("select pid from pg_stat_activity where query like '%usage_rollup%' and pid <> pg_backend_pid()");
    ck_assert_int_gt(backend, 1);
    ck_assert_int_eq(kill(backend, SIGSTOP), 0);
    int64_t asked_us = g_get_monotonic_time();
    RollupTurn turn = rollup_turn(rollup, ROLLUP_TURN);
    kill(backend, SIGCONT);
    ck_assert_int_eq(turn, ROLLUP_FAILED);
    ck_assert_int_lt(g_get_monotonic_time() - asked_us, (DB_PATIENCE_MS + 5000) * INT64_C(1000));
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* Neither writes nor locks a row, which would draw a transaction's number: all tables are locked against those who do, and it goes on. */
START_TEST(idle_writes_nothing)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    ck_assert_int_eq(rollup_turn(rollup, ROLLUP_TURN), ROLLUP_IDLE);
    write_records(0, 3);
    ck_assert_int_eq(rollup_turn(rollup, ROLLUP_TURN), ROLLUP_DONE);
    PGconn *locks = PQconnectdb(database_url());
    PGresult *locked = PQexec(locks, "begin; do $$ begin execute (select 'lock table ' || string_agg('webquota.' || relname, ', ')"
                                     " || ' in exclusive mode' from pg_class"
                                     " where relnamespace = 'webquota'::regnamespace and relkind in ('r', 'p')); end $$");
    ck_assert_msg(PQresultStatus(locked) == PGRES_COMMAND_OK, "%s", PQerrorMessage(locks));
    PQclear(locked);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(rollup_turn(rollup, ROLLUP_TURN), ROLLUP_IDLE);
    PQfinish(locks);
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* How much was written is told by a connection as it ends, which nobody waits for. */
static void await_told(int records)
{
    while (database_number("select coalesce(sum(pg_stat_get_tuples_inserted(i.inhrelid)), 0) from pg_inherits i"
                           " where i.inhparent = 'webquota.decisions'::regclass") < records)
        g_thread_yield();
}

/* Whoever decides: this process decides nothing. */
START_TEST(while_much_is_decided_it_is_put_off)
{
    database_fresh(here);
    Store *store = database_store();
    Rollup *rollup = rollup_open(store, ROLLUP_USAGE);
    ck_assert_int_eq(rollup_turn_when_calm(rollup, ROLLUP_TURN), ROLLUP_IDLE);
    write_records(0, 200);
    await_told(201 * 50);
    ck_assert_int_eq(rollup_turn_when_calm(rollup, ROLLUP_TURN), ROLLUP_PUT_OFF);
    ck_assert_int_eq(database_number("select count(*) from webquota.usage_daily"), 0);
    ck_assert_int_eq(rollup_turn_when_calm(rollup, 100), ROLLUP_MORE); /* nothing was written since */
    write_records(201, 400);
    int turns = 0;
    for (RollupTurn turn = ROLLUP_MORE; turn == ROLLUP_MORE; turns++) /* what was begun is brought to an end */
        turn = rollup_turn_when_calm(rollup, 5000);
    ck_assert_int_gt(turns, 2);
    assert_sums_are_right();
    ck_assert_int_eq(database_number("select sum(allowed + refused) from webquota.usage_daily"), 401 * 50);
    rollup_close(rollup);
    store_close(store);
}
END_TEST

/* --- a program of before the schema was changed --- */

/* The schema as it was when `last` was its newest migration, with nothing in it. */
static void schema_of(size_t last)
{
    glob_t files;
    ck_assert(glob("sql/0*.sql", 0, NULL, &files) == 0 && files.gl_pathc > last);
    g_free(database_value("set client_min_messages = error; drop schema if exists webquota cascade; create schema webquota;"
                          "create table webquota.migrations (version integer primary key, name text not null, applied_at timestamptz default now())"));
    for (size_t i = 0; i < last; i++) {
        g_autofree char *sql = NULL;
        ck_assert(g_file_get_contents(files.gl_pathv[i], &sql, NULL, NULL));
        g_autofree char *text = g_strdup_printf("%s; insert into webquota.migrations values (%zu, 'test')", sql, i + 1);
        g_free(database_value(text));
    }
    globfree(&files);
}

static void *migrate(void *done)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = migrate_run(database_url(), NULL, NULL, &error);
    g_atomic_int_set((gint *)done, 1);
    return GINT_TO_POINTER(result);
}

/* Until then it counts as it always did, and does not know of usage_active. */
START_TEST(an_older_process_counts_before_the_schema_is_changed_or_not_at_all)
{
    static const char turn[] = "update webquota.usage_rollup set zone = 'UTC', upto = (select max(xact) + 1 from webquota.decisions);"
                               "insert into webquota.usage_daily " EXPECTED;
    static const char given[] =
        "insert into webquota.subjects (account_id, id, key, anchor, created_at) select n, n, 'user-' || n, now(), now() from generate_series(1, 7) n;"
        "insert into webquota.accounts (id, organization, created_at) values (2, 'team', now());"
        "insert into webquota.requests (subject, feature, kind, reason, created_at)"
        "  select s.key, 'after ' || days, 'increase', 'test', max(d.at) + days * interval '1 day'"
        "    from webquota.decisions d join webquota.subjects s on s.id = d.subject_id cross join unnest(array[1, 9]) days"
        "   where d.outcome = 'denied' group by s.key, days";
    gint done = 0;
    schema_of(22);
    write_records(0, 0);
    g_free(database_value(given));
    PGconn *older = PQconnectdb(database_url());
    PQclear(PQexec(older, "begin; update webquota.leases set holder = 'older', until = clock_timestamp() + interval '5 s' where name = 'usage'"));
    GThread *migration = g_thread_new("migrate", migrate, &done);
    while (!g_atomic_int_get(&done) && !database_number("select count(*) from pg_stat_activity"
                                                        " where application_name = 'webquota migrate' and wait_event_type = 'Lock'"))
        g_thread_yield();
    PQclear(PQexec(older, turn));
    PGresult *ended = PQexec(older, "commit");
    ck_assert_str_eq(PQcmdStatus(ended), "COMMIT");
    PQclear(ended);
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(migration)), STORE_OK);
    ck_assert_int_eq(days_wrong(), 0);
    ck_assert_int_eq(database_number("select sum(active) from webquota.usage_active"), 50);
    ck_assert_int_eq(database_number("select sum(requests) from webquota.usage_organizations where account_id = 2"),
                     database_number("select count(*) from webquota.decisions where account_id = 2"));
    ck_assert_int_gt(database_number("select count(*) from webquota.requests where after_refusal"), 0);
    ck_assert_int_eq(database_number("select count(*) from webquota.requests where after_refusal <> (feature = 'after 1')"), 0);
    PGresult *looked = PQexec(older, "select u.zone from webquota.usage_rollup u join webquota.leases l on l.name = 'usage'");
    ck_assert(PQresultStatus(looked) == PGRES_TUPLES_OK && PQntuples(looked) == 0);
    PQclear(looked);
    PQfinish(older);
}
END_TEST

/* In Tokyo, where a day begins at 15:00 in UTC. Of the transactions below 100, number 50 was not over as they were counted. */
START_TEST(what_was_counted_before_the_active_were_is_filled_in)
{
    static const char given[] =
        "insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, policy_version, plan, feature, units, trace, xact)"
        "  select person, person, ('2026-03-' || at)::timestamptz, xact, kind, outcome, 1, 'free', 'call', 1, '{}', xact"
        "    from (values (1, '10 01:00Z', 'consume', 'denied', 10), (1, '10 02:00Z', 'consume', 'denied', 11), (2, '10 03:00Z', 'consume', 'queued', 12),"
        "                 (3, '10 04:00Z', 'consume', 'forbidden', 13), (4, '10 05:00Z', 'consume', 'denied', 50), (5, '10 06:00Z', 'consume', 'denied', 100),"
        "                 (1, '10 16:00Z', 'consume', 'denied', 14), (6, '11 01:00Z', 'hold', 'denied', 15)) d(person, at, kind, outcome, xact);"
        "insert into webquota.usage_daily (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)"
        "  select person, person, ('2026-03-' || day)::date, feature, '', allowed, refused, allowed"
        "    from (values (1, 10, 'call', 0, 2), (1, 10, 'other', 1, 0), (2, 10, 'call', 0, 1), (3, 10, 'call', 0, 1), (7, 10, 'call', 3, 0),"
        "                 (1, 11, 'call', 0, 1), (6, 11, 'call', 0, 1), (8, 12, 'call', 0, 0), (9, 13, 'call', 2, 0)) u(person, day, feature, allowed, refused);"
        "update webquota.usage_rollup set zone = 'Asia/Tokyo', upto = 100, open = '{50}', rolled_at = '2026-03-14 00:00Z'";
    g_auto(StoreError) error = { 0 };
    schema_of(22);
    g_free(database_value(given));
    ck_assert_msg(migrate_run(database_url(), NULL, NULL, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *days = database_value("select string_agg(concat_ws(' ', day, active, stopped), ', ' order by day) from webquota.usage_active");
    ck_assert_str_eq(days, "2026-03-10 4 2, 2026-03-11 2 2, 2026-03-13 1 0");
    ck_assert_int_eq(database_number("select count(*) from webquota.usage_rollup u join webquota.standing_rollup s"
                                     " using (one, server, base, upto, open, zone, rolled_at) where upto = 100 and zone = 'Asia/Tokyo'"), 1);
    g_autofree char *leases = database_value("select string_agg(name, ' ' order by name) from webquota.leases where name in ('usage', 'history', 'standing')");
    ck_assert_str_eq(leases, "history standing");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rollup");
    TCase *tests = tcase_create("rollup");
    tcase_set_timeout(tests, 150);
    tcase_add_loop_test(tests, sums_are_those_of_random_histories, 0, 3);
    tcase_add_loop_test(tests, late_transactions_are_counted_once, 0, 3);
    tcase_add_test(tests, killed_processes_leave_no_trace);
    tcase_add_test(tests, one_at_a_time_and_another_when_it_is_gone);
    tcase_add_test(tests, another_zone_has_other_days);
    tcase_add_test(tests, a_restored_database_is_counted_anew);
    tcase_add_test(tests, a_look_does_not_wait_for_long_for_a_server_that_stands_still);
    tcase_add_test(tests, idle_writes_nothing);
    tcase_add_test(tests, while_much_is_decided_it_is_put_off);
    tcase_add_test(tests, an_older_process_counts_before_the_schema_is_changed_or_not_at_all);
    tcase_add_test(tests, what_was_counted_before_the_active_were_is_filled_in);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
