/* Limits and plans, for programs: what the forms of /admin/limit and /admin/plan do. */
#include "policy/policy_limit.h"
#include "policy/policy_plan.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/admin_input.h"
#include "web/handlers.h"
#include "web/policy_api.h"
#include "web/policy_call.h"

void api_limit_list(Call *call)
{
    g_auto(StoreError) error = {0};
    json_auto_t *people = NULL;
    if (!policy_call_anew(call))
        return;
    StoreResult result = policy_people(call->site->store, call->policy, &people, &error);
    admin_answer(call, 200, result, result == STORE_OK ? view_limits_json(call->policy, people) : NULL, &error);
}

/* --- limits --- */

enum { L_WHAT = CHANGE_FIELDS, L_PLAN, L_LIMIT, L_UNLIMITED, L_OPTIONS, L_FIELDS = L_OPTIONS + LIMIT_OPTIONS };
static const InputField limit_fields[L_FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [L_WHAT] = {"what", INPUT_TEXT, false, 1, 16},
    [L_PLAN] = {"plan", INPUT_TEXT, true, 1, 64},
    [L_LIMIT] = {"limit", INPUT_TEXT, true, 1, 64},
    [L_UNLIMITED] = {"unlimited", INPUT_FLAG, false, 0, 0},
    [L_OPTIONS + LIMIT_FEATURE] = {"feature", INPUT_TEXT, false, 1, 64},
    [L_OPTIONS + LIMIT_AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [L_OPTIONS + LIMIT_WINDOW] = {"window", INPUT_TEXT, false, 1, 32},
    [L_OPTIONS + LIMIT_ALIGN] = {"align", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_SCOPE] = {"scope", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_MODE] = {"mode", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_ON_EXCEED] = {"on_exceed", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_FAIL] = {"fail", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_WARN_AT] = {"warn_at", INPUT_LIST, false, 0, 8},
    [L_OPTIONS + LIMIT_ROLLOVER] = {"rollover", INPUT_WHOLE, false, 0, UNITS_MAX},
    [L_OPTIONS + LIMIT_TIMEZONE] = {"timezone", INPUT_TEXT, false, 1, 64},
    [L_OPTIONS + LIMIT_WEEK_STARTS] = {"week_starts", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_DAY_STARTS] = {"day_starts", INPUT_TEXT, false, 1, 16},
    [L_OPTIONS + LIMIT_CLAIM_WITHIN] = {"claim_within", INPUT_WHOLE, false, 5, 3600},
    [L_OPTIONS + LIMIT_KEEP_PLACE] = {"keep_place", INPUT_WHOLE, false, 30, 86400},
    [L_OPTIONS + LIMIT_QUEUE_MAX] = {"queue_max", INPUT_WHOLE, false, 1, 1000000},
    [L_OPTIONS + LIMIT_FAIR] = {"fair", INPUT_TEXT, false, 1, 16},
};

typedef struct {
    LimitWish wish;
    char *texts[LIMIT_OPTIONS];
} LimitWished;

static void limit_wished_clear(LimitWished *wished)
{
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++)
        g_free(wished->texts[option]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LimitWished, limit_wished_clear)

static void limit_wished(const InputValue *values, LimitWished *wished)
{
    for (LimitOption option = 0; option < LIMIT_OPTIONS; option++) {
        const InputValue *value = &values[L_OPTIONS + option];
        if (value->given || !limit_option_needed(option))
            wished->texts[option] = policy_api_wish(&limit_fields[L_OPTIONS + option], value);
        wished->wish.of[option] = wished->texts[option];
    }
    if (values[L_UNLIMITED].flag)
        wished->wish.of[LIMIT_AMOUNT] = "unlimited";
}

static void limit_make(Call *call, const InputValue *values, const LimitChosen *chosen)
{
    const char *what = values[L_WHAT].text;
    g_auto(LimitWished) wished = {0};
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    limit_wished(values, &wished);
    g_autoptr(Policy) next = g_strcmp0(what, "add") == 0
        ? policy_with_new_limit(call->policy, chosen->plan, values[L_LIMIT].text, &wished.wish, mistakes)
        : what ? policy_without_limit(call->policy, chosen, mistakes) : policy_with_limit(call->policy, chosen, &wished.wish, mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, policy_api_member(mistakes, limit_fields, L_UNLIMITED, L_FIELDS, "limit"), mistakes);
}

void api_limit_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[L_FIELDS];
    g_auto(LimitChosen) chosen = {0};
    if (!call_body(call, limit_fields, L_FIELDS, values) || !policy_api_is_good(call, values) || !policy_api_what_is(call, &values[L_WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    bool found = limit_choose(call->policy, values[L_PLAN].text, values[L_LIMIT].text, &chosen);
    bool may = found || (chosen.plan && g_strcmp0(values[L_WHAT].text, "add") == 0);
    if (!may)
        call_problem(call, 404, chosen.plan ? "limit" : "plan", chosen.plan ? SAY_NO_SUCH("limit") : SAY_NO_SUCH("plan"));
    else if (values[L_OPTIONS + LIMIT_AMOUNT].given && values[L_UNLIMITED].flag)
        call_problem(call, 400, "amount", SAY_BESIDE("amount", "unlimited"));
    else if (policy_api_only_goes(call, &values[L_WHAT], limit_fields, values, L_UNLIMITED, L_FIELDS))
        limit_make(call, values, &chosen);
}

/* --- plans --- */

enum { P_WHAT = CHANGE_FIELDS, P_PLAN, P_OPTIONS, P_FIELDS = P_OPTIONS + PLAN_OPTIONS };
static const InputField plan_fields[P_FIELDS] = {
    [CHANGE_VERSION] = {"version", INPUT_WHOLE, true, 1, INT32_MAX},
    [CHANGE_REASON] = {"reason", INPUT_TEXT, true, 1, 500},
    [CHANGE_EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [CHANGE_DRY_RUN] = {"dry_run", INPUT_FLAG, false, 0, 0},
    [P_WHAT] = {"what", INPUT_TEXT, false, 1, 16},
    [P_PLAN] = {"plan", INPUT_TEXT, true, 1, 64},
    [P_OPTIONS + PLAN_TITLE] = {"title", INPUT_TEXT, false, 1, 200},
    [P_OPTIONS + PLAN_PRICE] = {"price", INPUT_TEXT, false, 1, 200},
    [P_OPTIONS + PLAN_RANK] = {"rank", INPUT_WHOLE, false, 0, 1000000},
    [P_OPTIONS + PLAN_UPGRADE] = {"upgrade", INPUT_TEXT, false, 1, 64},
    [P_OPTIONS + PLAN_INHERITS] = {"inherits", INPUT_TEXT, false, 1, 64},
    [P_OPTIONS + PLAN_MULTIPLIER] = {"multiplier", INPUT_NUMBER, false, 0, 1000000},
    [P_OPTIONS + PLAN_UNLIMITED] = {"unlimited", INPUT_FLAG, false, 0, 0},
    [P_OPTIONS + PLAN_QUEUE_WEIGHT] = {"queue_weight", INPUT_WHOLE, false, 1, 1000},
    [P_OPTIONS + PLAN_GRACE_DAYS] = {"grace_days", INPUT_WHOLE, false, 0, 3650},
    [P_OPTIONS + PLAN_GRACE_MULTIPLIER] = {"grace_multiplier", INPUT_NUMBER, false, 1, 1000000},
    [P_OPTIONS + PLAN_GRACE_UNLIMITED] = {"grace_unlimited", INPUT_FLAG, false, 0, 0},
};

static Policy *plan_next(const Call *call, const InputValue *values, const Plan *plan, const GPtrArray *held, GPtrArray *mistakes)
{
    PlanWish wish;
    char *texts[PLAN_OPTIONS];
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        wish.of[option] = texts[option] = policy_api_wish(&plan_fields[P_OPTIONS + option], &values[P_OPTIONS + option]);
    const char *what = values[P_WHAT].text;
    Policy *next = g_strcmp0(what, "add") == 0 ? policy_with_new_plan(call->policy, values[P_PLAN].text, &wish, mistakes)
                   : what                      ? policy_without_plan(call->policy, plan, held, mistakes)
                                               : policy_with_plan(call->policy, plan, &wish, mistakes);
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        g_free(texts[option]);
    return next;
}

static void plan_make(Call *call, const InputValue *values, const Plan *plan)
{
    g_auto(StoreError) error = {0};
    g_autoptr(GPtrArray) mistakes = mistakes_new(), held = g_ptr_array_new_with_free_func(g_free);
    bool is_remove = g_strcmp0(values[P_WHAT].text, "remove") == 0;
    StoreResult result = is_remove ? policy_plan_held(call->site->store, plan->key, held, &error) : STORE_OK;
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    g_autoptr(Policy) next = plan_next(call, values, plan, held, mistakes);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, is_remove ? "plan" : policy_api_member(mistakes, plan_fields, P_OPTIONS, P_FIELDS, "plan"), mistakes);
}

void api_plan_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[P_FIELDS];
    if (!call_body(call, plan_fields, P_FIELDS, values) || !policy_api_is_good(call, values) ||
        !policy_api_what_is(call, &values[P_WHAT], words) || !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    const Plan *plan = policy_plan(call->policy, values[P_PLAN].text);
    if (!plan && g_strcmp0(values[P_WHAT].text, "add") != 0)
        call_problem(call, 404, "plan", SAY_NO_SUCH("plan"));
    else if (policy_api_only_goes(call, &values[P_WHAT], plan_fields, values, P_OPTIONS, P_FIELDS))
        plan_make(call, values, plan);
}
