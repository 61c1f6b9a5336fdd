/* What a subject did lately. Two statements over the newest of its records, in one round trip: read by the records' key, and
 * bounded, however much somebody did. */
#include "store/ledger_job.h"

#define DAY_US (INT64_C(86400) * US_PER_S)
#define LINES_MOST 50
#define LINES_DAYS 90
#define CLIENTS_MOST 20
#define CLIENTS_DAYS 30
#define CLIENTS_ROWS 2000 /* as activity_clients.sql reads */

static Outcome outcome_of(const char *word)
{
    static const char *const words[] = { "allowed", "denied", "queued", "forbidden" };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0)
            return (Outcome)i;
    return OUTCOME_FORBIDDEN;
}

static void line_read(ActivityLine *line, const PGresult *rows, int row)
{
    DecisionKey key = { result_number(rows, row, 0), result_number(rows, row, 1), result_number(rows, row, 2),
                        result_number(rows, row, 3) };
    line->id = public_id_decision(&key);
    line->at = key.at;
    line->hold = strcmp(result_text(rows, row, 4), "hold") == 0;
    line->outcome = outcome_of(result_text(rows, row, 5));
    line->feature = g_strdup(result_text(rows, row, 6));
    line->resource = g_strdup(result_text(rows, row, 7));
    line->units = result_number(rows, row, 8);
    line->given_back = result_number(rows, row, 9);
    line->on_behalf_of = g_strdup(result_text(rows, row, 10));
    line->state = g_strdup(result_text(rows, row, 11));
}

static void client_read(ActivityClient *client, const PGresult *rows, int row)
{
    client->client = g_strdup(result_text(rows, row, 0));
    client->allowed = result_number(rows, row, 1);
    client->refused = result_number(rows, row, 2);
    client->units = result_number(rows, row, 3);
    client->last = result_number(rows, row, 4);
}

static Activity *activity_of(const PGresult *lines, const PGresult *clients)
{
    Activity *activity = activity_new(PQntuples(lines), PQntuples(clients));
    for (int i = 0; i < activity->line_count; i++)
        line_read(&activity->lines[i], lines, i);
    for (int i = 0; i < activity->client_count; i++)
        client_read(&activity->clients[i], clients, i);
    activity->clients_cut = activity->client_count > 0 && result_number(clients, 0, 5) >= CLIENTS_ROWS;
    return activity;
}

static void ask_params(Params *params, const char *subject, const GPtrArray *features, Instant since, int64_t most)
{
    params_text(params, subject);
    params_texts(params, features);
    params_number(params, since);
    params_number(params, most);
}

static DbResult read_both(Db *db, const Params *of_lines, const Params *of_clients, Activity **activity)
{
    g_autoptr(PGresult) lines = NULL;
    g_autoptr(PGresult) clients = NULL;
    db_queue(db, QUERY_BEGIN_READ, NULL, NULL);
    db_queue(db, QUERY_PLAN_BY_KEY, NULL, NULL);
    db_queue(db, QUERY_ACTIVITY_READ, of_lines, &lines);
    db_queue(db, QUERY_ACTIVITY_CLIENTS, of_clients, &clients);
    db_queue(db, QUERY_COMMIT, NULL, NULL);
    DbResult result = db_sync(db);
    if (result == DB_OK)
        *activity = activity_of(lines, clients);
    return result;
}

StoreResult store_activity(Store *store, const char *subject, const GPtrArray *features, Instant now, Activity **activity,
                           StoreError *error)
{
    g_auto(Params) of_lines = params_new();
    g_auto(Params) of_clients = params_new();
    ask_params(&of_lines, subject, features, now - LINES_DAYS * DAY_US, LINES_MOST);
    ask_params(&of_clients, subject, features, now - CLIENTS_DAYS * DAY_US, CLIENTS_MOST);
    Db *db = store_reader_take(store);
    DbResult result = read_both(db, &of_lines, &of_clients, activity);
    if (result == DB_LOST)
        result = read_both(db, &of_lines, &of_clients, activity);
    if (db->connection && PQtransactionStatus(db->connection) != PQTRANS_IDLE && db_run(db, QUERY_ROLLBACK, NULL, NULL) != DB_OK)
        result = DB_LOST;
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}
