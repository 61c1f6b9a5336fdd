/* The store as a whole: connections, the policy in force, the clock, and what is reported of them. */
#include "store/policy_store.h"
#include "say/say.h"
#include "store/store_internal.h"
#include "store/ledger_own.h"

#include <stdarg.h>
#include "base/log.h"
#include "store/usage_rows.h"

#define POLICY_LOOK_US 1000000
#define POLICY_WAIT_SHARE 8     /* of all patience, for a newer one than is known: who waits for the ledger after that waits long enough */

void store_error_clear(StoreError *error)
{
    g_clear_pointer(&error->field, g_free);
    g_clear_pointer(&error->detail, g_free);
    error->made = STORE_NO_CHANGE;
    error->only_this = false;
    error->unsure = false;
}

StoreResult store_fail(StoreError *error, StoreResult result, const char *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error) {
        store_error_clear(error);
        error->field = g_strdup(field);
        error->detail = g_strdup_vprintf(format, arguments);
    }
    va_end(arguments);
    return result;
}

StoreResult store_down(StoreError *error, const Db *db)
{
    const char *why = db && db->error ? db->error : SAY_NOT_CONNECTED;
    if (!db || !db->refused)
        return store_fail(error, STORE_DOWN, NULL, SAY_DATABASE, why);
    store_fail(error, STORE_DOWN, NULL, SAY_REFUSED, why);
    if (error)
        error->only_this = true;
    return STORE_DOWN;
}

StoreResult store_made(StoreResult result, StoreMade made, StoreError *error)
{
    if (result == STORE_DOWN && error)
        error->made = made;
    return result;
}

Store *store_open(const StoreConfig *config)
{
    Store *store = g_new0(Store, 1);
    store->config = *config;
    store->database = g_strdup(config->database);
    pthread_mutex_init(&store->policy_lock, NULL);
    pthread_mutex_init(&store->readers_lock, NULL);
    ledger_cond_init(&store->readers_free);
    pthread_mutex_init(&store->writer_lock, NULL);
    ledger_cond_init(&store->writer_free);
    pthread_mutex_init(&store->tellers_lock, NULL);
    pthread_mutex_init(&store->ledger_lock, NULL);
    pthread_mutex_init(&store->clock_lock, NULL);
    pthread_mutex_init(&store->metrics_lock, NULL);
    pthread_mutex_init(&store->keys_lock, NULL);
    pthread_mutex_init(&store->sessions_lock, NULL);
    store->config.readers = MAX(1, config->readers);
    store->config.patience_ms = config->patience_ms ? config->patience_ms : STORE_PATIENCE_MS;
    store->readers = g_new0(Db, store->config.readers);
    store->reader_taken = g_new0(bool, store->config.readers);
    for (int i = 0; i < store->config.readers; i++) {
        db_init(&store->readers[i], config->database, config->prepared, false);
        store->readers[i].patience_ms = MAX(DB_PATIENCE_MS, store->config.patience_ms);
        store->readers[i].looks_up = config->listen;
    }
    db_init(&store->writer, config->database, config->prepared, true);
    store->writer.patience_ms = config->listen ? store->config.patience_ms : 0;
    pthread_mutex_init(&store->reports_lock, NULL);
    ledger_cond_init(&store->reports_free);
    store->reports_apart = config->report_database != NULL;
    db_init(&store->reports, store->reports_apart ? config->report_database : config->database, config->prepared, false);
    store->reports.replica = store->reports_apart;
    store->places = places_new();
    listener_start(store);
    return store;
}

int64_t store_patience_us(const Store *store)
{
    return store->config.patience_ms * INT64_C(1000);
}

/* So much longer than for a decision. */
#define READ_MORE_US 100000

int64_t store_read_us(const Store *store)
{
    return store_patience_us(store) + READ_MORE_US;
}

