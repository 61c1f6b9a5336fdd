/* Routes of the policy, for programs: what the form of /admin/route does. */
#include "policy/policy_route.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/handlers.h"
#include "web/policy_api.h"
#include "web/policy_call.h"

enum { WHAT = CHANGE_FIELDS, ROUTE, POSITION, OPTIONS, FIELDS = OPTIONS + ROUTE_OPTIONS };
static const InputField fields[FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [WHAT] = {"what", INPUT_TEXT, false, 1, 16},
    [ROUTE] = {"route", INPUT_WHOLE, false, 1, 1000},
    [POSITION] = {"position", INPUT_WHOLE, false, 1, 1000},
    [OPTIONS + ROUTE_METHOD] = {"method", INPUT_TEXT, false, 1, 32},
    [OPTIONS + ROUTE_PATH] = {"path", INPUT_TEXT, false, 1, 1000},
    [OPTIONS + ROUTE_QUERY] = {"query", INPUT_LIST, false, 0, 100},
    [OPTIONS + ROUTE_FEATURE] = {"feature", INPUT_TEXT, false, 1, 64},
    [OPTIONS + ROUTE_RESOURCE_QUERY] = {"resource_query", INPUT_TEXT, false, 1, 255},
    [OPTIONS + ROUTE_RESOURCE_SEGMENT] = {"resource_segment", INPUT_TEXT, false, 1, 255},
    [OPTIONS + ROUTE_UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    [OPTIONS + ROUTE_CHARGE] = {"charge", INPUT_TEXT, false, 1, 16},
};

void api_route_list(Call *call)
{
    if (policy_call_anew(call))
        call_json(call, 200, view_routes_json(call->policy));
}

/* What is wished; texts[] are new. False: answered already. */
static bool wish_read(Call *call, const InputValue *values, char **texts, RouteWish *wish)
{
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++) {
        const InputField *field = &fields[OPTIONS + option];
        const InputValue *value = &values[OPTIONS + option];
        bool is_list = value->given && route_option_is_list(option);
        texts[option] = is_list ? policy_api_texts(value->json) : policy_api_wish(field, value);
        wish->of[option] = texts[option];
        if (is_list && !texts[option]) {
            call_problem(call, 400, field->name, SAY_LIST_OF_TEXTS, field->name);
            return false;
        }
    }
    return true;
}

static void make(Call *call, const InputValue *values, const RouteWish *wish)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    const char *what = values[WHAT].text;
    int number = (int) values[ROUTE].whole, position = values[POSITION].given ? (int) values[POSITION].whole : 0;
    g_autoptr(Policy) next = g_strcmp0(what, "add") == 0 ? policy_with_new_route(call->policy, position, wish, mistakes)
                             : what                      ? policy_without_route(call->policy, number, mistakes)
                                                         : policy_with_route(call->policy, number, wish, mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, policy_api_member(mistakes, fields, OPTIONS, FIELDS, "route"), mistakes);
}

/* A route that is changed must be there, and has its place already; a new one has none yet. False: answered already. */
static bool names_one(Call *call, const InputValue *values)
{
    bool is_add = g_strcmp0(values[WHAT].text, "add") == 0;
    const InputField *stray = is_add && values[ROUTE].given ? &fields[ROUTE] : !is_add && values[POSITION].given ? &fields[POSITION] : NULL;
    if (stray)
        call_problem(call, 400, stray->name, SAY_STRAY("%s"), stray->name);
    else if (!is_add && !values[ROUTE].given)
        call_problem(call, 400, "route", SAY_MISSING("route"));
    else if (!is_add && values[ROUTE].whole > call->policy->route_count)
        call_problem(call, 404, "route", SAY_NO_SUCH("route"));
    else
        return true;
    return false;
}

void api_route_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[FIELDS];
    char *texts[ROUTE_OPTIONS] = {0};
    RouteWish wish;
    if (!call_body(call, fields, FIELDS, values) || !policy_api_is_good(call, values) || !policy_api_what_is(call, &values[WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    if (names_one(call, values) && policy_api_only_goes(call, &values[WHAT], fields, values, OPTIONS, FIELDS) &&
        wish_read(call, values, texts, &wish))
        make(call, values, &wish);
    for (RouteOption option = 0; option < ROUTE_OPTIONS; option++)
        g_free(texts[option]);
}
