/* Records come in the order in which they were written, some thousand at a time. Those of one instant may be written by several
 * transactions, and refusals that are remembered a little later than they were given; so what is read waits until everything that
 * happened before it has surely come, and is put in order. */
#include "store/simulate_internal.h"

#define LATE_AT_MOST_US (10 * US_PER_S)
#define PATIENCE_MS 60000
#define BOUNDED_PATIENCE_MS 10000 /* of a few records, which a page waits for */
#define SAMPLE_ACCOUNTS 200 /* places to look for accounts at */

void simulation_free(Simulation *simulation)
{
    if (!simulation)
        return;
    replay_free(simulation->replay);
    policy_unref(simulation->now);
    policy_unref(simulation->next);
    g_free(simulation);
}

typedef struct {
    Instant at;
    int64_t xact;
    const ReplayRecord *record;
    Chunk *chunk;
} Pending;

typedef struct {
    Db db;
    const SimulateAsk *ask;
    Simulation *simulation;
    GArray *pending;        /* of Pending */
    GPtrArray *together;    /* ReplayRecord *, of one instant */
    int64_t read;
    Instant newest;
} Reading;

static int pending_order(gconstpointer a, gconstpointer b)
{
    const Pending *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->xact < y->xact ? -1 : x->xact > y->xact;
}

/* How many from `first` on happened at the same instant, in the same transaction. */
static guint together_from(const GArray *pending, guint first)
{
    guint count = 1;
    while (first + count < pending->len &&
           pending_order(&g_array_index(pending, Pending, first), &g_array_index(pending, Pending, first + count)) == 0)
        count++;
    return count;
}

/* Replays what happened before `until`. */
static void replay_pending(Reading *reading, Instant until)
{
    GArray *pending = reading->pending;
    g_array_sort(pending, pending_order);
    guint done = 0;
    while (done < pending->len && g_array_index(pending, Pending, done).at < until) {
        guint count = together_from(pending, done);
        g_ptr_array_set_size(reading->together, 0);
        for (guint i = done; i < done + count; i++)
            g_ptr_array_add(reading->together, (gpointer)g_array_index(pending, Pending, i).record);
        replay_records(reading->simulation->replay, (const ReplayRecord **)(void *)reading->together->pdata, (int)count);
        for (guint i = done; i < done + count; i++) {
            Chunk *chunk = g_array_index(pending, Pending, i).chunk;
            if (--chunk->left == 0)
                chunk_free(chunk);
        }
        done += count;
    }
    g_array_remove_range(pending, 0, done);
}

static void take_chunk(Reading *reading, Chunk *chunk)
{
    for (int i = 0; i < chunk->count; i++) {
        Pending one = { chunk->records[i].at, chunk->xacts[i], &chunk->records[i], chunk };
        g_array_append_val(reading->pending, one);
        reading->newest = MAX(reading->newest, one.at);
    }
    reading->read += chunk->count;
    const Simulation *simulation = reading->simulation;
    if (reading->ask->progress)
        reading->ask->progress(reading->ask->data,
                               (double)(reading->newest - simulation->read_from) / (double)(simulation->until - simulation->read_from),
                               reading->read);
}

static DbResult read_all(Reading *reading)
{
    Simulation *simulation = reading->simulation;
    g_auto(Params) params = params_new();
    params_instant(&params, simulation->read_from);
    params_instant(&params, simulation->until);
    DbResult result = db_run(&reading->db, QUERY_SIMULATE_OPEN, &params, NULL);
    while (result == DB_OK) {
        PGresult *rows = NULL;
        result = db_run(&reading->db, QUERY_SIMULATE_FETCH, NULL, &rows);
        if (result != DB_OK || PQntuples(rows) == 0) {
            PQclear(rows);
            break;
        }
        Chunk *chunk = chunk_new(rows);
        take_chunk(reading, chunk);
        result = simulate_introduce(&reading->db, simulation->replay, chunk);
        replay_pending(reading, reading->newest - LATE_AT_MOST_US);
    }
    if (result == DB_OK)
        replay_pending(reading, INSTANT_MAX);
    return result;
}

/* Reads what one statement gives. */
static DbResult read_some(Reading *reading, Query query, const Params *params, Chunk **chunk)
{
    PGresult *rows = NULL;
    DbResult result = db_run(&reading->db, query, params, &rows);
    *chunk = result == DB_OK ? chunk_new(rows) : NULL;
    return result;
}

/* The newest records of the account of one person. */
static DbResult read_account(Reading *reading, Chunk **chunk)
{
    Simulation *simulation = reading->simulation;
    g_auto(Params) params = params_new();
    params_text(&params, reading->ask->move.subject);
    params_instant(&params, simulation->read_from);
    params_number(&params, reading->ask->most);
    DbResult result = read_some(reading, QUERY_SIMULATE_ACCOUNT, &params, chunk);
    simulation->cut = result == DB_OK && (*chunk)->count == reading->ask->most;
    return result;
}

/* Does it hold all since `read_from`? */
static bool is_whole(const Chunk *chunk, int64_t most, Instant read_from)
{
    if (chunk->count <= most)
        return true;
    for (int i = 0; i < chunk->count; i++)
        if (chunk->records[i].at < read_from)
            return true;
    return false;
}

