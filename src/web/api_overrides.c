/* Overrides: a replaced amount for one subject or organization. */
#include "web/admin_input.h"
#include "say/say.h"
#include "web/ceiling.h"
#include "web/handlers.h"

#define MULTIPLIER_MAX 1000000

enum { SUBJECT, ORGANIZATION, FEATURE, LIMIT, AMOUNT, UNLIMITED, MULTIPLIER, EXPIRES_AT, REASON };
static const InputField fields[] = {
    [SUBJECT] = {"subject", INPUT_TEXT, false, 1, 255},
    [ORGANIZATION] = {"organization", INPUT_TEXT, false, 1, 255},
    [FEATURE] = {"feature", INPUT_TEXT, true, 1, 255},
    [LIMIT] = {"limit", INPUT_TEXT, false, 1, 64},
    [AMOUNT] = {"amount", INPUT_WHOLE, false, 0, UNITS_MAX},
    [UNLIMITED] = {"unlimited", INPUT_FLAG, false, 0, 0},
    [MULTIPLIER] = {"multiplier", INPUT_NUMBER, false, 0, MULTIPLIER_MAX},
    [EXPIRES_AT] = {"expires_at", INPUT_UNTIL, false, 0, 0},
    [REASON] = {"reason", INPUT_TEXT, false, 0, 500},
};

static bool kind_read(Call *call, const InputValue *values, OverrideAdd *add)
{
    bool unlimited = values[UNLIMITED].given && values[UNLIMITED].flag;
    if (values[AMOUNT].given + unlimited + values[MULTIPLIER].given != 1) {
        call_problem(call, 400, "amount", SAY_ONE_AMOUNT);
        return false;
    }
    if (values[MULTIPLIER].given && values[MULTIPLIER].number <= 0) {
        call_problem(call, 400, "multiplier", SAY_MULTIPLIER);
        return false;
    }
    add->kind = unlimited ? OVERRIDE_UNLIMITED : values[AMOUNT].given ? OVERRIDE_AMOUNT : OVERRIDE_MULTIPLIER;
    add->amount = unlimited ? AMOUNT_UNLIMITED : values[AMOUNT].whole;
    add->multiplier = values[MULTIPLIER].given ? values[MULTIPLIER].number : 1;
    return true;
}

void api_override_add(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    OverrideAdd add = {0};
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values) ||
        !admin_input_owner(call, &values[SUBJECT], &values[ORGANIZATION]) || !kind_read(call, values, &add) ||
        !admin_input_future(call, "expires_at", &values[EXPIRES_AT]))
        return;
    add.subject = values[SUBJECT].text;
    add.organization = values[ORGANIZATION].text;
    add.feature = values[FEATURE].text;
    add.limit = values[LIMIT].text;
    add.expires_at = values[EXPIRES_AT].given ? values[EXPIRES_AT].time : INSTANT_MAX;
    add.reason = values[REASON].given ? values[REASON].text : "";
    CeilingVerdict verdict = ceiling_look(call, NULL, &add, NULL, &add.seen);
    if (verdict == CEILING_ABOVE)
        ceiling_ask(call, &add, NULL);
    if (verdict != CEILING_BELOW)
        return;
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = admin_override_add(call->site->store, &add, actor, &json, &error);
    admin_answer(call, 201, result, json, &error);
}

void api_override_list(Call *call)
{
    const char *subject, *organization, *before;
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    if (!admin_list_owner(call, &subject, &organization, &before))
        return;
    StoreResult result = admin_override_list(call->site->store, subject, organization, before, &list, &error);
    admin_answer_list(call, "overrides", result, list, &error);
}

void api_override_get(Call *call)
{
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    StoreResult result = admin_override_get(call->site->store, call->segment, &json, &error);
    admin_answer(call, 200, result, json, &error);
}

/* Those who support people take back what they gave. */
void api_override_remove(Call *call)
{
    g_auto(StoreError) error = {0};
    const char *reason;
    json_t *made = NULL;
    if (!admin_input_reason(call, &reason))
        return;
    StoreResult result = ceiling_holds(call) ? admin_override_get(call->site->store, call->segment, &made, &error) : STORE_OK;
    if (result != STORE_OK || ceiling_may_remove(call, made)) {
        g_autofree char *actor = identity_actor(&call->identity);
        if (result == STORE_OK)
            result = admin_override_remove(call->site->store, call->segment, reason, actor, &error);
        admin_answer_removed(call, result, &error);
    }
    json_decref(made);
}
