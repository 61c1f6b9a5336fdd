/* /admin/plan-grant: a grant of a plan in a form. ?what=: nothing: its options are changed; add: a plan gets one more; remove: it goes. */
#include "policy/policy_diff.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/policy_form.h"

enum { WHICH = POLICY_COMMON, PLAN, KEY, OPTIONS, FIELDS = OPTIONS + GRANT_OPTIONS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    [WHICH] = {"grant", INPUT_TEXT, false, 3, 129},
    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [KEY] = {"key", INPUT_TEXT, false, 1, 64},
    OPTION(GRANT_FEATURE, "feature", 64),
    OPTION(GRANT_AMOUNT, "amount", 20),
    OPTION(GRANT_EVERY, "every", 32),
    OPTION(GRANT_PRIORITY, "priority", 20),
};

static bool is(const PolicyForm *form, const char *what)
{
    return g_strcmp0(form->shown[POLICY_WHAT].typed, what) == 0;
}

/* The grant that is named as "plan/grant"; false: there is none. */
static bool choose_grant(const Policy *policy, const FormShown *which, GrantChosen *chosen)
{
    g_auto(GStrv) keys = g_strsplit(which->typed && which->mistake == FORM_GOOD ? which->typed : "", "/", 2);
    return g_strv_length(keys) == 2 && grant_choose(policy, keys[0], keys[1], chosen);
}

static bool choose(Call *call, PolicyForm *form)
{
    const FormShown *what = &form->shown[POLICY_WHAT], *which = &form->shown[WHICH], *plan = &form->shown[PLAN];
    form->shows_at_once = is(form, "remove");
    if (what->mistake != FORM_GOOD || (what->typed && !is(form, "add") && !is(form, "remove"))) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    if (is(form, "add")) {
        form->plan = plan->typed && plan->mistake == FORM_GOOD ? policy_plan(call->policy, plan->typed) : NULL;
        return policy_form_found(call, plan, form->plan, SAY_NO_SUCH("plan"), SAY_MISSING("plan"));
    }
    bool found = choose_grant(call->policy, which, &form->grant);
    form->plan = form->grant.plan;
    return policy_form_found(call, which, found, SAY_NO_SUCH("grant"), SAY_MISSING("grant"));
}

static bool fill(const Call *call, PolicyForm *form)
{
    static const char *const otherwise[GRANT_OPTIONS] = {[GRANT_PRIORITY] = "100"};
    for (GrantOption option = 0; form->grant.grant && option < GRANT_OPTIONS; option++)
        policy_form_fill(form->shown, FIELDS, form->sent, grant_option_name(option), grant_written(call->policy, &form->grant, option),
                         otherwise[option]);
    return true;
}

static const char *key_of(const PolicyForm *form)
{
    const char *key = form->shown[KEY].typed;
    return key ? key : "";
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    GrantWish wish;
    for (GrantOption option = 0; option < GRANT_OPTIONS; option++)
        wish.of[option] = policy_form_wish(form->shown, FIELDS, form->sent, grant_option_name(option));
    if (is(form, "remove"))
        return policy_without_grant(policy, &form->grant, mistakes);
    return is(form, "add") ? policy_with_new_grant(policy, form->plan, key_of(form), &wish, mistakes)
                           : policy_with_grant(policy, &form->grant, &wish, mistakes);
}

static char *where(const Call *call, const PolicyForm *form)
{
    (void) call;
    bool is_add = is(form, "add");
    return g_strdup_printf("plan %s: grant %s", is_add ? form->plan->key : form->grant.home, is_add ? key_of(form) : form->grant.grant->key);
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const GrantChosen *chosen = &form->grant;
    const PlanGrantShown shown = {
        .policy = call->policy, .what = form->shown[POLICY_WHAT].typed, .plan = form->plan, .grant = chosen->grant,
        .home = chosen->home && strcmp(chosen->home, chosen->plan->key) != 0 ? chosen->home : NULL, .conflict = form->conflict,
        .wrong = (const char *const *) form->wrong, .diff = {form->diff, policy_change_text}, .shown = form->shown, .shown_count = FIELDS,
    };
    return view_plan_grant(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "plan_grant", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_plan_grant(Call *call)
{
    policy_form_open(call, &kind);
}

void page_plan_grant_send(Call *call)
{
    policy_form_send(call, &kind);
}
