/* Organizations: who owns one. */
#include "store/organizations.h"
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"

enum { ORGANIZATION, OWNER, REASON };
static const InputField fields[] = {[ORGANIZATION] = {"organization", INPUT_TEXT, true, 1, 255},
                                    [OWNER] = {"owner", INPUT_TEXT, false, 0, 255},
                                    [REASON] = {"reason", INPUT_TEXT, false, 0, 500}};

/* null takes the owner away, as "" does. */
void api_organization_set(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    if (!call_body(call, fields, G_N_ELEMENTS(fields), values))
        return;
    const InputValue *owner = &values[OWNER];
    if (!owner->given && !owner->is_null) {
        call_problem(call, 400, "owner", SAY_NO_OWNER);
        return;
    }
    g_autofree char *actor = identity_actor(&call->identity);
    StoreResult result = organization_own(call->site->store, values[ORGANIZATION].text, owner->given && *owner->text ? owner->text : NULL,
                                          NULL, values[REASON].text, actor, &json, &error);
    admin_answer(call, 200, result, json, &error);
}

void api_organization_get(Call *call)
{
    InputValue value;
    g_auto(StoreError) error = {0};
    json_t *json = NULL;
    if (!call_query(call, fields, 1, &value))
        return;
    StoreResult result = organization_get(call->site->store, value.text, &json, &error);
    admin_answer(call, 200, result, json, &error);
}
