/* GET /admin/organizations: looking for organizations; GET /admin/organization: one of them, its pool and its members. */
#include "web/organization_shown.h"
#include "web/handlers.h"

enum { Q, AFTER };
static const InputField find_fields[] = {[Q] = {"q", INPUT_TEXT, false, 0, 255}, [AFTER] = {"after", INPUT_TEXT, false, 1, 255}};

void page_organizations(Call *call)
{
    InputValue values[G_N_ELEMENTS(find_fields)];
    g_auto(StoreError) error = {0};
    json_t *list = NULL;
    bool more = false;
    if (!call_query(call, find_fields, G_N_ELEMENTS(find_fields), values))
        return;
    const char *q = values[Q].given ? values[Q].text : "";
    StoreResult result = organizations_find(call->site->store, q, values[AFTER].text, &list, &more, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    if (call_wants_json(call)) {
        call_json(call, 200, json_pack("{s:O, s:b}", "organizations", list, "more", more));
    } else if (call_form_token(call)) { /* it has a form, and its style */
        PageContext context = call_context(call, NULL);
        call_page(call, 200, "organizations",
                  view_organizations(&(OrganizationsShown){.list = list, .more = more, .q = q, .counted = MEMBERS_COUNTED}, &context));
    }
    json_decref(list);
}

OrganizationShown organization_shown(const Organization *read)
{
    return (OrganizationShown){
        .organization = json_string_value(json_object_get(read->about, "organization")),
        .owner = json_string_value(json_object_get(read->about, "owner")),
        .created_at = json_string_value(json_object_get(read->about, "created_at")),
        .report = read->usage ? read->usage->report : NULL, .overrides = read->overrides, .grants = read->grants,
        .members = read->members, .more = read->more,
    };
}

enum { ORGANIZATION, MEMBERS_AFTER, DONE, WAS };
static const InputField fields[] = {[ORGANIZATION] = {"organization", INPUT_TEXT, true, 1, 255},
                                    [MEMBERS_AFTER] = {"after", INPUT_WHOLE, false, 1, UNITS_MAX},
                                    [DONE] = {"done", INPUT_TEXT, false, 1, 16},
                                    [WAS] = {"was", INPUT_TEXT, false, 0, 255}};

void page_organization(Call *call)
{
    InputValue values[G_N_ELEMENTS(fields)];
    g_auto(StoreError) error = {0};
    g_auto(Organization) organization = {0};
    if (!call_query(call, fields, G_N_ELEMENTS(fields), values))
        return;
    StoreResult result = organization_read(call->site->store, values[ORGANIZATION].text, values[MEMBERS_AFTER].whole, &organization, &error);
    if (result != STORE_OK) {
        call_store_problem(call, result, &error);
        return;
    }
    OrganizationShown shown = organization_shown(&organization);
    shown.may_change = call_is_administrator(call);
    shown.done = values[DONE].text;
    shown.was = values[WAS].text;
    PageContext context = call_context(call, NULL);
    if (call_wants_json(call))
        call_json(call, 200, view_organization_json(&shown));
    else
        call_page(call, 200, "organization", view_organization(&shown, &context));
}
