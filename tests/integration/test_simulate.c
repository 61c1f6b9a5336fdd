/* The replay against a real PostgreSQL: what was recorded comes out as it was recorded, number by number; and another policy says
 * what it would have said. */
#include "asking.h"

#include "store/simulate.h"

static const char policy[] =
    "timezone = \"America/New_York\"\n"
    "default_plan = \"free\"\n"
    "anonymous_plan = \"visitor\"\n"
    "feature call { title = \"Call\" }\n"
    "feature special { title = \"Special call\"  parent = \"call\"  resources = {\"s-*\"} }\n"
    "feature lone { title = \"Lone\" }\n"
    "feature shared { title = \"Shared\" }\n"
    "feature waits { title = \"Waits\" }\n"
    "feature secret { title = \"Secret\" }\n"
    "plan visitor { limit few { feature = \"call\"  amount = 3  window = \"day\" } }\n"
    "plan free {\n"
    "  upgrade = \"pro\"\n"
    "  limit daily { feature = \"call\"  amount = 9  window = \"day\"  rollover = 4 }\n"
    "  limit hourly { feature = \"call\"  amount = 7  window = \"3 hour\"  align = \"rolling\" }\n"
    "  limit special_weekly { feature = \"special\"  amount = 12  window = \"week\" }\n"
    "  limit team { feature = \"call\"  amount = 40  window = \"2 day\"  align = \"rolling\"  scope = \"organization\" }\n"
    "  limit everybody { feature = \"call\"  amount = 160  window = \"week\"  scope = \"site\" }\n"
    "  limit pool { feature = \"shared\"  amount = 25  window = \"day\"  scope = \"plan\" }\n"
    "  limit one { feature = \"lone\"  amount = 5  window = \"10 day\"  align = \"anchor\" }\n"
    "  limit ever { feature = \"lone\"  amount = 30  window = \"lifetime\" }\n"
    "  limit quiet { feature = \"shared\"  amount = 3  window = \"day\"  mode = \"shadow\" }\n"
    "  limit over { feature = \"shared\"  amount = 4  window = \"day\"  on_exceed = \"allow\" }\n"
    "  limit line { feature = \"waits\"  amount = 1  window = \"day\"  on_exceed = \"queue\" }\n"
    "  grant extra { feature = \"special\"  amount = 3  every = \"3 day\" }\n"
    "}\n"
    "plan pro { limit daily { feature = \"call\"  amount = 20  window = \"day\" }  grace { days = 2  multiplier = 2 } }\n";

#define SUBJECTS 5
#define STEPS 800
#define HOUR_S 3600

typedef struct {
    Store *store;
    GRand *random;
    int64_t clock_s;
    GPtrArray *decisions, *holds, *overrides, *resets;
} World;

