/* Whom people are looked for by. */
#include "base/parse.h"
#include "say/say.h"
#include "web/people_asked.h"

enum { Q, FILTER, NEAR, PLAN, ORGANIZATION, KEY, FIELDS };
static const InputField declared[FIELDS] = {[Q] = {"q", INPUT_TEXT, false, 0, 255},
                                            [FILTER] = {"filter", INPUT_TEXT, false, 0, 16},
                                            [NEAR] = {"near", INPUT_TEXT, false, 0, 3},
                                            [PLAN] = {"plan", INPUT_TEXT, false, 0, 64},
                                            [ORGANIZATION] = {"organization", INPUT_TEXT, false, 0, 255},
                                            [KEY] = {"key", INPUT_TEXT, false, 0, 255}};

bool people_asked_has(const char *name, const char *plan_field)
{
    bool has = strcmp(name, plan_field) == 0;
    for (int i = 0; i < FIELDS; i++)
        has |= i != PLAN && strcmp(name, declared[i].name) == 0;
    return has;
}

/* NULL where it is empty, as a form sends what nobody chose. */
static const char *text_given(const InputValue *value)
{
    return value->given && *value->text ? value->text : NULL;
}

/* A percentage, of a form that may leave it empty. */
static bool near_read(const char *text, PeopleAsked *asked)
{
    int64_t percent = PEOPLE_NEAR_PCT;
    bool good = !text || parse_whole(text, PEOPLE_NEAR_LEAST, 100, &percent);
    asked->near_pct = (int)percent;
    return good;
}

bool people_asked_read(Call *call, const Query *from, const char *plan_field, PeopleSought *sought, PeopleAsked *asked)
{
    InputField fields[FIELDS];
    InputValue values[FIELDS];
    memcpy(fields, declared, sizeof fields);
    fields[PLAN].name = plan_field;
    if (!call_read(call, from, fields, FIELDS, values))
        return false;
    *sought = (PeopleSought){.q = text_given(&values[Q]), .plan = text_given(&values[PLAN]), .organization = text_given(&values[ORGANIZATION]),
                             .key = text_given(&values[KEY])};
    *asked = (PeopleAsked){.text = sought->q, .plan = sought->plan, .organization = sought->organization, .key = sought->key};
    const char *filter = text_given(&values[FILTER]);
    if (filter && !people_filter_find(filter, &asked->filter))
        call_problem(call, 400, "filter", SAY_FILTER);
    else if (!near_read(text_given(&values[NEAR]), asked))
        call_problem(call, 400, "near", SAY_NEAR, PEOPLE_NEAR_LEAST);
    else if (filter && asked->filter == PEOPLE_ON_PLAN && !sought->plan)
        call_problem(call, 400, plan_field, SAY_MISSING_PLAN("%s"), plan_field);
    else if (sought->plan && !policy_plan(call->policy, sought->plan))
        call_problem(call, 404, plan_field, SAY_NO_PLAN, sought->plan);
    else {
        asked->filtered = filter && asked->filter != PEOPLE_ON_PLAN;
        sought->filter = asked->filtered ? filter : NULL;
        sought->near = asked->filtered && asked->filter == PEOPLE_NEAR ? text_given(&values[NEAR]) : NULL;
        return true;
    }
    return false;
}
