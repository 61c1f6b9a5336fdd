#include "store/lease.h"

#include <unistd.h>
#include "store/lease_on.h"

char *lease_holder_new(void)
{
    g_autofree char *random = g_uuid_string_random();
    return g_strdup_printf("%s, process %d, %s", g_get_host_name(), (int)getpid(), random);
}

Lease lease_new(const char *name, int seconds)
{
    return (Lease){ .name = name, .seconds = seconds, .holder = lease_holder_new() };
}

void lease_clear(Lease *lease)
{
    g_clear_pointer(&lease->holder, g_free);
}

void lease_queue_take(Db *db, const Lease *lease, PGresult **row)
{
    g_auto(Params) params = params_new();
    params_text(&params, lease->name);
    params_text(&params, lease->holder);
    params_number(&params, lease->seconds);
    db_queue(db, QUERY_LEASE_TAKE, &params, row);
}

DbResult lease_leave_on(Db *db, const Lease *lease)
{
    g_auto(Params) params = params_new();
    params_text(&params, lease->name);
    params_text(&params, lease->holder);
    return db_run(db, QUERY_LEASE_LEAVE, &params, NULL);
}

StoreResult lease_take(Store *store, const Lease *lease, bool *mine, bool *late, StoreError *error)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, lease->name);
    params_text(&params, lease->holder);
    params_number(&params, lease->seconds);
    if (store_write_alone(store, QUERY_LEASE_TAKE, &params, &rows, error) != STORE_OK)
        return STORE_DOWN;
    *mine = PQntuples(rows) == 1;
    *late = *mine && result_bool(rows, 0, 0);
    return STORE_OK;
}

void lease_leave(Store *store, const Lease *lease)
{
    g_auto(Params) params = params_new();
    g_auto(StoreError) error = { 0 };
    params_text(&params, lease->name);
    params_text(&params, lease->holder);
    if (store_write_alone(store, QUERY_LEASE_LEAVE, &params, NULL, &error) != STORE_OK)
        return; /* it ends by itself */
}
