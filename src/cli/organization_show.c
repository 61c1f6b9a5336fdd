/* What an organization shares, and its members. */
#include "cli/organization_show.h"

#include "cli/open.h"
#include "cli/table.h"
#include "view/view.h"
#include "view/words.h"

void organization_print(const json_t *organization)
{
    const char *owner = json_string_value(json_object_get(organization, "owner"));
    printf("%s\nowner: %s\nsince: %s\n", json_string_value(json_object_get(organization, "organization")), owner ? owner : "nobody",
           json_string_value(json_object_get(organization, "created_at")));
}

/* Reads the organization, and all pages of its members into it. */
static StoreResult read_whole(Store *store, const char *name, Organization *organization, StoreError *error)
{
    StoreResult result = organization_read(store, name, 0, organization, error);
    while (result == STORE_OK && organization->more) {
        json_t *last = json_array_get(organization->members, json_array_size(organization->members) - 1), *list = NULL;
        result = organization_members(store, name, json_integer_value(json_object_get(last, "member")), MEMBERS_COUNTED, &list,
                                      &organization->more, error);
        if (result == STORE_OK)
            json_array_extend(organization->members, list);
        json_decref(list);
    }
    return result;
}

static void print_json(const Organization *organization)
{
    json_t *whole = json_deep_copy(organization->about);
    json_object_set_new(whole, "usage", organization->usage ? view_value(view_usage(organization->usage->report)) : json_null());
    json_object_set(whole, "overrides", organization->overrides);
    json_object_set(whole, "grants", organization->grants);
    json_object_set(whole, "members", organization->members);
    cli_print_json(whole);
}

static void print_pool(const UsageReport *report)
{
    static const char *const titles[] = { "feature", "limit", "used", "left", "resets", NULL };
    g_autoptr(Table) table = table_new(titles);
    for (int i = 0; i < report->line_count; i++) {
        const UsageLine *line = &report->lines[i];
        if (!line->limit || line->limit->scope != SCOPE_ORGANIZATION)
            continue;
        g_autofree char *used = words_used(line), *left = words_left(line, report->as_of), *resets = words_resets(line, report->as_of);
        table_cell(table, line->feature->key);
        table_cell(table, line->limit->key);
        table_cell(table, used);
        table_cell(table, left);
        table_cell(table, resets);
    }
    table_print(table, "nothing is shared");
}

/* "message 12, upload 3". New string. */
static char *used_text(const json_t *used)
{
    GString *text = g_string_new(NULL);
    const char *feature;
    json_t *units;
    json_object_foreach((json_t *)used, feature, units)
        g_string_append_printf(text, "%s%s %.0f", text->len ? ", " : "", feature, json_number_value(units));
    return g_string_free(text, FALSE);
}

static void print_members(const json_t *members)
{
    static const char *const titles[] = { "member", "plan", "e-mail", "suspended", "used in 30 days", NULL };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *member;
    json_array_foreach((json_t *)members, i, member) {
        g_autofree char *used = used_text(json_object_get(member, "used"));
        table_cell_of(table, member, "subject");
        table_cell_of(table, json_object_get(member, "plan"), "key");
        table_cell_of(table, member, "email");
        table_cell_of(table, member, "suspended");
        table_cell(table, used);
    }
    table_print(table, "it has no members");
}

int organization_show(Store *store, const char *name, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_auto(Organization) organization = { 0 };
    StoreResult result = read_whole(store, name, &organization, &error);
    if (result != STORE_OK)
        return cli_fail("organization", result, &error);
    if (json) {
        print_json(&organization);
        return CMD_OK;
    }
    organization_print(organization.about);
    puts("");
    if (organization.usage)
        print_pool(organization.usage->report);
    puts("");
    print_members(organization.members);
    return CMD_OK;
}
