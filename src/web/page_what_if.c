/* GET /admin/what-if: what a change of a limit would have done, by what was recorded. Changes nothing. */
#include "store/simulate.h"
#include "say/say.h"
#include "view/view_admin_policy.h"
#include "view/words_add.h"
#include "web/form.h"
#include "web/handlers.h"
#include "web/limit_form.h"

/* So many records are read for one page. */
#define RECORDS_MOST 20000
#define DAYS_DEFAULT 7

enum { DAYS = LIMIT_FIELDS, TRY, FIELDS };
static const InputField fields[FIELDS] = {
    [LIMIT_WHICH] = {"limit", INPUT_TEXT, false, 1, 129}, [LIMIT_AMOUNT] = {"amount", INPUT_TEXT, false, 1, 128},
    [LIMIT_WINDOW] = {"window", INPUT_TEXT, false, 1, 128}, [LIMIT_ALIGN] = {"align", INPUT_TEXT, false, 1, 128},
    [LIMIT_SCOPE] = {"scope", INPUT_TEXT, false, 1, 128}, [LIMIT_MODE] = {"mode", INPUT_TEXT, false, 1, 128},
    [DAYS] = {"days", INPUT_WHOLE, false, 1, 90}, [TRY] = {"try", INPUT_WHOLE, false, 0, 1},
};

typedef struct {
    LimitChosen chosen;
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

static void mistake(Call *call, const FormShown *shown)
{
    for (int i = 0; i < FIELDS; i++)
        if (shown[i].mistake != FORM_GOOD) {
            g_autoptr(GString) words = g_string_new(NULL);
            words_add_form_mistake(words, &shown[i]);
            call_problem(call, 400, shown[i].name, "%s: %s", shown[i].name, words->str);
            return;
        }
}

static void wrong(Call *call, char **mistakes)
{
    g_autofree char *all = g_strjoinv("; ", mistakes);
    call_problem(call, 400, "limit", "%s", all);
}

static void answer(Call *call, const WhatIf *what, int days)
{
    const Simulation *simulation = what->simulation;
    WhatIfShown shown = {
        .policy = call->policy, .plan = what->chosen.plan, .limit = what->chosen.limit, .days = days, .most = RECORDS_MOST,
        .home = what->chosen.home && strcmp(what->chosen.home, what->chosen.plan->key) != 0 ? what->chosen.home : NULL,
        .wrong = (const char *const *)what->wrong, .shown = what->shown, .shown_count = FIELDS, .may_change = call_role(call) == ROLE_ADMIN,
        .from = INSTANT_MAX, .until = store_now(call->site->store),
    };
    if (simulation) {
        shown.policy = simulation->now;
        shown.replay = simulation->replay;
        shown.sampled = simulation->sampled;
        shown.from = simulation->from;
        shown.until = simulation->until;
    }
    int status = what->wrong || !what->good ? 400 : 200;
    if (call_wants_json(call)) {
        if (!what->good)
            mistake(call, what->shown);
        else if (what->wrong)
            wrong(call, what->wrong);
        else
            call_json(call, 200, view_what_if_json(&shown));
    } else if (call_form_token(call)) {
        PageContext context = call_context(call, NULL);
        call_page(call, status, "what-if", view_what_if(&shown, &context));
    }
}

static StoreResult try_it(Call *call, WhatIf *what, int days, StoreError *error)
{
    g_autoptr(Policy) next = limit_form_policy(call->policy, &what->chosen, what->shown, &what->wrong);
    if (!next)
        return STORE_OK;
    const SimulateAsk ask = {.next = next, .days = days, .most = RECORDS_MOST};
    return store_simulate(call->site->store, &ask, &what->simulation, error);
}

void page_what_if(Call *call)
{
    g_auto(WhatIf) what = {0};
    g_auto(StoreError) error = {0};
    const Query *query = &call->request->query;
    if (call_wants_json(call) && !call_query(call, fields, FIELDS, what.values)) /* programs send nothing that is empty */
        return;
    what.good = form_read(query, fields, FIELDS, what.values, what.shown);
    int days = what.shown[DAYS].mistake == FORM_GOOD && what.values[DAYS].given ? (int)what.values[DAYS].whole : DAYS_DEFAULT;
    if (what.values[LIMIT_WHICH].given && !limit_form_choose(call->policy, what.values[LIMIT_WHICH].text, &what.chosen)) {
        call_problem(call, 404, "limit", SAY_NO_SUCH("limit"));
        return;
    }
    bool tries = what.chosen.limit && what.values[TRY].whole == 1;
    if (tries && !limit_form_is_full(call->policy, &what.chosen, query, what.shown))
        what.good = false;
    if (what.chosen.limit)
        limit_form_fill(call->policy, &what.chosen, what.shown);
    StoreResult result = tries && what.good ? try_it(call, &what, days, &error) : STORE_OK;
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else
        answer(call, &what, days);
}
