/* Thresholds of people's own, for programs. */
#include "store/thresholds.h"
#include "say/say.h"
#include "view/view_thresholds.h"
#include "web/handlers.h"

static void answer(Call *call, const char *subject)
{
    g_auto(StoreError) error = {0};
    g_autoptr(UsageRead) read = NULL;
    StoreResult result = store_usage(call->site->store, subject, NULL, false, &read, &error);
    if (result == STORE_OK)
        call_json(call, 200, json_pack("{s:s, s:o}", "subject", subject, "thresholds", view_threshold_list(read->report)));
    else
        call_store_problem(call, result, &error);
}

void api_thresholds(Call *call)
{
    static const InputField fields[] = {{"subject", INPUT_TEXT, false, 1, 255}};
    InputValue values[G_N_ELEMENTS(fields)];
    if (!call->is_api) {
        answer(call, call->identity.subject); /* a page's twin: the address has the page's own fields */
        return;
    }
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return;
    const char *subject = call_subject(call, values[0].text);
    if (subject)
        answer(call, subject);
}

enum { SUBJECT, FEATURE, NOTICE, WARNING };
static const InputField set_fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [NOTICE] = {"notice", INPUT_WHOLE, false, 1, 99},
    [WARNING] = {"warning", INPUT_WHOLE, false, 2, 100},
};

void api_thresholds_set(Call *call)
{
    InputValue values[G_N_ELEMENTS(set_fields)];
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    if (!call_body(call, set_fields, G_N_ELEMENTS(set_fields), values))
        return;
    if (call->identity.kind == IDENTITY_VISITOR) {
        call_problem(call, 401, NULL, SAY_SIGN_IN_OWN);
        return;
    }
    const char *subject = call_subject(call, values[SUBJECT].text);
    if (!subject)
        return;
    if (values[NOTICE].given != values[WARNING].given) {
        const char *missing = values[NOTICE].given ? "warning" : "notice";
        call_problem(call, 400, missing, SAY_BOTH_OR_NEITHER("%s"), missing);
        return;
    }
    if (values[NOTICE].given && values[WARNING].whole <= values[NOTICE].whole) {
        call_problem(call, 400, "warning", SAY_WARNING);
        return;
    }
    StoreResult result = thresholds_set(call->site->store, subject, values[FEATURE].text, values[NOTICE].whole, values[WARNING].whole,
                                        actor, &error);
    if (result == STORE_OK)
        answer(call, subject);
    else
        call_store_problem(call, result, &error);
}
