/* Which thresholds a subject has reached lately: one statement, read by the alerts' key. */
#include "store/ledger_job.h"

#define DAY_US (INT64_C(86400) * US_PER_S)
#define ALERTS_MOST 100
#define ALERTS_DAYS 90

static Alerts *alerts_of(const PGresult *rows)
{
    Alerts *alerts = alerts_new(PQntuples(rows));
    for (int i = 0; i < alerts->count; i++)
        alerts->lines[i] = (AlertLine){
            .at = result_number(rows, i, 0),
            .feature = g_strdup(result_text(rows, i, 1)),
            .limit = g_strdup(result_text(rows, i, 2)),
            .threshold_pct = result_number(rows, i, 3),
            .used = result_number(rows, i, 4),
            .amount = result_number(rows, i, 5),
            .shared = result_bool(rows, i, 6),
        };
    return alerts;
}

static DbResult read_once(Db *db, const Params *params, Alerts **alerts)
{
    g_autoptr(PGresult) rows = NULL;
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_ALERTS_READ, params, &rows);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(db);
    if (result == DB_OK)
        *alerts = alerts_of(rows);
    return result;
}

StoreResult store_alerts(Store *store, const char *subject, Instant now, Alerts **alerts, StoreError *error)
{
    g_auto(Params) params = params_new();
    params_text(&params, subject);
    params_number(&params, now - ALERTS_DAYS * DAY_US);
    params_number(&params, ALERTS_MOST);
    Db *db = store_reader_take(store);
    DbResult result = read_once(db, &params, alerts);
    if (result == DB_LOST)
        result = read_once(db, &params, alerts);
    if (db->connection && PQtransactionStatus(db->connection) != PQTRANS_IDLE && db_run(db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        result = DB_LOST;
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}
