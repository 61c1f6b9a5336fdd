/* /admin/limit: a limit of the policy in a form. ?what=: nothing: its options are changed; add: a plan gets one more; remove: it goes. */
#include "policy/policy_diff.h"
#include "say/say.h"
#include "web/handlers.h"
#include "web/limit_form.h"
#include "web/policy_form.h"

enum { WHICH = POLICY_COMMON, QUICK, PLAN, KEY, OPTIONS, FIELDS = OPTIONS + LIMIT_OPTIONS };
#define OPTION(option, name, max) [OPTIONS + (option)] = {name, INPUT_TEXT, false, 1, max}
static const InputField fields[FIELDS] = {
    POLICY_COMMON_FIELDS,
    [WHICH] = {"limit", INPUT_TEXT, false, 3, 129},
    [QUICK] = {"quick", INPUT_FLAG, false, 0, 0},
    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [KEY] = {"key", INPUT_TEXT, false, 1, 64},
    OPTION(LIMIT_FEATURE, "feature", 64),
    OPTION(LIMIT_AMOUNT, "amount", 20),
    OPTION(LIMIT_WINDOW, "window", 32),
    OPTION(LIMIT_ALIGN, "align", 16),
    OPTION(LIMIT_SCOPE, "scope", 16),
    OPTION(LIMIT_MODE, "mode", 16),
    OPTION(LIMIT_ON_EXCEED, "on_exceed", 16),
    OPTION(LIMIT_FAIL, "fail", 16),
    OPTION(LIMIT_WARN_AT, "warn_at", 64),
    OPTION(LIMIT_ROLLOVER, "rollover", 20),
    OPTION(LIMIT_TIMEZONE, "timezone", 64),
    OPTION(LIMIT_WEEK_STARTS, "week_starts", 16),
    OPTION(LIMIT_DAY_STARTS, "day_starts", 16),
    OPTION(LIMIT_CLAIM_WITHIN, "claim_within", 20),
    OPTION(LIMIT_KEEP_PLACE, "keep_place", 20),
    OPTION(LIMIT_QUEUE_MAX, "queue_max", 20),
    OPTION(LIMIT_FAIR, "fair", 16),
};

static bool is(const PolicyForm *form, const char *what)
{
    return g_strcmp0(form->shown[POLICY_WHAT].typed, what) == 0;
}

static bool choose(Call *call, PolicyForm *form)
{
    const FormShown *which = &form->shown[WHICH], *plan = &form->shown[PLAN];
    form->shows_at_once = is(form, "remove");
    const FormShown *what = &form->shown[POLICY_WHAT];
    if (what->mistake != FORM_GOOD || (what->typed && !is(form, "add") && !is(form, "remove"))) {
        call_problem(call, 400, "what", SAY_WHAT_OF_CHANGE);
        return false;
    }
    if (is(form, "add")) {
        form->plan = plan->typed && plan->mistake == FORM_GOOD ? policy_plan(call->policy, plan->typed) : NULL;
        return policy_form_found(call, plan, form->plan, SAY_NO_SUCH("plan"), SAY_MISSING("plan"));
    }
    bool found = which->mistake == FORM_GOOD && limit_form_choose(call->policy, which->typed, &form->chosen);
    form->plan = form->chosen.plan;
    return policy_form_found(call, which, found, SAY_NO_SUCH("limit"), SAY_MISSING("limit"));
}

static bool fill(const Call *call, PolicyForm *form)
{
    bool is_add = is(form, "add"), full = is_add || limit_form_is_full(call->policy, &form->chosen, form->sent, form->shown, FIELDS);
    if (!is_add)
        limit_form_fill(call->policy, &form->chosen, form->sent, form->shown, FIELDS);
    return full;
}

static Policy *next(const Policy *policy, const PolicyForm *form, GPtrArray *mistakes)
{
    const LimitWish wish = limit_form_wish(form->shown, FIELDS, form->sent);
    const char *key = form->shown[KEY].typed;
    if (is(form, "remove"))
        return policy_without_limit(policy, &form->chosen, mistakes);
    if (is(form, "add"))
        return policy_with_new_limit(policy, form->plan, key ? key : "", &wish, mistakes);
    return policy_with_limit(policy, &form->chosen, &wish, mistakes);
}

static char *where(const Call *call, const PolicyForm *form)
{
    (void) call;
    const char *key = form->shown[KEY].typed;
    return is(form, "add") ? limit_form_where(form->plan->key, key ? key : "")
                           : limit_form_where(form->chosen.home, form->chosen.limit->key);
}

static Value *view(const Call *call, const PolicyForm *form, const PageContext *context)
{
    const LimitChosen *chosen = &form->chosen;
    const LimitEditShown shown = {
        .policy = call->policy, .plan = form->plan, .limit = chosen->limit, .what = form->shown[POLICY_WHAT].typed,
        .home = chosen->home && strcmp(chosen->home, chosen->plan->key) != 0 ? chosen->home : NULL,
        .quick = form->shown[QUICK].typed != NULL, .conflict = form->conflict, .wrong = (const char *const *) form->wrong,
        .diff = {form->diff, policy_change_text}, .shown = form->shown, .shown_count = FIELDS,
    };
    return view_limit_edit(&shown, context);
}

static const PolicyFormKind kind = {.fields = fields, .count = FIELDS, .page = "limit_edit", .choose = choose, .fill = fill, .next = next,
                                    .where = where, .view = view};

void page_limit_edit(Call *call)
{
    policy_form_open(call, &kind);
}

void page_limit_edit_send(Call *call)
{
    policy_form_send(call, &kind);
}
