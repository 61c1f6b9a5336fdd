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
    StoreResult result = policy_people(call->site->store, call->policy, &people, &error);
    admin_answer(call, 200, result, result == STORE_OK ? view_limits_json(call->policy, people) : NULL, &error);
}

/* --- what is wished, as the policy would have it --- */

/* What is no number keeps its quotes, and is no percent. */
static char *list_text(const json_t *list)
{
    g_autoptr(GString) text = g_string_new(json_array_size(list) ? NULL : "none");
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        char *one = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY);
        g_string_append_printf(text, "%s%s", i ? ", " : "", one ? one : "");
        free(one);
    }
    return g_strdup(text->str);
}

/* "1.5": no more decimals than a policy has. */
static char *number_text(double number)
{
    char *text = g_strdup_printf("%.6f", number);
    size_t len = strlen(text);
    while (text[len - 1] == '0')
        len--;
    text[text[len - 1] == '.' ? len - 1 : len] = '\0';
    return text;
}

/* NULL: nothing was sent; "" of null: it is to be as it is without. New string. */
static char *wish_text(const InputField *field, const InputValue *value)
{
    if (!value->given)
        return value->is_null ? g_strdup("") : NULL;
    switch (field->type) {
    case INPUT_WHOLE:
        return g_strdup_printf("%" PRId64, value->whole);
    case INPUT_NUMBER:
        return number_text(value->number);
    case INPUT_FLAG:
        return g_strdup(value->flag ? "yes" : "no");
    case INPUT_LIST:
        return list_text(value->json);
    default:
        return g_strdup(value->text);
    }
}

/* The member that a mistake is about: "plan free: limit daily: window": "window"; "plan free: grace: days": "grace_days"; `otherwise` where
 * it is none of the fields from the first on. */
static const char *member_of(const GPtrArray *mistakes, const InputField *fields, int first, int count, const char *otherwise)
{
    const Mistake *mistake = mistakes->len ? mistakes->pdata[0] : NULL;
    g_auto(GStrv) parts = mistake && mistake->field ? g_strsplit(mistake->field, ": ", -1) : NULL;
    guint depth = parts ? g_strv_length(parts) : 0;
    if (depth < 2)
        return otherwise;
    bool grace = strcmp(parts[depth - 2], "grace") == 0;
    g_autofree char *name = g_strconcat(grace ? "grace_" : "", parts[depth - 1], NULL);
    for (int i = first; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].name;
    return otherwise;
}

/* `what` is one of these, or nothing. False: answered already. */
static bool what_is(Call *call, const InputValue *what, const char *const *words)
{
    if (!what->given || g_strv_contains(words, what->text))
        return true;
    call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
    return false;
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
            wished->texts[option] = wish_text(&limit_fields[L_OPTIONS + option], value);
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
        policy_api_mistakes(call, member_of(mistakes, limit_fields, L_UNLIMITED, L_FIELDS, "limit"), mistakes);
}

/* Of what goes nothing can be changed. False: answered already. */
static bool limit_only_goes(Call *call, const InputValue *values)
{
    bool is_remove = g_strcmp0(values[L_WHAT].text, "remove") == 0;
    for (int i = L_UNLIMITED; is_remove && i < L_FIELDS; i++)
        if (values[i].given) {
            call_problem(call, 400, limit_fields[i].name, SAY_STRAY("%s"), limit_fields[i].name);
            return false;
        }
    return true;
}

void api_limit_set(Call *call)
{
    static const char *const words[] = {"add", "remove", NULL};
    InputValue values[L_FIELDS];
    g_auto(LimitChosen) chosen = {0};
    if (!call_body(call, limit_fields, L_FIELDS, values) || !policy_api_is_good(call, values) || !what_is(call, &values[L_WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    bool found = limit_choose(call->policy, values[L_PLAN].text, values[L_LIMIT].text, &chosen);
    bool may = found || (chosen.plan && g_strcmp0(values[L_WHAT].text, "add") == 0);
    if (!may)
        call_problem(call, 404, chosen.plan ? "limit" : "plan", chosen.plan ? SAY_NO_SUCH("limit") : SAY_NO_SUCH("plan"));
    else if (values[L_OPTIONS + LIMIT_AMOUNT].given && values[L_UNLIMITED].flag)
        call_problem(call, 400, "amount", SAY_BESIDE("amount", "unlimited"));
    else if (limit_only_goes(call, values))
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

static void plan_make(Call *call, const InputValue *values, const Plan *plan)
{
    PlanWish wish;
    char *texts[PLAN_OPTIONS];
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        wish.of[option] = texts[option] = wish_text(&plan_fields[P_OPTIONS + option], &values[P_OPTIONS + option]);
    g_autoptr(Policy) next = values[P_WHAT].given ? policy_with_new_plan(call->policy, values[P_PLAN].text, &wish, mistakes)
                                                  : policy_with_plan(call->policy, plan, &wish, mistakes);
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        g_free(texts[option]);
    if (next)
        policy_api_make(call, next, values, false, NULL);
    else
        policy_api_mistakes(call, member_of(mistakes, plan_fields, P_OPTIONS, P_FIELDS, "plan"), mistakes);
}

void api_plan_set(Call *call)
{
    static const char *const words[] = {"add", NULL};
    InputValue values[P_FIELDS];
    if (!call_body(call, plan_fields, P_FIELDS, values) || !policy_api_is_good(call, values) || !what_is(call, &values[P_WHAT], words) ||
        !policy_api_is_of_now(call, &values[CHANGE_VERSION]))
        return;
    const Plan *plan = policy_plan(call->policy, values[P_PLAN].text);
    if (!plan && !values[P_WHAT].given)
        call_problem(call, 404, "plan", SAY_NO_SUCH("plan"));
    else
        plan_make(call, values, plan);
}
