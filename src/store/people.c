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

static StoreResult people_read(Store *store, Query query, const Params *params, const Policy *policy, json_t **list, bool *more,
                               StoreError *error)
{
    g_autoptr(PGresult) rows = NULL;
    Db *db = store_reader_take(store);
    DbResult read = db_run(db, query, params, &rows);
    if (read == DB_LOST)
        read = db_run(db, query, params, &rows);
    StoreResult result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    if (result != STORE_OK)
        return result;
    *more = PQntuples(rows) > PEOPLE_PAGE;
    *list = json_array();
    for (int row = 0; row < MIN(PQntuples(rows), PEOPLE_PAGE); row++)
        json_array_append_new(*list, person_of(rows, row, policy));
    return STORE_OK;
}

StoreResult people_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_auto(Params) params = params_new();
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, text);
    params_text(&params, after ? after : "");
    params_number(&params, PEOPLE_PAGE + 1);
    return people_read(store, QUERY_PEOPLE_FIND, &params, policy, list, more, error);
}

static const char *const filter_words[] = {[PEOPLE_ON_PLAN] = "plan", [PEOPLE_NEAR] = "near", [PEOPLE_STOPPED] = "stopped",
                                           [PEOPLE_OVERRIDE] = "override", [PEOPLE_SUSPENDED] = "suspended"};

bool people_filter_find(const char *word, PeopleFilter *filter)
{
    for (int i = 0; i < PEOPLE_FILTERS; i++)
        if (strcmp(filter_words[i], word) == 0) {
            *filter = (PeopleFilter) i;
            return true;
        }
    return false;
}

static const char *plan_at(const Policy *policy, int index)
{
    return index >= 0 ? policy->plans[index].key : NULL;
}

StoreResult people_filter(Store *store, PeopleFilter filter, const char *plan, const char *after, json_t **list, bool *more,
                          StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_auto(Params) params = params_new();
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, filter_words[filter]);
    params_text(&params, plan);
    params_text(&params, after ? after : "");
    params_number(&params, PEOPLE_PAGE + 1);
    params_text(&params, plan_at(policy, policy->default_plan));
    params_text(&params, plan_at(policy, policy->anonymous_plan));
    params_number(&params, PEOPLE_NEAR_PCT);
    return people_read(store, QUERY_PEOPLE_FILTER, &params, policy, list, more, error);
}