void store_close(Store *store)
{
    if (!store)
        return;
    places_stop(store->places);
    usage_tellers_stop(store->tellers);
    listener_stop(store);
    ledger_close(store->ledger);
    for (int i = 0; i < store->config.readers; i++)
        db_close(&store->readers[i]);
    db_close(&store->writer);
    db_close(&store->reports);
    places_free(store->places);
    policy_unref(store->policy);
    policy_unref(store->coming);
    g_free(store->readers);
    g_free(store->reader_taken);
    g_free(store->database);
    pthread_mutex_destroy(&store->policy_lock);
    pthread_mutex_destroy(&store->readers_lock);
    pthread_cond_destroy(&store->readers_free);
    pthread_mutex_destroy(&store->writer_lock);
    pthread_cond_destroy(&store->writer_free);
    pthread_mutex_destroy(&store->reports_lock);
    pthread_cond_destroy(&store->reports_free);
    pthread_mutex_destroy(&store->tellers_lock);
    pthread_mutex_destroy(&store->ledger_lock);
    pthread_mutex_destroy(&store->clock_lock);
    pthread_mutex_destroy(&store->metrics_lock);
    pthread_mutex_destroy(&store->keys_lock);
    pthread_mutex_destroy(&store->sessions_lock);
    g_clear_pointer(&store->keys, g_hash_table_unref);
    g_clear_pointer(&store->sessions, g_hash_table_unref);
    g_free(store->form_secret);
    g_free(store);
}

/* --- reading connections --- */

/* One that is connected, else one that can be. One that failed a moment ago would fail everybody who comes in that moment: as
 * long as another is connected, that is waited for instead. */
static int reader_free(const Store *store)
{
    int first = -1, failed = -1;
    bool connected = false;
    for (int i = 0; i < store->config.readers; i++) {
        connected |= g_atomic_int_get(&store->readers[i].connected);
        if (store->reader_taken[i])
            continue;
        if (store->readers[i].connection)
            return i;
        if (db_pauses(&store->readers[i]))
            failed = i;
        else if (first < 0)
            first = i;
    }
    return first >= 0 || connected ? first : failed;
}

static Db *reader_none(void)
{
    Db *none = g_new0(Db, 1);
    db_init(none, NULL, false, false);
    return none;
}

Db *store_reader_take(Store *store)
{
    return store_reader_take_for(store, store_read_us(store));
}

Db *store_reader_take_for(Store *store, int64_t us)
{
    int64_t deadline_us = store->config.listen ? g_get_monotonic_time() + us : 0;
    struct timespec until = ledger_in_us(store->config.listen ? us * 2 / 3 : 3600 * US_PER_S);
    int index, waited = 0;
    pthread_mutex_lock(&store->readers_lock);
    while ((index = reader_free(store)) < 0 && waited == 0)
        waited = pthread_cond_timedwait(&store->readers_free, &store->readers_lock, &until);
    if (index >= 0) {
        store->reader_taken[index] = true;
        store->readers[index].deadline_us = deadline_us;
    }
    pthread_mutex_unlock(&store->readers_lock);
    return index >= 0 ? &store->readers[index] : reader_none();
}

void store_reader_give(Store *store, Db *db)
{
    if (db < store->readers || db >= store->readers + store->config.readers) {
        db_close(db);
        g_free(db);
        return;
    }
    pthread_mutex_lock(&store->readers_lock);
    store->reader_taken[db - store->readers] = false;
    pthread_cond_signal(&store->readers_free);
    pthread_mutex_unlock(&store->readers_lock);
}

/* --- reading, once --- */

