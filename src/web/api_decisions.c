/* Decisions that were recorded: which, why, and giving units back. */
#include "web/handlers.h"
#include "say/say.h"
#include "store/access.h"

enum { UNITS, REASON };
static const InputField refund_fields[] = {
    [UNITS] = {"units", INPUT_WHOLE, false, 1, UNITS_MAX},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

/* The decision as it was, and what became of it. */
static json_t *explanation(const DecisionRead *read, const char *mount)
{
    g_autofree char *at = instant_text(read->answer->at);
    json_t *value = view_value(view_decision(read->answer, mount));
    json_object_set_new(value, "kind", json_string(read->kind));
    json_object_set_new(value, "at", at ? json_string(at) : json_null());
    json_object_set_new(value, "on_behalf_of", read->on_behalf_of ? json_string(read->on_behalf_of) : json_null());
    json_object_set_new(value, "metadata", read->metadata ? json_incref(read->metadata) : json_null());
    json_object_set_new(value, "refunded", json_integer(read->refunded));
    json_object_set_new(value, "reservation_state",
                        read->reservation_state ? json_string(read->reservation_state) : json_null());
    return value;
}

void api_decision(Call *call)
{
    g_auto(StoreError) error = {0};
    g_autoptr(DecisionRead) read = NULL;
    StoreResult result = store_decision(call->site->store, call->segment, &read, &error);
    if (result != STORE_OK)
        call_store_problem(call, result, &error);
    else if (!call_may_see(call, read->answer->subject))
        call_problem(call, 404, NULL, SAY_NO_SUCH("decision"));
    else
        call_json(call, 200, explanation(read, call->request->mount));
}

enum { SUBJECT, FEATURE };
static const InputField list_fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, false, 1, 255},
};

/* The newest of somebody's, of one feature or all. */
void api_decision_list(Call *call)
{
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    g_autoptr(Activity) activity = NULL;
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values))
        return;
    const char *subject = call_subject(call, values[SUBJECT].text), *feature = values[FEATURE].text;
    if (!subject)
        return;
    for (int i = 0; i < call->policy->feature_count; i++)
        if (!feature || strcmp(call->policy->features[i].key, feature) == 0)
            g_ptr_array_add(keys, call->policy->features[i].key);
    if (feature && !keys->len) {
        call_problem(call, 404, "feature", SAY_NO_SUCH("feature"));
        return;
    }
    StoreResult result = store_activity(call->site->store, subject, keys, store_now(call->site->store), &activity, &error);
    if (result == STORE_OK)
        call_json(call, 200, json_pack("{s:s, s:o}", "subject", subject, "decisions", view_decisions(activity, call->request->mount)));
    else
        call_store_problem(call, result, &error);
}

/* The journal always has it; that of an administrator is in the audit as well. */
void api_refund(Call *call)
{
    InputValue values[G_N_ELEMENTS(refund_fields)];
    g_auto(StoreError) error = {0};
    g_auto(LedgerDone) done = {0};
    if (!call_body(call, refund_fields, G_N_ELEMENTS(refund_fields), values))
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    bool of_administrator = call->identity.kind != IDENTITY_KEY || (call->identity.scopes & KEY_ADMIN);
    StoreResult result = (of_administrator ? access_refund : ledger_refund)(call->site->store, call->segment,
                                                                            values[UNITS].given ? values[UNITS].whole : -1,
                                                                            values[REASON].given ? values[REASON].text : "", actor, &done, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    g_autofree char *at = instant_text(done.at);
    call_json(call, 200,
              json_pack("{s:s, s:s?, s:s?, s:s?, s:I, s:I, s:s?}", "decision_id", call->segment, "refund", done.id,
                        "subject", done.subject, "feature", done.feature, "units", (json_int_t) done.units, "charged",
                        (json_int_t) done.total, "at", at));
}