/* The newest records, where these are all; else those of accounts here and there. */
static DbResult read_evenly(Reading *reading, Chunk **chunk)
{
    Simulation *simulation = reading->simulation;
    g_auto(Params) params = params_new();
    params_instant(&params, simulation->read_from);
    params_number(&params, reading->ask->most + 1);
    DbResult result = read_some(reading, QUERY_SIMULATE_NEWEST, &params, chunk);
    if (result != DB_OK || is_whole(*chunk, reading->ask->most, simulation->read_from))
        return result;
    chunk_free(*chunk);
    simulation->sampled = true;
    g_auto(Params) some = params_new();
    params_instant(&some, simulation->read_from);
    params_number(&some, SAMPLE_ACCOUNTS);
    params_number(&some, reading->ask->most / SAMPLE_ACCOUNTS * 4);
    params_number(&some, reading->ask->most);
    return read_some(reading, QUERY_SIMULATE_SAMPLE, &some, chunk);
}

static DbResult read_bounded(Reading *reading)
{
    Simulation *simulation = reading->simulation;
    Chunk *chunk = NULL;
    DbResult result = reading->ask->move.subject ? read_account(reading, &chunk) : read_evenly(reading, &chunk);
    if (result != DB_OK)
        return result;
    for (int i = 0; i < chunk->count; i++) {
        Pending one = { chunk->records[i].at, chunk->xacts[i], &chunk->records[i], chunk };
        if (one.at >= simulation->read_from)
            g_array_append_val(reading->pending, one);
    }
    chunk->left = (int)reading->pending->len;
    result = simulate_introduce(&reading->db, simulation->replay, chunk);
    if (chunk->left == 0)
        chunk_free(chunk);
    if (result == DB_OK)
        replay_pending(reading, INSTANT_MAX);
    return result;
}

static void reading_clear(Reading *reading)
{
    for (guint i = 0; i < reading->pending->len; i++) {
        Chunk *chunk = g_array_index(reading->pending, Pending, i).chunk;
        if (--chunk->left == 0)
            chunk_free(chunk);
    }
    g_array_unref(reading->pending);
    g_ptr_array_unref(reading->together);
    db_close(&reading->db);
}

/* The worlds, and from when on records are needed for them. */
static void set_up(Simulation *simulation, const SimulateAsk *ask)
{
    simulation->from = simulation->until - (int64_t)ask->days * 86400 * US_PER_S;
    simulation->replay = replay_new(simulation->from, zone_find(simulation->now->zone));
    replay_add_world(simulation->replay, simulation->now);
    const Policy *next = simulation->next ? simulation->next : simulation->now;
    if (simulation->next)
        replay_add_world(simulation->replay, next)->move = ask->move;
    simulation->read_from = simulation->from - MAX(replay_warm_up_us(simulation->now, next),
                                                   replay_move_warm_up_us(simulation->now, next, &ask->move));
}

/* In one transaction, so that all of it is of one moment. */
static DbResult read_prepared(Reading *reading)
{
    Db *db = &reading->db;
    g_autoptr(PGresult) clock = NULL;
    g_autoptr(PGresult) registry = NULL;
    g_autoptr(PGresult) same = NULL;
    g_auto(Params) version = params_new();
    params_number(&version, reading->simulation->now->version);
    DbResult result = db_run(db, QUERY_BEGIN_READ, NULL, NULL);
    if (result == DB_OK)
        result = db_run(db, QUERY_SIMULATE_PATIENCE, NULL, NULL);
    if (result == DB_OK)
        result = db_run(db, QUERY_CLOCK, NULL, &clock);
    if (result == DB_OK)
        result = db_run(db, QUERY_LIMITS_REGISTRY, NULL, &registry);
    if (result == DB_OK)
        result = db_run(db, QUERY_SIMULATE_SAME, &version, &same);
    if (result != DB_OK)
        return result;
    reading->simulation->until = result_number(clock, 0, 0) + 1;
    if (reading->simulation->next)
        policy_slots_suppose(reading->simulation->next, registry);
    set_up(reading->simulation, reading->ask);
    for (int row = 0; row < PQntuples(same); row++)
        replay_is_version(reading->simulation->replay, (int)result_number(same, row, 0));
    db->binary = true;
    return reading->ask->most ? read_bounded(reading) : read_all(reading);
}

StoreResult store_simulate(Store *store, const SimulateAsk *ask, Simulation **simulation, StoreError *error)
{
    g_autoptr(Simulation) made = g_new0(Simulation, 1);
    StoreResult result = store_policy(store, &made->now, error);
    if (result != STORE_OK)
        return result;
    made->next = ask->next ? policy_ref(ask->next) : NULL;
    Reading reading = { .ask = ask, .simulation = made, .pending = g_array_new(FALSE, FALSE, sizeof(Pending)),
                        .together = g_ptr_array_new() };
    db_init(&reading.db, store->database, false, false);
    reading.db.patience_ms = ask->most ? BOUNDED_PATIENCE_MS : PATIENCE_MS;
    DbResult read = read_prepared(&reading);
    if (read != DB_OK)
        result = store_down(error, &reading.db);
    reading_clear(&reading);
    if (result == STORE_OK)
        *simulation = g_steal_pointer(&made);
    return result;
}