StoreResult store_read_for(Store *store, int64_t us, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    Db *db = store_reader_take_for(store, us);
    DbResult result = db_run(db, query, params, rows);
    if (result == DB_LOST)
        result = db_run(db, query, params, rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}

StoreResult store_read(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    return store_read_for(store, store_read_us(store), query, params, rows, error);
}

/* --- the clock --- */

/* A database's clock that did not go along with ours since it was last heard, as in a test, is not reckoned on. */
#define CLOCK_STRAY_US 50000

void store_clock_heard(Store *store, Instant now)
{
    pthread_mutex_lock(&store->clock_lock);
    int64_t heard_us = g_get_monotonic_time(), passed_us = heard_us - store->clock_heard_us;
    bool along = store->clock_heard_us && now > store->clock_heard && ABS(now - store->clock_heard - passed_us) < CLOCK_STRAY_US;
    store->clock_goes = along;
    store->clock_heard = now;
    store->clock_heard_us = heard_us;
    pthread_mutex_unlock(&store->clock_lock);
}

bool store_clock_goes(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    bool goes = store->clock_goes;
    pthread_mutex_unlock(&store->clock_lock);
    return goes;
}

Instant store_now_reckoned(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    Instant now = store->clock_heard + (store->clock_goes ? g_get_monotonic_time() - store->clock_heard_us : 0);
    pthread_mutex_unlock(&store->clock_lock);
    return now;
}

Instant store_now(Store *store)
{
    pthread_mutex_lock(&store->clock_lock);
    Instant now = store->clock_heard_us ? store->clock_heard + (g_get_monotonic_time() - store->clock_heard_us) : g_get_real_time();
    pthread_mutex_unlock(&store->clock_lock);
    return now;
}

/* --- the policy in force --- */

/* Takes over the reference. `held`: the version that was in force when the policy was read. Another that was put in its place since, and is
 * newer, stays: it was not there yet when this was read. */
static void set_policy(Store *store, Policy *policy, int held)
{
    pthread_mutex_lock(&store->policy_lock);
    Policy *old = store->policy;
    if (old && old->version != held && old->version > policy->version) {
        pthread_mutex_unlock(&store->policy_lock);
        policy_unref(policy);
        return;
    }
    store->policy = policy;
    pthread_mutex_unlock(&store->policy_lock);
    if (old && old->version != policy->version)
        log_line(LOG_LEVEL_NOTICE, "policy version %d is in force", policy->version);
    policy_unref(old);
}

/* Reads a version's text into a policy with its slots. NULL and a line in the log when it cannot be. */
static Policy *policy_from_row(Store *store, Db *db, const PGresult *rows)
{
    int version = (int)result_number(rows, 0, 0);
    g_autofree char *why = NULL;
    g_autofree char *name = g_strdup_printf("policy version %d", version);
    g_autoptr(Policy) policy = store->config.read_policy(result_text(rows, 0, 1), name, &why);
    LogLevel level = store_policy_refused(store, version) ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR; /* said once */
    if (!policy) {
        log_line(level, "policy version %d cannot be used: %s", version, why ? why : "no reason given");
        return NULL;
    }
    policy->version = version;
    g_autoptr(PGresult) registry = NULL;
    if (db_run(db, QUERY_LIMITS_REGISTRY, NULL, &registry) != DB_OK)
        return NULL;
    if (!policy_slots_fill(policy, registry)) {
        log_line(level, "policy version %d has limits that are not registered; apply it again", version);
        return NULL;
    }
    return g_steal_pointer(&policy);
}

static int policy_version_in_force(Store *store)
{
    pthread_mutex_lock(&store->policy_lock);
    int version = store->policy ? store->policy->version : -1;
    pthread_mutex_unlock(&store->policy_lock);
    return version;
}

void store_zone_param(Store *store, Params *params)
{
    pthread_mutex_lock(&store->policy_lock);
    params_text(params, store->policy ? store->policy->zone : "UTC");
    pthread_mutex_unlock(&store->policy_lock);
}

void store_policy_look_again(Store *store)
{
    pthread_mutex_lock(&store->policy_lock);
    store->policy_asked++;
    pthread_mutex_unlock(&store->policy_lock);
}

bool store_policy_refused(Store *store, int64_t version)
{
    return version == g_atomic_int_get(&store->policy_refused);
}

/* --- what is to come --- */

Policy *store_coming(Store *store, const Policy *policy, Instant *at)
{
    pthread_mutex_lock(&store->policy_lock);
    bool its = store->coming && store->coming_from == policy->version;
    Policy *coming = its ? policy_ref(store->coming) : NULL;
    *at = store->coming_at;
    pthread_mutex_unlock(&store->policy_lock);
    return coming;
}

/* Takes the policy. */
static void coming_set(Store *store, Policy *coming, int version, int from, Instant at)
{
    pthread_mutex_lock(&store->policy_lock);
    Policy *old = store->coming;
    store->coming = coming;
    store->coming_version = version;
    store->coming_from = from;
    store->coming_at = at;
    pthread_mutex_unlock(&store->policy_lock);
    policy_unref(old);
}

/* By a row of policy_active. It is read once, and kept: a version never changes. */
static DbResult coming_refresh(Store *store, Db *db, const PGresult *rows)
{
    int version = result_null(rows, 0, 3) ? 0 : (int)result_number(rows, 0, 3), from = (int)result_number(rows, 0, 0);
    pthread_mutex_lock(&store->policy_lock);
    bool known = version == store->coming_version && (!version || from == store->coming_from);
    pthread_mutex_unlock(&store->policy_lock);
    if (known)
        return DB_OK;
    g_auto(Params) params = params_new();
    params_number(&params, version);
    g_autoptr(PGresult) text = NULL;
    DbResult result = version ? db_run(db, QUERY_POLICY_BY_VERSION, &params, &text) : DB_OK;
    if (result != DB_OK)
        return result;
    Policy *coming = version && PQntuples(text) == 1 ? policy_from_row(store, db, text) : NULL;
    if (version && !coming && !db->connection)
        return DB_LOST; /* the next one tries */
    coming_set(store, coming, version, from, version ? result_number(rows, 0, 4) : INSTANT_MAX);
    return DB_OK;
}

/* Of a version that could not be read: one at a time tries again, as it may have been for want of memory. */
static bool refused_for_now(Store *store, int version)
{
    if (!store_policy_refused(store, version))
        return false;
    pthread_mutex_lock(&store->policy_lock);
    int64_t now = g_get_monotonic_time();
    bool refused = now - store->policy_refused_us < POLICY_LOOK_US;
    if (!refused)
        store->policy_refused_us = now;
    pthread_mutex_unlock(&store->policy_lock);
    return refused;
}

static void refuse(Store *store, int version)
{
    pthread_mutex_lock(&store->policy_lock);
    store->policy_refused_us = g_get_monotonic_time();
    pthread_mutex_unlock(&store->policy_lock);
    g_atomic_int_set(&store->policy_refused, version);
}

/* How often it was asked so far to look again. */
static int64_t policy_asked(Store *store)
{
    pthread_mutex_lock(&store->policy_lock);
    int64_t asked = store->policy_asked;
    pthread_mutex_unlock(&store->policy_lock);
    return asked;
}

/* What a look found, before which it was asked so often, holds. Who asked after it had begun is told nothing by it. */
static void policy_looked(Store *store, int64_t asked)
{
    pthread_mutex_lock(&store->policy_lock);
    store->policy_checked_us = g_get_monotonic_time();
    store->policy_looked = MAX(store->policy_looked, asked);
    pthread_mutex_unlock(&store->policy_lock);
}

DbResult store_policy_refresh(Store *store, Db *db)
{
    int64_t asked = policy_asked(store);
    int held = policy_version_in_force(store);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(db, QUERY_POLICY_ACTIVE, NULL, &rows);
    if (result != DB_OK)
        return result;
    int version = PQntuples(rows) ? (int)result_number(rows, 0, 0) : -1;
    g_atomic_int_set(&store->policy_due, PQntuples(rows) && result_bool(rows, 0, 2));
    bool known = version < 0 || version == policy_version_in_force(store) || refused_for_now(store, version);
    if (!known) {
        Policy *policy = policy_from_row(store, db, rows);
        if (policy)
            set_policy(store, policy, held);
        else if (db->connection)
            refuse(store, version);
    }
    if (version >= 0)
        result = coming_refresh(store, db, rows);
    policy_looked(store, asked);
    return result;
}

Policy *store_policy_held(Store *store)
{
    pthread_mutex_lock(&store->policy_lock);
    Policy *policy = store->policy ? policy_ref(store->policy) : NULL;
    pthread_mutex_unlock(&store->policy_lock);
    return policy;
}

StoreResult store_policy_version(Store *store, Db *db, int version, Policy **policy, StoreError *error)
{
    pthread_mutex_lock(&store->policy_lock);
    *policy = store->policy && store->policy->version == version ? policy_ref(store->policy) : NULL;
    pthread_mutex_unlock(&store->policy_lock);
    if (*policy)
        return STORE_OK;
    g_auto(Params) params = params_new();
    params_number(&params, version);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(db, QUERY_POLICY_BY_VERSION, &params, &rows);
    if (result == DB_LOST)
        result = db_run(db, QUERY_POLICY_BY_VERSION, &params, &rows);
    if (result != DB_OK)
        return store_down(error, db);
    if (PQntuples(rows) != 1)
        return store_fail(error, STORE_NONE, "version", SAY_NO_VERSION);
    *policy = policy_from_row(store, db, rows);
    return *policy ? STORE_OK : store_fail(error, STORE_DOWN, NULL, SAY_POLICY_UNREADABLE, version);
}

/* Whoever looks first after a change was due makes it, unless administration is busy. Where it cannot be made, what is in force stays, the
 * next one tries, and it is said once. */
static void apply_due(Store *store)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = policy_apply_due(store, store_patience_us(store), &error);
    if (result == STORE_OK) {
        Db *db = store_reader_take_for(store, store_patience_us(store) / POLICY_WAIT_SHARE);
        if (store_policy_refresh(store, db) != DB_OK)
            result = store_down(&error, db);
        store_reader_give(store, db);
    }
    bool failed = result == STORE_DOWN;
    if (failed && !g_atomic_int_get(&store->policy_due_failed))
        log_line(LOG_LEVEL_WARNING, "a policy that is due could not be put in force: %s", error.detail ? error.detail : "no answer");
    if (result != STORE_CONFLICT)
        g_atomic_int_set(&store->policy_due_failed, failed);
}

