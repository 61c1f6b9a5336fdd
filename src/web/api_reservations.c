/* Reservations: units held until the work is known to have succeeded. */
#include "web/ask.h"
#include "say/say.h"
#include "web/handlers.h"

static const InputField commit_fields[] = {{"units", INPUT_WHOLE, false, 1, UNITS_MAX}};

void api_reserve(Call *call)
{
    ask_answer(call, ASK_HOLD);
}

/* Is the reservation one that the caller may settle? People: what they reserved for themselves; what the application holds for them is
 * the application's. Others' are as if they were not there, but for those who may look at them. */
static bool is_theirs(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(DecisionRead) read = NULL;
    if (call->identity.kind == IDENTITY_KEY)
        return true;
    StoreResult result = store_decision(call->site->store, call->segment, &read, &error);
    bool sees = result == STORE_OK && call_may_see(call, read->answer->subject);
    bool is_self = sees && g_strcmp0(read->answer->subject, call->identity.subject) == 0;
    if (sees && (call_is_administrator(call) || (is_self && read->own)))
        return true;
    if (sees)
        call_problem(call, 403, NULL, is_self ? SAY_NOT_YOURS_TO_SETTLE : SAY_NOT_YOUR_ROLE);
    else if (result == STORE_OK)
        call_problem(call, 404, NULL, SAY_NO_SUCH("reservation"));
    else
        call_store_problem(call, result, &error);
    return false;
}

static void answer_done(Call *call, StoreResult result, const char *state, const LedgerDone *done, const StoreError *error)
{
    if (result != STORE_OK) {
        call_store_problem(call, result, error);
        return;
    }
    g_autofree char *at = instant_text(done->at);
    call_json(call, 200,
              json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:I, s:I, s:s?}", "reservation", call->segment, "state", state,
                        "decision_id", done->id, "subject", done->subject, "feature", done->feature, "units",
                        (json_int_t) done->units, "held", (json_int_t) done->total, "at", at));
}

void api_commit(Call *call)
{
    InputValue units;
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    if (!call_body(call, commit_fields, G_N_ELEMENTS(commit_fields), &units) || !is_theirs(call))
        return;
    StoreResult result = ledger_commit(call->site->store, call->segment, units.given ? units.whole : -1, &done, &error);
    answer_done(call, result, "committed", &done, &error);
}

void api_release(Call *call)
{
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    if (!call_body(call, NULL, 0, NULL) || !is_theirs(call))
        return;
    StoreResult result = ledger_release(call->site->store, call->segment, &done, &error);
    answer_done(call, result, "released", &done, &error);
}
