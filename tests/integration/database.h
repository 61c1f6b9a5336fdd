/* The private database of a test run (DATABASE_URL): a fresh schema, a policy, and plain SQL to look at it. */
#ifndef WEBQUOTA_TEST_DATABASE_H
#define WEBQUOTA_TEST_DATABASE_H

#include <check.h>
#include <libpq-fe.h>

#include "policy/policy_load.h"
#include "store/admin.h"
#include "store/ledger.h"
#include "store/migrate.h"
#include "store/policy_store.h"

static inline const char *database_url(void)
{
    const char *url = g_getenv("DATABASE_URL");
    if (!url || !*url) {
        fprintf(stderr, "DATABASE_URL must name a database that this test may empty; make test makes one\n");
        exit(1);
    }
    return url;
}

/* One value of one query, as text; fails the test when it cannot be had. New string. */
static inline char *database_value(const char *sql)
{
    PGconn *connection = PQconnectdb(database_url());
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        ck_abort_msg("%s: %s", sql, PQerrorMessage(connection));
    char *value = g_strdup(status == PGRES_TUPLES_OK && PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(connection);
    return value;
}

static inline int64_t database_number(const char *sql)
{
    g_autofree char *text = database_value(sql);
    return g_ascii_strtoll(text, NULL, 10);
}

/* Whoever reads what time it is stands still meanwhile, with what it has read so far; the connection that lets them go on (PQfinish). Those
 * who write do not. */
static inline PGconn *database_readers_held(void)
{
    PGconn *holder = PQconnectdb(database_url());
    g_free(database_value("create or replace function webquota.clock() returns timestamptz language plpgsql volatile as"
                          " $$ begin if current_setting('transaction_read_only')::boolean then"
                          " perform pg_advisory_lock_shared(77); perform pg_advisory_unlock_shared(77); end if; return clock_timestamp(); end $$"));
    PQclear(PQexec(holder, "select pg_advisory_lock(77)"));
    return holder;
}

/* Until one stands still who reads that table. */
static inline void database_await_held(const char *table)
{
    g_autofree char *sql = g_strdup_printf("select count(*) from pg_stat_activity where wait_event = 'advisory' and query like '%%webquota.%s%%'"
                                           " and pid <> pg_backend_pid()", table);
    while (!database_number(sql))
        g_thread_yield();
}

/* Of a store whose patience is not what is tried: more where all is watched (scripts/watched), and several times slower. */
static inline int database_patience_ms(void)
{
    return g_getenv("WATCH") ? 20000 : 0;
}

/* 0: as it is by default. */
static inline Store *database_store_with(int patience_ms)
{
    StoreConfig config = { .database = database_url(), .prepared = true, .readers = 2, .listen = true, .read_policy = policy_load,
                           .patience_ms = patience_ms };
    return store_open(&config);
}

static inline Store *database_store(void)
{
    return database_store_with(database_patience_ms());
}

/* An empty schema under `policy`. */
static inline void database_fresh(const char *policy_text)
{
    g_free(database_value("set client_min_messages = error; drop schema if exists webquota cascade"));
    g_auto(StoreError) error = { 0 };
    ck_assert_msg(migrate_run(database_url(), NULL, NULL, &error) == STORE_OK, "%s", error.detail);
    g_autofree char *why = NULL;
    g_autoptr(Policy) policy = policy_load(policy_text, "test", &why);
    ck_assert_msg(policy != NULL, "%s", why);
    Store *store = database_store();
    int version;
    bool changed;
    ck_assert_msg(policy_apply(store, policy, "test", NULL, &version, &changed, &error) == STORE_OK, "%s", error.detail);
    store_close(store);
}

#endif
