/* /admin/plan: a plan of the policy in a form, its limits apart. ?what=add: one more plan; remove: it goes. */
#include "policy/policy_diff.h"
#include "policy/policy_plan.h"
#include "say/say.h"
#include "store/policy_store.h"
#include "web/handlers.h"
#include "web/policy_form.h"

enum { PLAN = POLICY_COMMON, KEY, OPTIONS, FIELDS = OPTIONS + PLAN_OPTIONS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [KEY] = {"key", INPUT_TEXT, false, 1, 64},
    OPTION(PLAN_TITLE, "title", 200),
    OPTION(PLAN_PRICE, "price", 200),
    OPTION(PLAN_RANK, "rank", 20),
    OPTION(PLAN_UPGRADE, "upgrade", 64),
    OPTION(PLAN_INHERITS, "inherits", 64),
    OPTION(PLAN_MULTIPLIER, "multiplier", 20),
    OPTION(PLAN_UNLIMITED, "unlimited", 8),
    OPTION(PLAN_QUEUE_WEIGHT, "queue_weight", 20),
    OPTION(PLAN_GRACE_DAYS, "grace_days", 20),
    OPTION(PLAN_GRACE_MULTIPLIER, "grace_multiplier", 20),
    OPTION(PLAN_GRACE_UNLIMITED, "grace_unlimited", 8),
};

static bool is(const PolicyForm *form, const char *what)
{
    return g_strcmp0(form->shown[POLICY_WHAT].typed, what) == 0;
}

/* Nothing must hold a plan that goes. False: answered already. */
static bool read_held(Call *call, PolicyForm *form)
{
    g_auto(StoreError) error = {0};
    g_clear_pointer(&form->held, g_ptr_array_unref);
    form->held = g_ptr_array_new_with_free_func(g_free);
    StoreResult result = policy_plan_held(call->site->store, form->plan->key, form->held, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    return result == STORE_OK;
}

static bool choose(Call *call, PolicyForm *form)
{
    const FormShown *what = &form->shown[POLICY_WHAT], *plan = &form->shown[PLAN];
    form->shows_at_once = is(form, "remove");
    if (what->mistake != FORM_GOOD || (what->typed && !is(form, "add") && !is(form, "remove"))) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    if (is(form, "add"))
        return true;
    form->plan = plan->typed && plan->mistake == FORM_GOOD ? policy_plan(call->policy, plan->typed) : NULL;
    return policy_form_found(call, plan, form->plan, SAY_NO_SUCH("plan"), SAY_MISSING("plan")) &&
           (!form->shows_at_once || read_held(call, form));
}

static bool fill(const Call *call, PolicyForm *form)
{
    for (PlanOption option = 0; form->plan && !form->shows_at_once && option < PLAN_OPTIONS; option++)
        policy_form_fill(form->shown, FIELDS, form->sent, plan_option_name(option), plan_written(call->policy, form->plan->key, option), NULL);
    return true;
}

static const char *key_of(const PolicyForm *form)
{
    const char *key = form->shown[KEY].typed;
    return key ? key : "";
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    PlanWish wish;
    for (PlanOption option = 0; option < PLAN_OPTIONS; option++)
        wish.of[option] = policy_form_wish(form->shown, FIELDS, form->sent, plan_option_name(option));
    if (is(form, "remove"))
        return policy_without_plan(policy, form->plan, form->held, mistakes);
    return is(form, "add") ? policy_with_new_plan(policy, key_of(form), &wish, mistakes)
                           : policy_with_plan(policy, form->plan, &wish, mistakes);
}

static char *where(const Call *call, const PolicyForm *form)
{
    (void) call;
    return g_strdup_printf("plan %s", is(form, "add") ? key_of(form) : form->plan->key);
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const PlanEditShown shown = {.policy = call->policy, .plan = form->plan, .removes = form->shows_at_once, .conflict = form->conflict,
                                 .wrong = (const char *const *) form->wrong, .diff = {form->diff, policy_change_text},
                                 .shown = form->shown, .shown_count = FIELDS};
    return view_plan_edit(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "plan_edit", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_plan_edit(Call *call)
{
    policy_form_open(call, &kind);
}

void page_plan_edit_send(Call *call)
{
    policy_form_send(call, &kind);
}
