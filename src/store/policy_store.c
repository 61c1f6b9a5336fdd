/* Applying a policy, and who is concerned by it. */
#include "store/policy_store.h"

#include "store/admin_internal.h"

static void put_tables(Params *params, const Policy *policy)
{
    GPtrArray *texts[7];
    for (int i = 0; i < 7; i++)
        texts[i] = g_ptr_array_new();
    g_autoptr(GArray) ranks = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (int i = 0; i < policy->plan_count; i++) {
        const Plan *plan = &policy->plans[i];
        int64_t rank = plan->rank;
        g_ptr_array_add(texts[0], plan->key);
        g_ptr_array_add(texts[1], plan->title);
        g_array_append_val(ranks, rank);
        g_ptr_array_add(texts[2], plan->price);
    }
    for (int i = 0; i < policy->feature_count; i++) {
        const Feature *feature = &policy->features[i];
        g_ptr_array_add(texts[3], feature->key);
        g_ptr_array_add(texts[4], feature->title);
        g_ptr_array_add(texts[5], feature->unit);
        g_ptr_array_add(texts[6], feature->parent >= 0 ? policy->features[feature->parent].key : NULL);
    }
    params_texts(params, texts[0]);
    params_texts(params, texts[1]);
    params_numbers(params, ranks);
    for (int i = 2; i < 7; i++)
        params_texts(params, texts[i]);
    for (int i = 0; i < 7; i++)
        g_ptr_array_unref(texts[i]);
}

static StoreResult insert_version(Store *store, const Policy *policy, const char *author, const char *reason, int *version,
                                  StoreError *error)
{
    g_auto(Params) text = params_new();
    params_text(&text, policy->text);
    params_text(&text, author);
    params_text(&text, reason);
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_INSERT, &text, &rows, error);
    if (result != STORE_OK)
        return result;
    *version = (int)result_number(rows, 0, 0);
    g_auto(Params) number = params_new();
    params_number(&number, *version);
    result = admin_run(store, QUERY_POLICY_RETIRE, NULL, NULL, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_ACTIVATE, &number, NULL, error);
    return result;
}

static StoreResult apply(Store *store, const Policy *policy, const char *author, const char *reason, int *version, bool *changed,
                         StoreError *error)
{
    g_autoptr(PGresult) active = NULL;
    StoreResult result = admin_run(store, QUERY_POLICY_LOCK, NULL, NULL, error);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_ACTIVE, NULL, &active, error);
    if (result != STORE_OK)
        return result;
    *changed = PQntuples(active) == 0 || strcmp(result_text(active, 0, 1), policy->text) != 0;
    if (!*changed) {
        *version = (int)result_number(active, 0, 0);
        return STORE_OK;
    }
    if (policy_slots_register(&store->writer, policy) != DB_OK)
        return store_down(error, &store->writer);
    result = insert_version(store, policy, author, reason, version, error);
    g_auto(Params) tables = params_new();
    put_tables(&tables, policy);
    if (result == STORE_OK)
        result = admin_run(store, QUERY_POLICY_TABLES, &tables, NULL, error);
    return result == STORE_OK
        ? admin_audit(store, author, "policy.apply", NULL, NULL,
                      json_pack("{s:i, s:s*, s:o*}", "version", *version, "reason", reason, "old",
                                PQntuples(active) ? json_pack("{s:I}", "version", (json_int_t)result_number(active, 0, 0)) : NULL), error)
        : result;
}

StoreResult policy_apply(Store *store, const Policy *policy, const char *author, const char *reason, int *version,
                         bool *changed, StoreError *error)
{
    StoreResult result = admin_begin(store, error);
    return result == STORE_OK ? admin_end(store, apply(store, policy, author, reason, version, changed, error), error) : result;
}

static StoreResult read_rows(Store *store, Query query, PGresult **rows, StoreError *error)
{
    Db *db = store_reader_take(store);
    DbResult result = db_run(db, query, NULL, rows);
    if (result == DB_LOST)
        result = db_run(db, query, NULL, rows);
    StoreResult outcome = result == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return outcome;
}

StoreResult policy_people(Store *store, const Policy *policy, json_t **people, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = read_rows(store, QUERY_SUBJECTS_PER_PLAN, &rows, error);
    if (result != STORE_OK)
        return result;
    *people = json_object();
    for (int row = 0; row < PQntuples(rows); row++) {
        const Plan *plan = subject_plan_now(policy, result_bool(rows, row, 1), result_text(rows, row, 0), INSTANT_MAX, NULL, 0);
        const char *key = plan ? plan->key : "";
        json_int_t before = json_integer_value(json_object_get(*people, key));
        json_object_set_new(*people, key, json_integer(before + (json_int_t)result_number(rows, row, 2)));
    }
    return STORE_OK;
}

StoreResult policy_versions(Store *store, json_t **list, StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = read_rows(store, QUERY_POLICIES_LIST, &rows, error);
    if (result != STORE_OK)
        return result;
    *list = json_array();
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(*list, json_pack("{s:I, s:s?, s:s?, s:s?, s:b}", "version", (json_int_t)result_number(rows, row, 0),
                                               "author", result_text(rows, row, 1), "reason", result_text(rows, row, 2),
                                               "applied_at", result_text(rows, row, 3), "active", result_bool(rows, row, 4)));
    return STORE_OK;
}
