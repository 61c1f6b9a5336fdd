/* GET /api/v1/check: what a consume would be answered now. Charges nothing, and is not recorded. */
#include "web/decision.h"
#include "web/handlers.h"

enum { SUBJECT, FEATURE, RESOURCE, UNITS };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [RESOURCE] = {"resource", INPUT_TEXT, false, 1, 255},
    [UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
};

void api_check(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    g_autoptr(Answer) answer = NULL;
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return;
    const char *subject = call_subject(call, values[SUBJECT].text);
    if (!subject)
        return;
    StoreResult result = store_check(call->site->store, subject, values[FEATURE].text, values[RESOURCE].text,
                                     values[UNITS].given ? values[UNITS].whole : 1, &answer, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    response_status(call->response, 200);
    response_guard(call->response);
    decision_headers(call->response, answer);
    call_text_body(call, "application/json", view_decision(answer, call->request->mount));
}
