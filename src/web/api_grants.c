/* Grants: bonus units, once or recurring. */
#include "web/admin_input.h"
#include "say/say.h"
#include "web/ceiling.h"
#include "web/handlers.h"

#define PRIORITY_DEFAULT 100

enum { SUBJECT, ORGANIZATION, FEATURE, AMOUNT, PRIORITY, EFFECTIVE_AT, EXPIRES_AT, EVERY, REASON };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},        [ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},         [AMOUNT] = {"amount", INPUT_WHOLE, true, 1, UNITS_MAX},
    [PRIORITY] = {"priority", INPUT_WHOLE, false, 0, 1000000}, [EFFECTIVE_AT] = {"effective_at", INPUT_TIME, false, 0, 0},
    [EXPIRES_AT] = {"expires_at", INPUT_UNTIL, false, 0, 0},    [EVERY] = {"every", INPUT_TEXT, false, 1, 64},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

static bool times_read(Call *call, const InputValue *values, GrantAdd *add)
{
    WindowSpec every = {0};
    const char *why = NULL;
    if (!admin_input_future(call, "expires_at", &values[EXPIRES_AT]))
        return false;
    if (values[EFFECTIVE_AT].given && values[EXPIRES_AT].given && values[EXPIRES_AT].time <= values[EFFECTIVE_AT].time) {
        call_problem(call, 400, "expires_at", SAY_ENDS_AFTER_BEGIN);
        return false;
    }
    if (values[EVERY].given && (!window_parse(values[EVERY].text, &every, &why) || every.unit == WINDOW_LIFETIME)) {
        call_problem(call, 400, "every", SAY_EVERY, why ? ": " : "", why ? why : "");
        return false;
    }
    add->effective_at = values[EFFECTIVE_AT].given ? values[EFFECTIVE_AT].time : INSTANT_MIN;
    add->expires_at = values[EXPIRES_AT].given ? values[EXPIRES_AT].time : INSTANT_MAX;
    add->every = values[EVERY].text;
    return true;
}

void api_grant_add(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    GrantAdd add = {0};
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values) ||
        !admin_input_owner(call, &values[SUBJECT], &values[ORGANIZATION]) || !times_read(call, values, &add))
        return;
    add.subject = values[SUBJECT].text;
    add.organization = values[ORGANIZATION].text;
    add.feature = values[FEATURE].text;
    add.amount = values[AMOUNT].whole;
    add.priority = values[PRIORITY].given ? (int) values[PRIORITY].whole : PRIORITY_DEFAULT;
    add.reason = values[REASON].given ? values[REASON].text : "";
    CeilingVerdict verdict = ceiling_look(call, NULL, NULL, &add, &add.seen);
    if (verdict == CEILING_ABOVE)
        ceiling_ask(call, NULL, &add);
    if (verdict != CEILING_BELOW)
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = admin_grant_add(call->site->store, &add, actor, &json, &error);
    admin_answer(call, 201, result, json, &error);
}

void api_grant_list(Call *call)
{
    const char *subject, *organization, *before;
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!admin_list_owner(call, &subject, &organization, &before))
        return;
    StoreResult result = admin_grant_list(call->site->store, subject, organization, before, &list, &error);
    admin_answer_list(call, "grants", result, list, &error);
}

void api_grant_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    StoreResult result = admin_grant_get(call->site->store, call->segment, &json, &error);
    admin_answer(call, 200, result, json, &error);
}

/* Those who support people take back what they gave. */
void api_grant_remove(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *reason;
    json_t *made = NULL;
    if (!admin_input_reason(call, &reason))
        return;
    StoreResult result = ceiling_holds(call) ? admin_grant_get(call->site->store, call->segment, &made, &error) : STORE_OK;
    if (result != STORE_OK || ceiling_may_remove(call, made)) {
        g_autofree char *actor = identity_actor(&call->identity);
        if (result == STORE_OK)
            result = admin_grant_remove(call->site->store, call->segment, reason, actor, &error);
        admin_answer_removed(call, result, &error);
    }
    json_decref(made);
}
