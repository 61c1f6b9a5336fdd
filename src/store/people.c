/* Looking for people: one statement, each of its ways a range of an index. */
#include "store/people_rows.h"

#define WHOLE_US (5 * US_PER_S) /* all who fit are more than a page, which is there at once */

enum { SUBJECT, PLAN, PLAN_UNTIL, PLAN_AFTER, ORGANIZATION, EMAIL, SUSPENDED, NOW };

const char *people_row_subject(const PGresult *rows, int row)
{
    return result_text(rows, row, SUBJECT);
}

const Plan *people_row_plan(const PGresult *rows, int row, const Policy *policy)
{
    Instant until = result_null(rows, row, PLAN_UNTIL) ? INSTANT_MAX : result_number(rows, row, PLAN_UNTIL);
    return subject_plan_now(policy, g_str_has_prefix(people_row_subject(rows, row), "anon:"), result_text(rows, row, PLAN), until,
                            result_text(rows, row, PLAN_AFTER), result_number(rows, row, NOW));
}

bool people_row_plan_ends(const PGresult *rows, int row)
{
    return !result_null(rows, row, PLAN_UNTIL);
}

bool people_row_suspended(const PGresult *rows, int row)
{
    return result_bool(rows, row, SUSPENDED);
}

json_t *people_row_json(const PGresult *rows, int row, const Policy *policy)
{
    const Plan *plan = people_row_plan(rows, row, policy);
    json_t *person = json_pack("{s:s, s:n, s:s?, s:s?, s:b}", "subject", people_row_subject(rows, row), "plan", "organization",
                               result_text(rows, row, ORGANIZATION), "email", result_text(rows, row, EMAIL), "suspended",
                               people_row_suspended(rows, row));
    if (plan)
        json_object_set_new(person, "plan", json_pack("{s:s, s:s}", "key", plan->key, "title", plan->title));
    return person;
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

static void params_put(Params *params, const PeopleWay *asked, const char *after, int64_t most, const Policy *policy)
{
    if (asked->is_filtered) {
        params_text(params, filter_words[asked->filter]);
        params_text(params, asked->plan);
    } else {
        params_text(params, asked->q);
    }
    params_text(params, after ? after : "");
    params_number(params, most);
    if (!asked->is_filtered)
        return;
    params_text(params, plan_at(policy, policy->default_plan));
    params_text(params, plan_at(policy, policy->anonymous_plan));
    params_number(params, PEOPLE_NEAR_PCT);
}

static StoreResult read_rows(Store *store, Query query, const Params *params, PGresult **rows, StoreError *error)
{
    Db *db = store_reader_take(store);
    DbResult read = db_run(db, query, params, rows);
    if (read == DB_LOST)
        read = db_run(db, query, params, rows);
    StoreResult result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return result;
}

StoreResult people_rows(Store *store, const PeopleWay *asked, const char *after, int64_t most, const Policy *policy, PGresult **rows,
                        StoreError *error)
{
    g_auto(Params) params = params_new();
    Query query = asked->is_filtered ? QUERY_PEOPLE_FILTER : QUERY_PEOPLE_FIND;
    params_put(&params, asked, after, most, policy);
    Db *db = most > PEOPLE_PAGE + 1 ? store_reader_take_for(store, WHOLE_US) : store_reader_take(store);
    DbResult read = db_run(db, query, &params, rows);
    if (read == DB_LOST)
        read = db_run(db, query, &params, rows);
    StoreResult result = read == DB_OK ? STORE_OK : store_down(error, db);
    store_reader_give(store, db);
    return result;
}

static StoreResult people_page(Store *store, const PeopleWay *asked, const char *after, json_t **list, bool *more, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = people_rows(store, asked, after, PEOPLE_PAGE + 1, policy, &rows, error);
    if (result != STORE_OK)
        return result;
    *more = PQntuples(rows) > PEOPLE_PAGE;
    *list = json_array();
    for (int row = 0; row < MIN(PQntuples(rows), PEOPLE_PAGE); row++)
        json_array_append_new(*list, people_row_json(rows, row, policy));
    return STORE_OK;
}

StoreResult people_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error)
{
    return people_page(store, &(PeopleWay){.q = text}, after, list, more, error);
}

StoreResult people_filter(Store *store, PeopleFilter filter, const char *plan, const char *after, json_t **list, bool *more,
                          StoreError *error)
{
    return people_page(store, &(PeopleWay){.is_filtered = true, .filter = filter, .plan = plan}, after, list, more, error);
}

/* --- several at once --- */

/* What leads (people_search.sql). */
static const char *leading(const PeopleAsked *asked, const char *text)
{
    return asked->key ? "key" : asked->organization ? "organization" : text ? "text" : filter_words[asked->filter];
}

static StoreResult search(Store *store, const PeopleAsked *asked, const char *text, json_t **list, char **next, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    g_auto(Params) params = params_new();
    StoreResult result = store_policy(store, &policy, error);
    if (result != STORE_OK)
        return result;
    params_text(&params, leading(asked, text));
    params_text(&params, text);
    params_text(&params, asked->plan);
    params_text(&params, asked->organization);
    params_text(&params, asked->key);
    params_text(&params, asked->filtered ? filter_words[asked->filter] : NULL);
    params_text(&params, asked->after ? asked->after : "");
    params_number(&params, PEOPLE_PAGE + 1);
    params_number(&params, PEOPLE_LOOKED_AT);
    params_text(&params, plan_at(policy, policy->default_plan));
    params_text(&params, plan_at(policy, policy->anonymous_plan));
    params_number(&params, PEOPLE_NEAR_PCT);
    result = read_rows(store, QUERY_PEOPLE_SEARCH, &params, &rows, error);
    if (result != STORE_OK)
        return result;
    *list = json_array();
    for (int row = 0; row < MIN(PQntuples(rows), PEOPLE_PAGE); row++)
        if (!result_null(rows, row, 0))
            json_array_append_new(*list, people_row_json(rows, row, policy));
    if (PQntuples(rows) > PEOPLE_PAGE)
        *next = g_strdup(result_text(rows, PEOPLE_PAGE - 1, 0));
    else
        *next = result_null(rows, 0, 8) ? NULL : g_strdup(result_text(rows, 0, 8));
    return STORE_OK;
}

StoreResult people_search(Store *store, const PeopleAsked *asked, json_t **list, char **next, StoreError *error)
{
    const char *text = asked->text && *asked->text ? asked->text : NULL;
    bool more = false, of_few = asked->key || asked->organization;
    StoreResult result;
    *next = NULL;
    if (of_few || (text && (asked->filtered || asked->plan)) || (asked->filtered && asked->plan))
        return search(store, asked, text, list, next, error);
    if (asked->filtered || asked->plan)
        result = people_filter(store, asked->plan ? PEOPLE_ON_PLAN : asked->filter, asked->plan, asked->after, list, &more, error);
    else
        result = people_find(store, text ? text : "", asked->after, list, &more, error);
    if (result == STORE_OK && more)
        *next = g_strdup(json_string_value(json_object_get(json_array_get(*list, json_array_size(*list) - 1), "subject")));
    return result;
}
