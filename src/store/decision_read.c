/* Recorded decisions, for those who ask why. */
#include "store/ledger_job.h"
#include "say/say.h"

void decision_read_free(DecisionRead *read)
{
    if (!read)
        return;
    answer_unref(read->answer);
    g_free(read->kind);
    g_free(read->on_behalf_of);
    json_decref(read->metadata);
    g_clear_pointer(&read->taken, g_array_unref);
    g_free(read->reservation_state);
    g_free(read);
}

static DbResult read_row(Db *db, const DecisionKey *key, DecisionRow **row)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(DecisionKey));
    g_array_append_vals(keys, key, 1);
    g_auto(Params) params = params_new();
    decision_keys_params(&params, keys);
    g_autoptr(PGresult) rows = NULL;
    DbResult result = db_run(db, QUERY_DECISIONS_READ, &params, &rows);
    *row = result == DB_OK ? decision_row_find(rows, key) : NULL;
    return result;
}

static StoreResult decision_from_row(Store *store, Db *db, const DecisionRow *row, DecisionRead **read, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy_version(store, db, row->policy_version, &policy, error);
    if (result == STORE_NONE)
        return store_fail(error, STORE_DOWN, NULL, SAY_POLICY_GONE, row->policy_version);
    if (result != STORE_OK)
        return result;
    *read = g_new0(DecisionRead, 1);
    (*read)->answer = decision_row_answer(row, policy);
    (*read)->kind = g_strdup(row->kind);
    (*read)->on_behalf_of = g_strdup(row->on_behalf_of);
    (*read)->metadata = row->metadata ? json_loads(row->metadata, 0, NULL) : NULL;
    (*read)->refunded = row->given_back;
    (*read)->own = row->own;
    (*read)->reservation_state = g_strdup(row->state);
    (*read)->taken = decision_row_taken(row);
    (*read)->restores = strcmp(row->kind, "reset") == 0 && row->trace->len > 0 && g_array_index(row->trace, TraceLine, 0).used_delta > 0;
    return STORE_OK;
}

StoreResult store_decision(Store *store, const char *id, DecisionRead **read, StoreError *error)
{
    DecisionKey key;
    if (!public_id_read(id, DECISION_PREFIX, &key) && !public_id_read(id, RESERVATION_PREFIX, &key))
        return store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("decision"));
    Db *db = store_reader_take(store);
    g_autoptr(DecisionRow) row = NULL;
    DbResult result = read_row(db, &key, &row);
    if (result == DB_LOST)
        result = read_row(db, &key, &row);
    StoreResult outcome = result != DB_OK ? store_down(error, db)
                        : !row ? store_fail(error, STORE_NONE, NULL, SAY_NO_SUCH("decision"))
                               : decision_from_row(store, db, row, read, error);
    store_reader_give(store, db);
    return outcome;
}
