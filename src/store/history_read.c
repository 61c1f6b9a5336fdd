/* What a subject used on each day: sums that were rolled up, and records that were not yet, in one statement and so of one
 * moment. */
#include "store/store_internal.h"

#define ROWS_MOST 20000

typedef struct {
    const char *subject;
    const GPtrArray *features; /* NULL: all */
    int days;
    bool by_client;
} Wanted;

static History *history_of(const PGresult *rows, const Wanted *wanted)
{
    bool empty = result_null(rows, 0, 3);
    History *history = history_new(empty ? 0 : PQntuples(rows));
    history->last = result_number(rows, 0, 0);
    history->first = history->last - wanted->days + 1;
    history->zone = g_strdup(result_text(rows, 0, 1));
    history->as_of = result_number(rows, 0, 2);
    for (int i = 0; i < history->row_count; i++)
        history->rows[i] = (HistoryRow){
            .day = result_number(rows, i, 3),
            .feature = g_strdup(result_text(rows, i, 4)),
            .client = g_strdup(result_text(rows, i, 5)),
            .allowed = result_number(rows, i, 6),
            .refused = result_number(rows, i, 7),
            .units = result_number(rows, i, 8),
        };
    return history;
}

static DbResult read(Store *store, Db *db, const Wanted *wanted, History **history)
{
    g_auto(Params) params = params_new();
    g_autoptr(PGresult) rows = NULL;
    params_text(&params, wanted->subject);
    store_zone_param(store, &params);
    params_number(&params, wanted->days);
    if (wanted->features)
        params_texts(&params, wanted->features);
    else
        params_text(&params, NULL);
    params_bool(&params, wanted->by_client);
    params_number(&params, ROWS_MOST + 1);
    DbResult result = db_run(db, QUERY_HISTORY_READ, &params, &rows);
    if (result == DB_OK && PQntuples(rows) == 0)
        return DB_REFUSED;
    if (result == DB_OK)
        *history = history_of(rows, wanted);
    return result;
}

StoreResult store_history(Store *store, const char *subject, const GPtrArray *features, int days, bool by_client,
                          History **history, StoreError *error)
{
    Wanted wanted = { subject, features, days, by_client };
    Db *db = store_reader_take(store);
    DbResult result = read(store, db, &wanted, history);
    if (result == DB_LOST)
        result = read(store, db, &wanted, history);
    if (result == DB_OK && by_client && (*history)->row_count > ROWS_MOST) {
        wanted.by_client = false;
        g_clear_pointer(history, history_free);
        result = read(store, db, &wanted, history);
        if (result == DB_OK)
            (*history)->cut = true;
    }
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}
