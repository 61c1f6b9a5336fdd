/* One turn of the roll-up: a look, the lease, and one statement that counts. What is counted is decided by the database alone
 * (rollup_step.sql). */
#include "store/rollup.h"

#include "base/log.h"
#include "say/say.h"
#include "store/lease_on.h"

#define PATIENCE_MS (920 * 1000) /* as rollup_patience.sql, and a little more: a first turn may have much to count */

static const struct {
    const char *lease, *what; /* `what`: for the log */
    Query look, step, empty;
} kinds[ROLLUP_KINDS] = {
    [ROLLUP_USAGE] = {LEASE_HISTORY, "history", QUERY_ROLLUP_LOOK, QUERY_ROLLUP_STEP, QUERY_ROLLUP_EMPTY},
    [ROLLUP_STANDING] = {LEASE_STANDING, "standing", QUERY_STANDING_LOOK, QUERY_STANDING_STEP, QUERY_STANDING_EMPTY},
};

struct Rollup {
    Store *store;
    RollupKind kind;
    Db db;
    Lease lease;
    bool holds;    /* the lease, as far as is known */
    bool troubled; /* said so */
    bool more;     /* the last turn left something */
    struct {
        int64_t recorded;             /* by everybody, as counted when it was looked last */
        int64_t looked_us, turned_us; /* monotonic; 0: never so far */
    } pace;
};

const char *rollup_name(RollupKind kind)
{
    return kinds[kind].what;
}

Rollup *rollup_open(Store *store, RollupKind kind)
{
    Rollup *rollup = g_new0(Rollup, 1);
    rollup->store = store;
    rollup->kind = kind;
    rollup->lease = lease_new(kinds[kind].lease, ROLLUP_LEASE_S);
    db_init(&rollup->db, store->database, store->config.prepared, true);
    return rollup;
}

void rollup_close(Rollup *rollup)
{
    if (!rollup)
        return;
    if (rollup->holds) {
        rollup->db.deadline_us = g_get_monotonic_time() + US_PER_S;
        if (lease_leave_on(&rollup->db, &rollup->lease) != DB_OK)
            log_line(LOG_LEVEL_INFO, "%s: the lease is left to end by itself", kinds[rollup->kind].what);
    }
    db_close(&rollup->db);
    lease_clear(&rollup->lease);
    g_free(rollup);
}

/* Nothing is left open behind a turn that failed. */
static RollupTurn failed(Rollup *rollup)
{
    Db *db = &rollup->db;
    if (!rollup->troubled)
        log_line(LOG_LEVEL_WARNING, "%s: cannot be rolled up: %s", kinds[rollup->kind].what, db->error ? db->error : SAY_NOT_CONNECTED);
    rollup->troubled = true;
    db_close_connection(db);
    return ROLLUP_FAILED;
}

/* The policy that the database says is in force, if it can be read. NULL otherwise. */
static Policy *policy_in_force(Rollup *rollup, int version)
{
    Store *store = rollup->store;
    for (int tries = 0; tries < 2; tries++) {
        pthread_mutex_lock(&store->policy_lock);
        Policy *policy = store->policy && store->policy->version == version ? policy_ref(store->policy) : NULL;
        pthread_mutex_unlock(&store->policy_lock);
        if (policy || store_policy_refused(store, version) || store_policy_refresh(store, &rollup->db) != DB_OK)
            return policy;
    }
    return NULL;
}

/* Begins the transaction of a turn. *held: the lease is ours, and nobody else's before it ends. */
static DbResult begin(Rollup *rollup, bool *held)
{
    g_autoptr(PGresult) lease = NULL;
    Db *db = &rollup->db;
    db_queue(db, QUERY_BEGIN, NULL, NULL);
    db_queue(db, QUERY_COMMIT_RELAXED, NULL, NULL);
    db_queue(db, QUERY_ROLLUP_PATIENCE, NULL, NULL);
    lease_queue_take(db, &rollup->lease, &lease);
    DbResult result = db_sync(db);
    *held = result == DB_OK && PQntuples(lease) == 1;
    if (*held && !rollup->holds)
        log_line(LOG_LEVEL_INFO, "%s: rolled up by this process now", kinds[rollup->kind].what);
    rollup->holds = *held;
    return result == DB_OK && !*held ? db_run(db, QUERY_ROLLBACK, NULL, NULL) : result;
}

