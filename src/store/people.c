/* Looking for people: one statement, each of its ways a range of an index. */
#include "store/people.h"

#include "store/admin_internal.h"

static json_t *person_of(const PGresult *rows, int row, const Policy *policy)
{
    const char *key = result_text(rows, row, 0);
    Instant until = result_null(rows, row, 2) ? INSTANT_MAX : result_number(rows, row, 2);
    const Plan *plan = subject_plan_now(policy, g_str_has_prefix(key, "anon:"), result_text(rows, row, 1), until,
                                        result_text(rows, row, 3), result_number(rows, row, 7));
    json_t *person = json_pack("{s:s, s:n, s:s?, s:s?, s:b}", "subject", key, "plan", "organization", result_text(rows, row, 4), "email",
                               result_text(rows, row, 5), "suspended", result_bool(rows, row, 6));
    if (plan)
        json_object_set_new(person, "plan", json_pack("{s:s, s:s}", "key", plan->key, "title", plan->title));
    return person;
}

StoreResult people_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    g_auto(Params) params = params_new();
    params_text(&params, text);
    params_text(&params, after ? after : "");
    params_number(&params, PEOPLE_PAGE + 1);
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult read = db_run(db, QUERY_PEOPLE_FIND, &params, &rows);
    if (read == DB_LOST)
        read = db_run(db, QUERY_PEOPLE_FIND, &params, &rows);
    result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (result != STORE_OK)
        return result;
    *more = PQntuples(rows) > PEOPLE_PAGE;
    *list = json_array();
    for (int row = 0; row < MIN(PQntuples(rows), PEOPLE_PAGE); row++)
        json_array_append_new(*list, person_of(rows, row, policy));
    return STORE_OK;
}
