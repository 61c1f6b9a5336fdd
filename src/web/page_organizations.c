/* GET /admin/organizations: looking for organizations; GET /admin/organization: one of them, its pool and its members. */
#include "store/organizations.h"
#include "view/view_admin.h"
#include "web/admin_input.h"
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

typedef struct {
    json_t *about, *members, *overrides, *grants;
    UsageRead *read;
    bool more;
} Organization;

static void organization_clear(Organization *organization)
{
    json_decref(organization->about);
    json_decref(organization->members);
    json_decref(organization->overrides);
    json_decref(organization->grants);
    usage_read_free(organization->read);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Organization, organization_clear)

StoreResult organization_seen(Store *store, const char *organization, UsageRead **read, StoreError *error)
{
    json_t *list = NULL;
    bool more;
    StoreResult result = organization_members(store, organization, 0, 1, &list, &more, error);
    const char *member = json_string_value(json_object_get(json_array_get(list, 0), "subject"));
    if (result == STORE_OK && member)
        result = store_usage(store, member, NULL, true, read, error);
    json_decref(list);
    return result;
}

static StoreResult organization_read(Store *store, const char *key, int64_t after, Organization *organization, StoreError *error)
{
    StoreResult result = organization_members(store, key, after, MEMBERS_PAGE, &organization->members, &organization->more, error);
    if (result == STORE_OK)
        result = organization_get(store, key, &organization->about, error);
    if (result == STORE_OK)
        result = organization_seen(store, key, &organization->read, error);
    if (result == STORE_OK)
        result = admin_override_list(store, NULL, key, NULL, &organization->overrides, error);
    return result == STORE_OK ? admin_grant_list(store, NULL, key, NULL, &organization->grants, error) : result;
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
    OrganizationShown shown = {
        .organization = values[ORGANIZATION].text, .report = organization.read ? organization.read->report : NULL,
        .overrides = organization.overrides, .grants = organization.grants, .members = organization.members, .more = organization.more,
        .owner = json_string_value(json_object_get(organization.about, "owner")), .may_change = call_is_administrator(call),
        .done = values[DONE].text, .was = values[WAS].text,
    };
    PageContext context = call_context(call, NULL);
    if (call_wants_json(call))
        call_json(call, 200, view_organization_json(&shown));
    else
        call_page(call, 200, "organization", view_organization(&shown, &context));
}
