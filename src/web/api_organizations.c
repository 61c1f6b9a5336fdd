/* Organizations: looking for them, who belongs to one and what they share, who owns it. */
#include "say/say.h"
#include "web/admin_input.h"
#include "web/handlers.h"
#include "web/organization_shown.h"

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

/* --- one of them, and all --- */

enum { WHICH, MEMBERS_AFTER };
static const InputField one_fields[] = {[WHICH] = {"organization", INPUT_TEXT, false, 1, 255},
                                        [MEMBERS_AFTER] = {"after", INPUT_WHOLE, false, 1, UNITS_MAX}};

/* It stands in the path, or in the query where it may hold a slash. */
void api_organization_get(Call *call)
{
    InputValue values[G_N_ELEMENTS(one_fields)];
    g_auto(StoreError) error = {0};
    g_auto(Organization) organization = {0};
    int skipped = call->segment != NULL;
    if (!call_query(call, one_fields + skipped, (int) G_N_ELEMENTS(one_fields) - skipped, values + skipped))
        return;
    const char *which = call->segment ? call->segment : values[WHICH].text;
    StoreResult result = organization_read(call->site->store, which, values[MEMBERS_AFTER].whole, &organization, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    OrganizationShown shown = organization_shown(&organization);
    call_json(call, 200, view_organization_json(&shown));
}

enum { Q, AFTER };
static const InputField list_fields[] = {[Q] = {"q", INPUT_TEXT, false, 1, 255}, [AFTER] = {"after", INPUT_TEXT, false, 1, 255}};

void api_organization_list(Call *call)
{
    InputValue values[G_N_ELEMENTS(list_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more = false;
    if (query_get(&call->request->query, "organization")) {
        api_organization_get(call);
        return;
    }
    if (!call_query(call, list_fields, G_N_ELEMENTS(list_fields), values))
        return;
    StoreResult result = organizations_find(call->site->store, values[Q].given ? values[Q].text : "", values[AFTER].text, &list, &more, &error);
    admin_answer(call, 200, result, result == STORE_OK ? json_pack("{s:O, s:b}", "organizations", list, "more", more) : NULL, &error);
    json_decref(list);
}
