/* Grants of plans, for programs: what the form of /admin/plan-grant does. */
#include "policy/policy_grant.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_api.h"

enum { WHAT = CHANGE_FIELDS, PLAN, GRANT, OPTIONS, FIELDS = OPTIONS + GRANT_OPTIONS };
static const InputField fields[FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [WHAT] = {"what", INPUT_TEXT, false, 1, 16},
    [PLAN] = {"plan", INPUT_TEXT, true, 1, 64},
    [GRANT] = {"grant", INPUT_TEXT, true, 1, 64},
    [OPTIONS + GRANT_FEATURE] = {"feature", INPUT_TEXT, false, 1, 64},
    [OPTIONS + GRANT_AMOUNT] = {"amount", INPUT_WHOLE, false, 1, UNITS_MAX},
    [OPTIONS + GRANT_EVERY] = {"every", INPUT_TEXT, false, 1, 32},
    [OPTIONS + GRANT_PRIORITY] = {"priority", INPUT_WHOLE, false, 0, 1000000},
};

static Policy *next_of(const Call *call, const InputValue *values, const GrantChosen *chosen, GPtrArray *mistakes)
{
    GrantWish wish;
    char *texts[GRANT_OPTIONS];
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++)
        wish.of[option] = texts[option] = policy_api_wish(&fields[OPTIONS + option], &values[OPTIONS + option]);
    const char *what = values[WHAT].text;
    Policy *next = g_strcmp0(what, "add") == 0 ? policy_with_new_grant(call->policy, chosen->plan, values[GRANT].text, &wish, mistakes)
                   : what                      ? policy_without_grant(call->policy, chosen, mistakes)
                                               : policy_with_grant(call->policy, chosen, &wish, mistakes);
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++)
        g_free(texts[option]);
    return next;
}

static void make(Call *call, const InputValue *values, const GrantChosen *chosen)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) next = next_of(call, values, chosen, mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, policy_api_member(mistakes, fields, OPTIONS, FIELDS, "grant"), mistakes);
}

void api_plan_grant_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[FIELDS];
    g_auto(GrantChosen) chosen = {0};
    if (!call_body(call, fields, FIELDS, values) || !policy_api_is_good(call, values) || !policy_api_what_is(call, &values[WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    bool found = grant_choose(call->policy, values[PLAN].text, values[GRANT].text, &chosen);
    bool may = found || (chosen.plan && g_strcmp0(values[WHAT].text, "add") == 0);
    if (!may)
        call_problem(call, 404, chosen.plan ? "grant" : "plan", chosen.plan ? SAY_NO_SUCH("grant") : SAY_NO_SUCH("plan"));
    else if (policy_api_only_goes(call, &values[WHAT], fields, values, OPTIONS, FIELDS))
        make(call, values, &chosen);
}