StoreResult store_policy(Store *store, Policy **policy, StoreError *error)
{
    *policy = NULL;
    pthread_mutex_lock(&store->policy_lock);
    bool known = store->policy != NULL;
    int64_t asked = store->policy_asked;
    bool look = !known || asked != store->policy_looked || g_get_monotonic_time() - store->policy_checked_us > POLICY_LOOK_US;
    if (look && known)
        store->policy_checked_us = g_get_monotonic_time(); /* one looks; the others go on with what there is, unless it is known to be old */
    pthread_mutex_unlock(&store->policy_lock);
    if (look) {
        Db *db = known ? store_reader_take_for(store, store_patience_us(store) / POLICY_WAIT_SHARE) : store_reader_take(store);
        DbResult result = store_policy_refresh(store, db);
        if (result != DB_OK) {
            store_down(error, db);
            policy_looked(store, asked); /* nobody else tries for now */
        }
        store_reader_give(store, db);
        if (result == DB_OK && g_atomic_int_get(&store->policy_due))
            apply_due(store);
    }
    *policy = store_policy_held(store);
    if (*policy)
        return STORE_OK;
    return error && error->detail ? STORE_DOWN
                                  : store_fail(error, STORE_DOWN, NULL, SAY_NO_POLICY_YET);
}

