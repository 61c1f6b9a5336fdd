/* GET and POST /alerts/change?feature=: at which shares of one's limits one wants to be told. */
#include "store/thresholds.h"
#include "say/say.h"
#include "view/view_thresholds.h"
#include "web/form.h"
#include "web/handlers.h"

enum { FEATURE, NOTICE, WARNING, FIELDS };
static const InputField fields[FIELDS] = {
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [NOTICE] = {"notice", INPUT_WHOLE, false, 1, 99},
    [WARNING] = {"warning", INPUT_WHOLE, false, 2, 100},
};

static void show(Call *call, int status, const UsageReport *report, const Feature *feature, const FormShown *shown)
{
    if (!call_form_token(call))
        return;
    PageContext context = call_context(call, NULL);
    const ThresholdForm form = {.feature = feature, .report = report, .shown = shown, .shown_count = FIELDS};
    call_page(call, status, "thresholds", view_threshold_form(&form, &context));
}

/* Where the viewer stands on the feature that the form names. NULL: answered already. */
static UsageRead *read_usage(Call *call, const char *name, const Feature **feature)
{
    g_auto(StoreError) error = {0};
    UsageRead *read = NULL;
    if (!name) {
        call_problem(call, 400, "feature", SAY_MISSING("feature"));
        return NULL;
    }
    StoreResult result = store_usage(call->site->store, call->identity.subject, name, true, &read, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return NULL;
    }
    *feature = policy_feature(read->report->policy, name);
    return read;
}

void page_thresholds(Call *call)
{
    FormShown shown[FIELDS];
    const Feature *feature = NULL;
    if (call_wants_json(call)) {
        api_thresholds(call);
        return;
    }
    form_open(&call->request->query, fields, FIELDS, shown);
    g_autoptr(UsageRead) read = read_usage(call, shown[FEATURE].typed, &feature);
    if (read)
        show(call, 200, read->report, feature, shown);
    form_shown_clear(shown, FIELDS);
}

/* Both or neither, the second above the first. */
static bool is_whole(const InputValue *values, FormShown *shown)
{
    if (values[NOTICE].given != values[WARNING].given)
        form_mistake(shown, FIELDS, values[NOTICE].given ? "warning" : "notice", FORM_MISSING);
    else if (values[NOTICE].given && values[WARNING].whole <= values[NOTICE].whole)
        form_mistake(shown, FIELDS, "warning", FORM_ORDER);
    else
        return true;
    return false;
}

static void keep(Call *call, const InputValue *values)
{
    g_auto(StoreError) error = {0};
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = thresholds_set(call->site->store, call->identity.subject, values[FEATURE].text, values[NOTICE].whole,
                                        values[WARNING].whole, actor, &error);
    if (result == STORE_OK)
        call_see_other(call, "/alerts?changed=1");
    else
        call_store_problem(call, result, &error);
}

void page_thresholds_send(Call *call)
{
    FormShown shown[FIELDS];
    InputValue values[FIELDS];
    const Feature *feature = NULL;
    bool good = call_filled(call, &call->form, fields, FIELDS, values, shown);
    g_autoptr(UsageRead) read = NULL;
    if (call->identity.kind == IDENTITY_VISITOR)
        call_problem(call, 401, NULL, SAY_SIGN_IN_OWN);
    else if (!(read = read_usage(call, shown[FEATURE].mistake == FORM_GOOD ? shown[FEATURE].typed : NULL, &feature)))
        ; /* answered */
    else if (!good || !is_whole(values, shown))
        show(call, 400, read->report, feature, shown);
    else
        keep(call, values);
    form_shown_clear(shown, FIELDS);
}
