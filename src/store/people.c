/* Looking for people: one of three statements, by how much is asked for; each of their ways is a range of an index. */
#include "store/people_rows.h"

#define WHOLE_US (5 * US_PER_S) /* all who fit are more than a page, which is there at once */

enum { SUBJECT, PLAN, PLAN_UNTIL, PLAN_AFTER, ORGANIZATION, EMAIL, SUSPENDED, NOW, LOOKED_UP_TO };

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

const char *people_filter_word(PeopleFilter filter)
{
    return filter_words[filter];
}

/* --- as rows --- */

static const char *plan_at(const Policy *policy, int index)
{
    return index >= 0 ? policy->plans[index].key : NULL;
}

static const char *text_of(const PeopleAsked *asked)
{
    return asked->text && *asked->text ? asked->text : NULL;
}

static Query query_of(const PeopleAsked *asked)
{
    int ways = (text_of(asked) != NULL) + asked->filtered + (asked->plan != NULL);
    if (asked->key || asked->organization || ways > 1)
        return QUERY_PEOPLE_SEARCH;
    return asked->filtered || asked->plan ? QUERY_PEOPLE_FILTER : QUERY_PEOPLE_FIND;
}

/* The plan of those who have none, and what is near. */
static void put_defaults(Params *params, const PeopleAsked *asked, const Policy *policy)
{
    params_text(params, plan_at(policy, policy->default_plan));
    params_text(params, plan_at(policy, policy->anonymous_plan));
    params_number(params, asked->near_pct ? asked->near_pct : PEOPLE_NEAR_PCT);
}

static void put_find(Params *params, const PeopleAsked *asked, int64_t most)
{
    params_text(params, asked->text ? asked->text : "");
    params_text(params, asked->after ? asked->after : "");
    params_number(params, most);
}

static void put_filter(Params *params, const PeopleAsked *asked, int64_t most, const Policy *policy)
{
    params_text(params, filter_words[asked->plan ? PEOPLE_ON_PLAN : asked->filter]);
    params_text(params, asked->plan);
    params_text(params, asked->after ? asked->after : "");
    params_number(params, most);
    put_defaults(params, asked, policy);
}

static void put_search(Params *params, const PeopleAsked *asked, int64_t most, int64_t looked_at, const Policy *policy)
{
    const char *text = text_of(asked);
    params_text(params, asked->key ? "key" : asked->organization ? "organization" : text ? "text" : filter_words[asked->filter]);
    params_text(params, text);
    params_text(params, asked->plan);
    params_text(params, asked->organization);
    params_text(params, asked->key);
    params_text(params, asked->filtered ? filter_words[asked->filter] : NULL);
    params_text(params, asked->after ? asked->after : "");
    params_number(params, most);
    params_number(params, looked_at);
    put_defaults(params, asked, policy);
}

StoreResult people_rows(Store *store, const PeopleAsked *asked, int64_t most, int64_t looked_at, const Policy *policy, PGresult **rows,
                        StoreError *error)
{
    g_auto(Params) params = params_new();
    Query query = query_of(asked);
    if (query == QUERY_PEOPLE_FIND)
        put_find(&params, asked, most);
    else if (query == QUERY_PEOPLE_FILTER)
        put_filter(&params, asked, most, policy);
    else
        put_search(&params, asked, most, looked_at, policy);
    return store_read_for(store, looked_at == PEOPLE_ALL ? WHOLE_US : store_read_us(store), query, &params, rows, error);
}

/* people_search has a row without a person where there is none. */
int people_row_count(const PGresult *rows)
{
    return PQntuples(rows) && !result_null(rows, 0, SUBJECT) ? PQntuples(rows) : 0;
}

/* --- as a page --- */

/* New string. */
static char *next_of(const PGresult *rows)
{
    bool tells = PQnfields(rows) > LOOKED_UP_TO && PQntuples(rows) && !result_null(rows, 0, LOOKED_UP_TO);
    if (PQntuples(rows) > PEOPLE_PAGE)
        return g_strdup(people_row_subject(rows, PEOPLE_PAGE - 1));
    return tells ? g_strdup(result_text(rows, 0, LOOKED_UP_TO)) : NULL;
}

StoreResult people_search(Store *store, const PeopleAsked *asked, json_t **list, char **next, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    g_autoptr(PGresult) rows = NULL;
    *next = NULL;
    StoreResult result = store_policy(store, &policy, error);
    if (result == STORE_OK)
        result = people_rows(store, asked, PEOPLE_PAGE + 1, PEOPLE_LOOKED_AT, policy, &rows, error);
    if (result != STORE_OK)
        return result;
    *list = json_array();
    for (int row = 0; row < MIN(people_row_count(rows), PEOPLE_PAGE); row++)
        json_array_append_new(*list, people_row_json(rows, row, policy));
    *next = next_of(rows);
    return STORE_OK;
}
