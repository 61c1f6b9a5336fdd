/* Subjects: their plan and until when, organization, time zone, anchor, suspension; and looking for them. */
#include "web/admin_input.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/people_asked.h"

enum { SUBJECT, PLAN, PLAN_UNTIL, PLAN_AFTER, ORGANIZATION, TIMEZONE, ANCHOR, EMAIL, SUSPENDED, REASON };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, true, 1, 255},
    [PLAN] = {"plan", INPUT_TEXT, false, 0, 64},
    [PLAN_UNTIL] = {"plan_until", INPUT_UNTIL, false, 0, 0},
    [PLAN_AFTER] = {"plan_after", INPUT_TEXT, false, 0, 64},
    [ORGANIZATION] = {"organization", INPUT_TEXT, false, 0, 255},
    [TIMEZONE] = {"timezone", INPUT_TEXT, false, 0, 64},
    [ANCHOR] = {"anchor", INPUT_TIME, false, 0, 0},
    [EMAIL] = {"email", INPUT_TEXT, false, 0, 255},
    [SUSPENDED] = {"suspended", INPUT_FLAG, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

/* null takes a value away, as "" does; what is not named stays. */
static const char *changed(const InputValue *value)
{
    return value->is_null ? "" : value->text;
}

void api_subject_set(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    bool created = false;
    json_t *json = NULL;
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values))
        return;
    SubjectChange change = {
        .subject = values[SUBJECT].text,
        .plan = changed(&values[PLAN]),
        .plan_after = changed(&values[PLAN_AFTER]),
        .plan_until = values[PLAN_UNTIL].is_null ? INSTANT_MAX : values[PLAN_UNTIL].time,
        .has_plan_until = values[PLAN_UNTIL].given || values[PLAN_UNTIL].is_null,
        .organization = changed(&values[ORGANIZATION]),
        .timezone = changed(&values[TIMEZONE]),
        .anchor = values[ANCHOR].time,
        .has_anchor = values[ANCHOR].given,
        .email = changed(&values[EMAIL]),
        .suspended = values[SUSPENDED].flag,
        .has_suspended = values[SUSPENDED].given,
        .reason = values[REASON].text,
    };
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = admin_subject_set(call->site->store, &change, actor, &created, &json, &error);
    if (result == STORE_OK)
        call_json(call, created ? 201 : 200, json);
    else
        call_store_problem(call, result, &error);
}

/* The subject stands in the path, or in the query where it may hold a slash. */
void api_subject_get(Call *call)
{
    InputValue value;
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    if (!call_query(call, fields, 1 - (call->segment != NULL), &value))
        return;
    const char *subject = call->segment ? call->segment : value.text;
    StoreResult result = admin_subject_get(call->site->store, subject, &json, &error);
    if (result == STORE_OK)
        call_json(call, 200, json);
    else
        call_store_problem(call, result, &error);
}

static const InputField list_fields[] = {{"after", INPUT_TEXT, false, 1, 255}};

static bool is_of_list(const char *name)
{
    return people_asked_has(name, "plan") || strcmp(name, list_fields[0].name) == 0;
}

/* What the search does not know is refused, so that nobody is shown everybody for a misspelt word. */
static bool names_are_known(Call *call)
{
    for (int i = 0; i < call->request->query.count; i++) {
        const char *name = call->request->query.pairs[i].name;
        if (!is_of_list(name)) {
            call_problem(call, 400, name, SAY_STRAY("%s"), name);
            return false;
        }
    }
    return true;
}

/* The same search as the panel's; one of them where the query names it. */
void api_subject_list(Call *call)
{
    InputValue after;
    g_auto(StoreError) error = {0};
    g_autofree char *next = NULL;
    json_t *list = NULL;
    PeopleSought sought;
    PeopleAsked asked;
    const Query *query = &call->request->query;
    if (query_get(query, "subject")) {
        api_subject_get(call);
        return;
    }
    if (!names_are_known(call) || !call_read(call, query, list_fields, 1, &after) || !people_asked_read(call, query, "plan", &sought, &asked))
        return;
    asked.after = after.text;
    StoreResult result = people_search(call->site->store, &asked, &list, &next, &error);
    json_t *answer = result == STORE_OK ? json_pack("{s:O, s:b, s:s?}", "subjects", list, "more", next != NULL, "after", next) : NULL;
    admin_answer(call, 200, result, answer, &error);
    json_decref(list);
}