/* Waits as long as a turn may take; for all else as everybody does: where the server is gone without a word, another is asked soon. */
static DbResult sync_patiently(Db *db)
{
    db->patience_ms = PATIENCE_MS;
    DbResult result = db_sync(db);
    db->patience_ms = 0;
    return result;
}

static DbResult count(Rollup *rollup, const char *zone, int64_t most, bool *more)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) done = NULL;
    params_text(&params, zone);
    params_number(&params, most);
    db_queue(&rollup->db, kinds[rollup->kind].step, &params, &done);
    db_queue(&rollup->db, QUERY_COMMIT, NULL, NULL);
    DbResult result = sync_patiently(&rollup->db);
    *more = result == DB_OK && result_bool(done, 0, 0);
    return result;
}

static DbResult empty(Rollup *rollup)
{
    db_queue(&rollup->db, kinds[rollup->kind].empty, NULL, NULL);
    db_queue(&rollup->db, QUERY_COMMIT, NULL, NULL);
    return sync_patiently(&rollup->db);
}

static RollupTurn turn(Rollup *rollup, const char *zone, bool other_zone, int64_t most)
{
    bool held, more = true;
    if (begin(rollup, &held) != DB_OK)
        return failed(rollup);
    if (!held)
        return ROLLUP_ELSEWHERE;
    if (other_zone)
        log_line(LOG_LEVEL_NOTICE, "%s: everything is rolled up anew, for the days of %s", kinds[rollup->kind].what, zone);
    DbResult result = other_zone ? empty(rollup) : count(rollup, zone, most, &more);
    if (result != DB_OK)
        return failed(rollup);
    return more ? ROLLUP_MORE : ROLLUP_DONE;
}

static RollupTurn start_over(Rollup *rollup)
{
    log_line(LOG_LEVEL_NOTICE, "history: the database has come from another server; everything is rolled up anew");
    return db_run(&rollup->db, QUERY_ROLLUP_RESTART, NULL, NULL) == DB_OK ? ROLLUP_MORE : failed(rollup);
}

/* Is more recorded just now than a turn should disturb? */
static bool is_to_be_put_off(Rollup *rollup, int64_t recorded)
{
    int64_t now_us = g_get_monotonic_time(), since_us = now_us - rollup->pace.looked_us, lately = recorded - rollup->pace.recorded;
    bool first = rollup->pace.looked_us == 0, busy = first || lately * US_PER_S >= ROLLUP_BUSY_PER_S * since_us;
    if (first)
        rollup->pace.turned_us = now_us;
    rollup->pace.looked_us = now_us;
    rollup->pace.recorded = recorded;
    if (busy && !rollup->more && now_us - rollup->pace.turned_us < ROLLUP_PUT_OFF_S * US_PER_S)
        return true;
    rollup->pace.turned_us = now_us;
    return false;
}

static RollupTurn look_and_turn(Rollup *rollup, int64_t most, bool may_wait)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) seen = NULL;
    params_text(&params, rollup->lease.holder);
    params_number(&params, ROLLUP_LEASE_S);
    if (db_run(&rollup->db, kinds[rollup->kind].look, &params, &seen) != DB_OK || PQntuples(seen) != 1)
        return failed(rollup);
    rollup->troubled = false;
    bool is_new = result_bool(seen, 0, 0), elsewhere = result_bool(seen, 0, 1);
    const char *zone = result_text(seen, 0, 2);
    if (elsewhere) {
        rollup->pace.turned_us = g_get_monotonic_time();
        return ROLLUP_ELSEWHERE;
    }
    if (result_bool(seen, 0, 4))
        return start_over(rollup);
    g_autoptr(Policy) policy = policy_in_force(rollup, (int)result_number(seen, 0, 3));
    if (!policy)
        return ROLLUP_NO_POLICY;
    bool other_zone = zone && strcmp(zone, policy->zone) != 0;
    bool calm = !may_wait || !is_to_be_put_off(rollup, result_number(seen, 0, 5));
    if (!is_new && !other_zone)
        return ROLLUP_IDLE;
    return calm ? turn(rollup, policy->zone, other_zone, most) : ROLLUP_PUT_OFF;
}

RollupTurn rollup_turn(Rollup *rollup, int64_t most)
{
    return look_and_turn(rollup, most, false);
}

RollupTurn rollup_turn_when_calm(Rollup *rollup, int64_t most)
{
    RollupTurn came_to = look_and_turn(rollup, most, true);
    rollup->more = came_to == ROLLUP_MORE;
    return came_to;
}