static StoreResult look_now(Store *store, StoreError *error)
{
    Db *db = store_reader_take(store);
    StoreResult result = store_policy_refresh(store, db) == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return result;
}

StoreResult store_policy_now(Store *store, Policy **policy, StoreError *error)
{
    StoreResult result = look_now(store, error);
    if (result == STORE_OK && g_atomic_int_get(&store->policy_due)) {
        apply_due(store);
        result = look_now(store, error);
    }
    *policy = result == STORE_OK ? store_policy_held(store) : NULL;
    return result != STORE_OK || *policy ? result : store_fail(error, STORE_DOWN, NULL, SAY_NO_POLICY_YET);
}

/* --- is it ready, and how is it going --- */

StoreResult store_ready(Store *store, StoreError *error)
{
    Db *db = store_reader_take(store);
    g_autoptr(PGresult) schema = NULL;
    DbResult result = db_run(db, QUERY_SCHEMA_VERSION, NULL, &schema);
    StoreResult ready = STORE_OK;
    if (result == DB_LOST)
        ready = store_down(error, db);
    else if (result != DB_OK)
        ready = store_fail(error, STORE_DOWN, NULL, SAY_NO_SCHEMA);
    else if (result_number(schema, 0, 0) > migrations_latest())
        ready = store_fail(error, STORE_DOWN, NULL, SAY_NEWER_SCHEMA, result_number(schema, 0, 0), migrations_latest());
    else if (result_number(schema, 0, 0) != migrations_latest())
        ready = store_fail(error, STORE_DOWN, NULL, SAY_OTHER_SCHEMA, result_number(schema, 0, 0), migrations_latest());
    store_reader_give(store, db);
    g_autoptr(Policy) policy = NULL;
    return ready == STORE_OK ? store_policy(store, &policy, error) : ready;
}

void store_metrics(Store *store, StoreMetrics *out)
{
    pthread_mutex_lock(&store->metrics_lock);
    *out = store->metrics;
    pthread_mutex_unlock(&store->metrics_lock);
    pthread_mutex_lock(&store->readers_lock);
    for (int i = 0; i < store->config.readers; i++) {
        bool open = g_atomic_int_get(&store->readers[i].connected);
        out->readers_open += open;
        out->readers_idle += open && !store->reader_taken[i];
    }
    pthread_mutex_unlock(&store->readers_lock);
    out->policy_version = MAX(0, policy_version_in_force(store));
    pthread_mutex_lock(&store->ledger_lock);
    Ledger *ledger = store->ledger;
    pthread_mutex_unlock(&store->ledger_lock);
    if (ledger)
        ledger_metrics(ledger, out);
}
