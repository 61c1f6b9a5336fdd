/* Migrations run their texts as they are, through libpq directly: they are the one place where SQL is not
 * a named statement. The role's name is quoted by libpq. */
#include "store/migrate.h"

#include "store/store_internal.h"

static const struct {
    int number;
    const char *name, *text;
} migrations[] = {
#include "migrations.inc"
};

int migrations_latest(void)
{
    return migrations[G_N_ELEMENTS(migrations) - 1].number;
}

/* What the FastCGI process may do: no DDL, nothing deleted but idempotency keys, sums and what is over of
 * sessions, the journal and audit only added to, no account renamed, or metered as somebody else. */
static const char *const grants[] = {
    "grant usage on schema webquota to %s",
    "grant insert, update, delete on webquota.usage_by_plan, webquota.usage_owners, webquota.usage_last, webquota.usage_active,"
    " webquota.usage_organizations,"
    " webquota.usage_standing, webquota.usage_spread, webquota.usage_reaching, webquota.usage_reached to %s", /* sums, too */
    "grant select on all tables in schema webquota to %s",
    "grant usage on all sequences in schema webquota to %s",
    "grant execute on all functions in schema webquota to %s",
    "grant insert on webquota.accounts, webquota.subjects, webquota.counters, webquota.shared_counters, webquota.overrides,"
    " webquota.grants, webquota.decisions, webquota.reservations, webquota.idempotency, webquota.alerts, webquota.audit,"
    " webquota.api_keys, webquota.usage_daily, webquota.tickets, webquota.queues, webquota.sessions, webquota.sign_in_attempts,"
    " webquota.requests, webquota.admin_once to %s",
    "grant update on webquota.subjects, webquota.counters, webquota.shared_counters, webquota.overrides, webquota.grants,"
    " webquota.reservations, webquota.api_keys, webquota.usage_daily, webquota.usage_rollup, webquota.standing_rollup,"
    " webquota.leases, webquota.tickets, webquota.queues to %s",
    "grant insert, update on webquota.deliveries to %s",
    "grant update (last_seen_at, ended_at), delete on webquota.sessions to %s",
    "grant insert, delete, update (hash, changed_at, role) on webquota.local_accounts to %s", /* by administrators; their own hash by all */
    "grant update, delete on webquota.sign_in_attempts to %s",
    "grant insert, update, delete on webquota.second_factors to %s", /* of those who set up their own */
    "grant insert, update (used_at) on webquota.recovery_codes to %s",
    "grant update (state, answer, decided_by, decided_at, plan, override) on webquota.requests to %s",
    "grant insert, update (state, answer, decided_by, decided_at, made) on webquota.approvals to %s",
    "grant insert, update (state, ended_at, stopped_by) on webquota.bulks to %s",
    "grant insert, update (state, why, at, made) on webquota.bulk_items to %s",
    "grant update (suspended_at) on webquota.local_accounts to %s",
    "grant update (status, answer), delete on webquota.admin_once to %s",
    "grant update (given_back) on webquota.decisions to %s",
    "grant insert, update (active, state, applied_at) on webquota.policies to %s", /* a text that was applied stays as it was */
    "grant update (owner) on webquota.accounts to %s",
    "grant insert on webquota.limits to %s",
    "grant insert, update, delete on webquota.plans, webquota.features to %s",
    "grant delete on webquota.usage_daily to %s", /* sums, which are counted anew for another zone */
    "grant delete, update (at) on webquota.idempotency to %s", /* update: to lock those that it deletes */
    "alter default privileges in schema webquota grant select on tables to %s",
};

typedef struct {
    PGconn *connection;
    StoreError *error;
} Migration;

static bool run(Migration *migration, const char *text, const char *what)
{
    g_autoptr(PGresult) result = PQexec(migration->connection, text);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    g_autofree char *why = g_strchomp(g_strdup(PQresultErrorMessage(result)));
    store_fail(migration->error, STORE_DOWN, NULL, "%s: %s", what, why);
    return false;
}

