/* GET /admin/what-if: what a change of a limit would have done, by what was recorded. Changes nothing. */
#include "store/simulate.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "web/form_json.h"
#include "web/handlers.h"
#include "web/limit_form.h"
#include "web/policy_form.h"

/* So many records are read for one page. */
#define RECORDS_MOST 20000
#define DAYS_DEFAULT 7

enum { WHICH, AMOUNT, WINDOW, ALIGN, SCOPE, MODE, SUBJECT, ON_PLAN, PLAN, DAYS, TRY, FIELDS };
static const InputField fields[FIELDS] = {
    [WHICH] = {"limit", INPUT_TEXT, false, 1, 129}, [AMOUNT] = {"amount", INPUT_TEXT, false, 1, 128},
    [WINDOW] = {"window", INPUT_TEXT, false, 1, 128}, [ALIGN] = {"align", INPUT_TEXT, false, 1, 128},
    [SCOPE] = {"scope", INPUT_TEXT, false, 1, 128}, [MODE] = {"mode", INPUT_TEXT, false, 1, 128},
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255}, [ON_PLAN] = {"on_plan", INPUT_TEXT, false, 1, 64},
    [PLAN] = {"plan", INPUT_TEXT, false, 1, 64},
    [DAYS] = {"days", INPUT_WHOLE, false, 1, 90}, [TRY] = {"try", INPUT_WHOLE, false, 0, 1},
};

typedef struct {
    LimitChosen chosen;
    const Plan *to, *from; /* instead of a limit: another plan for whoever had one */
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    Simulation *simulation;
    char **wrong;
    bool good; /* what was filled in */
} WhatIf;

static void what_if_clear(WhatIf *what)
{
    limit_chosen_clear(&what->chosen);
    form_shown_clear(what->shown, FIELDS);
    simulation_free(what->simulation);
    g_strfreev(what->wrong);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WhatIf, what_if_clear)

/* All of it, named by the first field that any of it is about. */
static void wrong(Call *call, const WhatIf *what)
{
    const char *name = "limit";
    for (int i = FIELDS - 1; i >= 0; i--)
        if (what->shown[i].mistake != FORM_GOOD)
            name = what->shown[i].name;
    g_autofree char *all = g_strjoinv("; ", what->wrong);
    call_problem(call, 400, name, "%s", all);
}

static void answer(Call *call, const WhatIf *what, int days)
{
    const Simulation *simulation = what->simulation;
    WhatIfShown shown = {
        .policy = call->policy, .plan = what->chosen.plan, .limit = what->chosen.limit, .days = days, .most = RECORDS_MOST,
        .home = what->chosen.home && strcmp(what->chosen.home, what->chosen.plan->key) != 0 ? what->chosen.home : NULL,
        .wrong = (const char *const *)what->wrong, .shown = what->shown, .shown_count = FIELDS, .may_change = call_role(call) == ROLE_ADMIN,
        .to = what->to, .from_plan = what->from, .subject = what->shown[SUBJECT].typed,
        .from = INSTANT_MAX, .until = store_now(call->site->store),
    };
    if (simulation) {
        shown.policy = simulation->now;
        shown.replay = simulation->replay;
        shown.sampled = simulation->sampled;
        shown.cut = simulation->cut;
        shown.from = simulation->from;
        shown.until = simulation->until;
    }
    int status = what->wrong || !what->good ? 400 : 200;
    if (call_wants_json(call)) {
        if (!what->good)
            form_problem(call, what->shown, FIELDS);
        else if (what->wrong)
            wrong(call, what);
        else
            call_json(call, 200, view_what_if_json(&shown));
    } else if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        call_page(call, status, "what-if", view_what_if(&shown, &context));
    }
}

static StoreResult try_it(Call *call, WhatIf *what, int days, StoreError *error)
{
    const LimitWish wish = limit_form_wish(what->shown, FIELDS, &call->request->query);
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) next = policy_with_limit(call->policy, &what->chosen, &wish, mistakes);
    if (!next) {
        g_autofree char *where = limit_form_where(what->chosen.home, what->chosen.limit->key);
        what->wrong = policy_form_wrong(mistakes, where, what->shown, FIELDS);
        return STORE_OK;
    }
    const SimulateAsk ask = {.next = next, .days = days, .most = RECORDS_MOST};
    return store_simulate(call->site->store, &ask, &what->simulation, error);
}

/* The same policy, in which somebody has another plan. */
static StoreResult try_move(Call *call, WhatIf *what, int days, StoreError *error)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    g_autoptr(Policy) next = policy_read(call->policy->text, "policy", mistakes);
    const SimulateAsk ask = {.next = next, .days = days, .most = RECORDS_MOST,
                             .move = {what->shown[SUBJECT].typed, what->from ? what->from->key : NULL, what->to->key}};
    return next ? store_simulate(call->site->store, &ask, &what->simulation, error) : STORE_DOWN;
}

/* A plan that a field names, where it does. False: answered already. */
static bool choose_plan(Call *call, const FormShown *field, const Plan **plan)
{
    if (!field->typed || (*plan = policy_plan(call->policy, field->typed)))
        return true;
    call_problem(call, 404, field->name, SAY_NO_SUCH("plan"));
    return false;
}

/* The limit, or the plans, that it is about. False: answered already. */
static bool choose(Call *call, WhatIf *what)
{
    const FormShown *which = &what->shown[WHICH];
    if (which->typed && what->shown[PLAN].typed) {
        call_problem(call, 400, "plan", SAY_BESIDE("plan", "limit"));
        return false;
    }
    if (what->values[WHICH].given && !limit_form_choose(call->policy, what->values[WHICH].text, &what->chosen)) {
        call_problem(call, 404, "limit", SAY_NO_SUCH("limit"));
        return false;
    }
    return choose_plan(call, &what->shown[PLAN], &what->to) && choose_plan(call, &what->shown[ON_PLAN], &what->from);
}

/* What was sent is whole; what is not is marked. */
static void check(Call *call, WhatIf *what)
{
    if (what->chosen.limit && !limit_form_is_full(call->policy, &what->chosen, &call->request->query, what->shown, FIELDS))
        what->good = false;
    if (what->to && !what->from && !what->values[SUBJECT].given && what->good) {
        what->shown[ON_PLAN].mistake = FORM_MISSING;
        what->good = false;
    }
}

void page_what_if(Call *call)
{
    g_auto(WhatIf) what = {0};
    g_auto(StoreError) error = {0};
    const Query *query = &call->request->query;
    if (call_wants_json(call) && !call_query(call, fields, FIELDS, what.values)) /* programs send nothing that is empty */
        return;
    what.good = call_filled(call, query, fields, FIELDS, what.values, what.shown);
    int days = what.shown[DAYS].mistake == FORM_GOOD && what.values[DAYS].given ? (int)what.values[DAYS].whole : DAYS_DEFAULT;
    if (!choose(call, &what))
        return;
    bool tries = (what.chosen.limit || what.to) && what.values[TRY].whole == 1;
    if (tries)
        check(call, &what);
    if (what.chosen.limit)
        limit_form_fill(call->policy, &what.chosen, query, what.shown, FIELDS);
    StoreResult result = !tries || !what.good ? STORE_OK : what.to ? try_move(call, &what, days, &error) : try_it(call, &what, days, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        answer(call, &what, days);
}
