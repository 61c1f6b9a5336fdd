/* The statement of usage_read.sql: most of its cost is that of any statement, so that many keys cost little more than one. */
#include "store/usage_rows.h"
#include "say/say.h"

int64_t usage_until(const Store *store)
{
    return store->config.listen ? g_get_monotonic_time() + store_read_us(store) : INT64_MAX;
}

Db *usage_reader_take(Store *store, int64_t until_us, StoreError *error)
{
    int64_t left_us = until_us - g_get_monotonic_time();
    if (left_us > 0)
        return store_reader_take_for(store, MIN(left_us, store_read_us(store)));
    store_fail(error, STORE_DOWN, NULL, SAY_DATABASE, SAY_NO_ANSWER);
    return NULL;
}

/* Slots of counters that subjects share; true: there are some outside of organizations. */
static bool slots_find(const Policy *policy, GArray *slots)
{
    bool beyond = false;
    for (int i = 0; i < policy->plan_count; i++) {
        for (int j = 0; j < policy->plans[i].limit_count; j++) {
            const Limit *limit = &policy->plans[i].limits[j];
            int64_t slot = limit->slot;
            if (limit->scope == SCOPE_SUBJECT)
                continue;
            g_array_append_val(slots, slot);
            beyond |= limit->scope != SCOPE_ORGANIZATION;
        }
    }
    return beyond;
}

static Params params_of(const Policy *policy, const GPtrArray *keys)
{
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool beyond = slots_find(policy, slots);
    Params params = params_new();
    params_texts(&params, keys);
    params_numbers(&params, slots);
    params_text(&params, beyond ? "0" : NULL);
    return params;
}

/* They come in the order of the keys. */
static void places_find(const PGresult *rows, int keys, int *first)
{
    int count = PQntuples(rows), place = 0;
    for (int row = 0; row < count; row++)
        for (int64_t at = result_number(rows, row, USAGE_PLACE) - 1; place <= at && place < keys;)
            first[place++] = row;
    while (place <= keys)
        first[place++] = count;
}

DbResult usage_rows_read(Store *store, const Policy *policy, const GPtrArray *keys, int64_t until_us, PGresult **rows, int *first,
                         StoreError *error)
{
    Db *db = usage_reader_take(store, until_us, error);
    if (!db)
        return DB_LOST;
    g_auto(Params) params = params_of(policy, keys);
    DbResult result = DB_LOST;
    /* A connection that was closed while it was idle is found out here: a second attempt is made on a new one. */
    for (int attempt = 0; attempt < 2 && result == DB_LOST; attempt++)
        result = db_run(db, QUERY_USAGE_READ, &params, rows);
    if (result != DB_OK)
        store_down(error, db);
    store_reader_give(store, db);
    if (result != DB_OK)
        return result;
    places_find(*rows, (int)keys->len, first);
    store_clock_heard(store, result_number(*rows, 0, USAGE_NOW));
    return DB_OK;
}