/* On one connection, without waiting for the disk. */
static void clock_set(int64_t second)
{
    static PGconn *connection;
    if (PQstatus(connection) != CONNECTION_OK) {
        PQfinish(connection);
        connection = PQconnectdb(database_url());
        PQclear(PQexec(connection, "set synchronous_commit = off"));
    }
    g_autofree char *sql = g_strdup_printf("create or replace function webquota.clock() returns timestamptz language sql volatile as"
                                           " 'select timestamptz ''epoch'' + interval ''%" PRId64 " s'''", second);
    PGresult *result = PQexec(connection, sql);
    ck_assert_int_eq(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
}

static char *somebody(World *world)
{
    int n = g_rand_int_range(world->random, 0, SUBJECTS + 1);
    return n == SUBJECTS ? g_strdup("anon:192.0.2.1") : g_strdup_printf("user-%d", n);
}

static char *take_one(World *world, GPtrArray *from)
{
    return from->len ? g_ptr_array_steal_index_fast(from, (guint)g_rand_int_range(world->random, 0, (gint32)from->len)) : NULL;
}

static void ask_something(World *world, AskKind kind)
{
    static const char *const features[] = { "call", "call", "special", "call", "lone", "shared", "waits", "waits", "waits", "secret" };
    g_autofree char *subject = somebody(world);
    LedgerAsk request = { .kind = kind, .subject = subject, .item_count = 1, .ttl_s = g_rand_int_range(world->random, 60, 4 * HOUR_S),
                          .caller = "test" };
    request.items[0] = (LedgerItem){ features[g_rand_int_range(world->random, 0, G_N_ELEMENTS(features))],
                                     g_rand_boolean(world->random) ? "s-1" : NULL, g_rand_int_range(world->random, 1, 4) };
    if (g_rand_int_range(world->random, 0, 9) == 0) {
        request.items[1] = (LedgerItem){ "lone", NULL, 1 };
        request.item_count = 2;
    }
    g_auto(StoreError) error = { 0 };
    g_autoptr(Answer) answer = NULL;
    ck_assert_msg(ledger_decide(world->store, &request, &answer, &error) == STORE_OK, "%s", error.detail);
    if (answer->outcome == OUTCOME_ALLOWED && answer->reservation)
        g_ptr_array_add(world->holds, g_strdup_printf("%s %s", answer->reservation, answer->id));
    else if (answer->outcome == OUTCOME_ALLOWED)
        g_ptr_array_add(world->decisions, g_strdup(answer->id));
}

static void give_back(World *world)
{
    g_autofree char *id = take_one(world, world->decisions);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = id ? ledger_refund(world->store, id, g_rand_boolean(world->random) ? -1 : 1, "test", "test", &done, &error) : STORE_OK;
    ck_assert_msg(result == STORE_OK || result == STORE_CONFLICT, "%s", error.detail);
}

static void settle(World *world)
{
    g_autofree char *both = take_one(world, world->holds);
    g_auto(GStrv) ids = g_strsplit(both ? both : "", " ", 2); /* of the reservation, and of the decision */
    const char *id = both ? ids[0] : NULL;
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = !id ? STORE_OK : g_rand_boolean(world->random) ? ledger_commit(world->store, id, g_rand_boolean(world->random) ? -1 : 1, &done, &error)
                                                                        : ledger_release(world->store, id, &done, &error);
    ck_assert_msg(result == STORE_OK || result == STORE_CONFLICT, "%s", error.detail);
    if (result == STORE_OK && id && g_rand_boolean(world->random))
        g_ptr_array_add(world->decisions, g_strdup(ids[1]));
}

static void administer(World *world)
{
    g_autofree char *subject = g_strdup_printf("user-%d", g_rand_int_range(world->random, 0, SUBJECTS));
    g_autofree char *old = take_one(world, world->overrides);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    json_t *json = NULL;
    bool created;
    OverrideAdd override = { .subject = subject, .feature = "call", .kind = OVERRIDE_MULTIPLIER, .multiplier = 1.5,
                             .expires_at = (world->clock_s + 30 * HOUR_S) * US_PER_S, .reason = "test" };
    GrantAdd grant = { .subject = subject, .feature = "call", .amount = 4, .priority = 50, .effective_at = INSTANT_MIN,
                       .expires_at = INSTANT_MAX, .reason = "test" };
    SubjectChange change = { .subject = subject, .plan = g_rand_boolean(world->random) ? "pro" : "free", .plan_until = INSTANT_MAX };
    StoreResult result = STORE_OK;
    switch (g_rand_int_range(world->random, 0, 7)) {
    case 0:
        result = ledger_reset(world->store, subject, g_rand_boolean(world->random) ? "call" : NULL, "test", "test", &done, &error);
        g_ptr_array_add(world->resets, g_strdup(done.id));
        break;
    case 1:
        result = admin_override_add(world->store, &override, "test", &json, &error);
        if (result == STORE_OK)
            g_ptr_array_add(world->overrides, g_strdup(json_string_value(json_object_get(json, "override"))));
        break;
    case 2:
        result = admin_grant_add(world->store, &grant, "test", &json, &error);
        break;
    case 3:
    case 4:
        result = admin_subject_set(world->store, &change, "test", &created, &json, &error);
        break;
    case 5:
        change.plan = NULL;
        change.organization = g_rand_boolean(world->random) ? "acme" : "";
        result = admin_subject_set(world->store, &change, "test", &created, &json, &error);
        break;
    default:
        result = old ? admin_override_remove(world->store, old, "test", "test", &error) : STORE_OK;
    }
    ck_assert_msg(result == STORE_OK || result == STORE_CONFLICT, "%s", error.detail);
    json_decref(json);
}

/* Not where something came since, or it took nothing. */
static void take_back(World *world)
{
    g_autofree char *id = take_one(world, world->resets);
    g_auto(StoreError) error = { 0 };
    g_auto(LedgerDone) done = { 0 };
    StoreResult result = id ? ledger_restore(world->store, id, "test", "test", &done, &error) : STORE_OK;
    ck_assert_msg(result == STORE_OK || result == STORE_CONFLICT || result == STORE_NONE, "%s", error.detail);
}

static void live(World *world)
{
    for (int step = 0; step < STEPS; step++) {
        if (step % 3 == 0)
            clock_set(world->clock_s += g_rand_int_range(world->random, 60, 3000));
        int what = g_rand_int_range(world->random, 0, 100);
        if (what < 72)
            ask_something(world, what < 55 ? ASK_CONSUME : ASK_HOLD);
        else if (what < 84)
            settle(world);
        else if (what < 92)
            give_back(world);
        else {
            /* Nothing happens at the very moment at which something else changes: which came first would not be known. */
            clock_set(world->clock_s += 1);
            if (world->resets->len && g_rand_boolean(world->random))
                take_back(world);
            else
                administer(world);
            clock_set(world->clock_s += 1);
        }
    }
}

static World *world_begin(void)
{
    database_fresh(policy);
    World *world = g_new0(World, 1);
    world->clock_s = INT64_C(1772600000); /* 2026-03-04, four days before the clocks go forward */
    clock_set(world->clock_s);
    world->store = database_store();
    world->random = g_rand_new_with_seed(6);
    world->decisions = g_ptr_array_new_with_free_func(g_free);
    world->holds = g_ptr_array_new_with_free_func(g_free);
    world->overrides = g_ptr_array_new_with_free_func(g_free);
    world->resets = g_ptr_array_new_with_free_func(g_free);
    return world;
}

static void world_end(World *world)
{
    store_close(world->store);
    g_rand_free(world->random);
    g_ptr_array_unref(world->decisions);
    g_ptr_array_unref(world->holds);
    g_ptr_array_unref(world->overrides);
    g_ptr_array_unref(world->resets);
    g_free(world);
}

/* What was refused from memory is written down a little later, and at the end at the latest. */
static void settled(Store **store)
{
    store_close(*store);
    *store = database_store();
}

static Simulation *simulate(Store *store, const char *text, int days)
{
    g_autofree char *why = NULL;
    g_autoptr(Policy) next = text ? policy_load(text, "next", &why) : NULL;
    ck_assert_msg(!text || next, "%s", why);
    const SimulateAsk ask = { .next = next, .days = days };
    g_auto(StoreError) error = { 0 };
    Simulation *simulation = NULL;
    ck_assert_msg(store_simulate(store, &ask, &simulation, &error) == STORE_OK, "%s", error.detail);
    return simulation;
}

static void assert_as_recorded(const Simulation *simulation)
{
    const Replay *replay = simulation->replay;
    g_autofree char *sql = g_strdup_printf("select at || ' ' || kind || ' ' || outcome || ' ' || feature || ' ' || plan || ' ' || trace::text from webquota.decisions"
                                           " where id = %" PRId64, replay->differs[0]);
    g_autofree char *first = replay->agreed < replay->told ? database_value(sql) : NULL;
    ck_assert_msg(replay->agreed == replay->told, "%" PRId64 " of %" PRId64 " have the same outcome; the first that has not: %s",
                  replay->agreed, replay->told, first);
    ck_assert_msg(replay->exact == replay->told, "%" PRId64 " of %" PRId64 " have the same numbers", replay->exact, replay->told);
}

START_TEST(the_policy_in_force_decides_as_it_was_recorded)
{
    World *world = world_begin();
    live(world);
    settled(&world->store);
    g_autoptr(Simulation) whole = simulate(world->store, NULL, 300);
    ck_assert_int_eq(whole->replay->told, database_number("select count(*) from webquota.decisions where kind in ('consume', 'hold')"));
    ck_assert_int_eq(whole->replay->recorded_stopped,
                     database_number("select count(*) from webquota.decisions where outcome in ('denied', 'forbidden')"));
    ck_assert_int_gt(whole->replay->recorded_stopped, 20);
    for (const char *const *kind = (const char *const[]){ "consume", "hold", "commit", "release", "expire", "refund", "reset", NULL }; *kind; kind++) {
        g_autofree char *sql = g_strdup_printf("select count(*) from webquota.decisions where kind = '%s'", *kind);
        ck_assert_msg(database_number(sql) > 0, "there is next to no %s", *kind);
    }
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where kind = 'reset' and about_at is not null"), 0);
    ck_assert_int_gt(database_number("select count(*) from webquota.decisions where outcome = 'queued'"), 3);
    ck_assert_int_gt(database_number("select count(*) from webquota.decision_lines where flags & 2048 > 0"), 3);
    ck_assert_int_gt(database_number("select count(*) from webquota.decision_lines where flags & 1024 > 0"), 0);
    assert_as_recorded(whole);
    /* From the middle on: what was used before is told by the first record that says so. */
    g_autoptr(Simulation) later = simulate(world->store, NULL, 2);
    ck_assert_int_gt(later->replay->told, 60);
    ck_assert_int_lt(later->replay->told, whole->replay->told);
    ck_assert_int_eq(later->replay->agreed, later->replay->told);
    world_end(world);
}
END_TEST

static void use(Store *store, const char *subject, int times)
{
    for (int i = 0; i < times; i++) {
        StoreResult result;
        g_autoptr(Answer) answer = ask(store, ASK_CONSUME, subject, "call", NULL, 1, &result);
        ck_assert_int_eq(result, STORE_OK);
    }
}

#define SMALL(amount, more) \
    "default_plan = \"free\"\nfeature call { title = \"Call\" }\n" \
    "plan free { limit daily { feature = \"call\"  amount = " amount "  window = \"day\" " more " } }\n"

START_TEST(another_policy_says_who_is_stopped_and_when)
{
    database_fresh(SMALL("5", ""));
    clock_set(INT64_C(1773316800)); /* 2026-03-12 12:00 */
    Store *store = database_store();
    use(store, "ada", 4);
    use(store, "bob", 2);
    use(store, "cyd", 7);
    clock_set(INT64_C(1773316800) + 24 * HOUR_S);
    use(store, "ada", 4);
    settled(&store);

    g_autoptr(Simulation) less = simulate(store, SMALL("3", ""), 7);
    const Replay *replay = less->replay;
    ck_assert_int_eq(replay->requests, 17);
    ck_assert_int_eq(replay->recorded_stopped, 2);
    ck_assert_int_eq(replay_people_counted(replay), 3);
    ck_assert_int_eq(replay_people_stopped(replay, 0), 1);
    ck_assert_int_eq(replay_people_stopped(replay, 1), 2);
    g_autoptr(GPtrArray) people = replay_people(replay, replay_person_differs);
    ck_assert_int_eq(people->len, 2);
    for (guint i = 0; i < people->len; i++) {
        const ReplayPerson *person = people->pdata[i];
        bool ada = strcmp(person->key, "ada") == 0;
        ck_assert_int_eq(person->tally[1].stopped, ada ? 2 : 4);
        ck_assert_int_eq(person->tally[1].newly, 2);
        ck_assert_int_eq(person->tally[1].first, INT64_C(1773316800) * US_PER_S);
        ck_assert_int_eq(person->tally[1].last, (INT64_C(1773316800) + (ada ? 24 * HOUR_S : 0)) * US_PER_S);
    }
    ck_assert_int_eq(replay->days->len, 2);
    ck_assert_int_eq(g_array_index(replay->days, ReplayDay, 0).stopped[1], 5);
    ck_assert_int_eq(g_array_index(replay->days, ReplayDay, 1).stopped[1], 1);

    g_autoptr(Simulation) off = simulate(store, SMALL("5", "mode = \"off\""), 7);
    ck_assert_int_eq(replay_people_stopped(off->replay, 1), 0);
    store_close(store);
}
END_TEST

START_TEST(another_window_begins_with_what_was_used_in_it_before)
{
    database_fresh(SMALL("5", ""));
    clock_set(INT64_C(1773316800));
    Store *store = database_store();
    for (int day = 0; day < 6; day++) {
        clock_set(INT64_C(1773316800) + day * 24 * HOUR_S);
        use(store, "ada", 4);
    }
    settled(&store);
    /* A week begins on Monday the 16th: of the last two days' eight, two more than ten of that week are asked for. */
    g_autoptr(Simulation) week = simulate(store,
        "default_plan = \"free\"\nfeature call { title = \"Call\" }\n"
        "plan free { limit weekly { feature = \"call\"  amount = 6  window = \"week\" } }\n", 1);
    ck_assert_int_eq(week->replay->requests, 4);
    g_autoptr(GPtrArray) people = replay_people(week->replay, replay_person_differs);
    ck_assert_int_eq(people->len, 1);
    ck_assert_int_eq(((const ReplayPerson *)people->pdata[0])->tally[1].newly, 2);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("simulate");
    TCase *tests = tcase_create("simulate");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_policy_in_force_decides_as_it_was_recorded);
    tcase_add_test(tests, another_policy_says_who_is_stopped_and_when);
    tcase_add_test(tests, another_window_begins_with_what_was_used_in_it_before);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