static int applied_version(Migration *migration)
{
    g_autoptr(PGresult) result = PQexec(migration->connection, "select coalesce(max(version), 0) from webquota.migrations");
    return PQresultStatus(result) == PGRES_TUPLES_OK ? (int)result_number(result, 0, 0) : -1;
}

static bool apply_one(Migration *migration, size_t i, GPtrArray *lines)
{
    g_autofree char *note = g_strdup_printf("insert into webquota.migrations (version, name) values (%d, '%s')",
                                            migrations[i].number, migrations[i].name);
    if (!run(migration, migrations[i].text, migrations[i].name) || !run(migration, note, migrations[i].name))
        return false;
    g_ptr_array_add(lines, g_strdup_printf("applied %s", migrations[i].name));
    return true;
}

static bool grant_to(Migration *migration, const char *role)
{
    g_autofree char *unquoted = g_strdup(role);
    char *quoted = PQescapeIdentifier(migration->connection, unquoted, strlen(unquoted));
    bool done = quoted != NULL;
    for (size_t i = 0; done && i < G_N_ELEMENTS(grants); i++) {
        g_auto(GStrv) halves = g_strsplit(grants[i], "%s", 2);
        g_autofree char *text = g_strconcat(halves[0], quoted, halves[1], NULL);
        done = run(migration, text, "granting to the application's role");
    }
    PQfreemem(quoted);
    return done;
}

/* Is the role there to be granted anything? */
static bool role_exists(Migration *migration, const char *role)
{
    g_autoptr(PGresult) result = PQexecParams(migration->connection, "select 1 from pg_roles where rolname = $1", 1, NULL, &role,
                                              NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        return true;
    store_fail(migration->error, STORE_INVALID, "--app-role", "there is no role %s; make it with: create role %s login", role, role);
    return false;
}

/* Adds to `lines` what was done; all of it or none is true afterwards. */
static bool migrate_all(Migration *migration, const char *app_role, GPtrArray *lines)
{
    /* The lock is held to the end of the transaction; a second host waits here and finds nothing left to do. */
    if (!run(migration, "begin", "begin") || !run(migration, "select pg_advisory_xact_lock(4031894775)", "lock") ||
        !run(migration, "set local client_min_messages = warning", "settings") ||
        !run(migration, "create schema if not exists webquota", "schema") ||
        !run(migration,
             "create table if not exists webquota.migrations (version integer primary key, name text not null,"
             " applied_at timestamptz not null default now())", "migrations"))
        return false;
    int version = applied_version(migration);
    if (version > migrations_latest()) {
        store_fail(migration->error, STORE_CONFLICT, NULL, "the schema is version %d, newer than this program's %d", version,
                   migrations_latest());
        return false;
    }
    int before = version;
    for (size_t i = 0; i < G_N_ELEMENTS(migrations); i++)
        if (migrations[i].number > version && !apply_one(migration, i, lines))
            return false;
    if (before == migrations_latest())
        g_ptr_array_add(lines, g_strdup("the schema is up to date"));
    return run(migration, "select webquota.decisions_make_room(webquota.clock())", "partitions") &&
           (!app_role || (role_exists(migration, app_role) && grant_to(migration, app_role))) && run(migration, "commit", "commit");
}

StoreResult migrate_run(const char *database, const char *app_role, void (*told)(const char *line), StoreError *error)
{
    const char *keys[] = { "dbname", "connect_timeout", "application_name", NULL };
    const char *values[] = { database, "5", "webquota migrate", NULL };
    Migration migration = { PQconnectdbParams(keys, values, 1), error };
    StoreResult result = STORE_OK;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    if (PQstatus(migration.connection) != CONNECTION_OK) {
        g_autofree char *why = g_strchomp(g_strdup(PQerrorMessage(migration.connection)));
        result = store_fail(error, STORE_DOWN, NULL, "%s", why);
    } else if (!migrate_all(&migration, app_role, lines)) {
        result = error && error->field ? STORE_INVALID
               : error && error->detail && g_str_has_prefix(error->detail, "the schema is version") ? STORE_CONFLICT : STORE_DOWN;
    } else {
        for (guint i = 0; told && i < lines->len; i++)
            told(lines->pdata[i]);
    }
    PQfinish(migration.connection);
    return result;
}
