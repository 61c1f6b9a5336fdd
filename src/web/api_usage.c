/* Where somebody stands, and setting it back to nothing. */
#include "web/handlers.h"
#include "say/say.h"

enum { SUBJECT, FEATURE, REASON };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
    [REASON] = {"reason", INPUT_TEXT, false, 1, 500},
};

void api_usage(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    if (!call_query(call, fields, REASON, values))
        return;
    const char *subject = call_subject(call, values[SUBJECT].text);
    if (!subject)
        return;
    StoreResult result = store_usage(call->site->store, subject, values[FEATURE].text, true, &read, &error);
    if (result == STORE_OK)
        call_text(call, 200, view_usage(read->report));
    else
        call_store_problem(call, result, &error);
}

void api_usage_reset(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return;
    if (!values[SUBJECT].given) {
        call_problem(call, 400, "subject", SAY_MISSING("subject"));
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = ledger_reset(call->site->store, values[SUBJECT].text, values[FEATURE].text,
                                      values[REASON].given ? values[REASON].text : "", actor, &done, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    g_autofree char *at = instant_text(done.at);
    call_json(call, 200,
              json_pack("{s:s, s:s?, s:I, s:s?, s:s?}", "subject", values[SUBJECT].text, "feature", values[FEATURE].text,
                        "units", (json_int_t) done.units, "decision_id", done.id, "at", at));
}
