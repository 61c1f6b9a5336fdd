/* `webquota organization list | show | set`: who shares what, and who owns it. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/organization_show.h"
#include "cli/table.h"
#include "store/organizations.h"

enum { OWNER, REASON };

static int set(Store *store, const char *name, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *organization = NULL;
    const char *owner = texts->of[OWNER];
    g_autofree char *actor = cli_actor();
    StoreResult result = organization_own(store, name, *owner ? owner : NULL, NULL, texts->of[REASON], actor, &organization, &error);
    if (result != STORE_OK)
        return cli_fail("organization", result, &error);
    if (json) {
        cli_print_json(organization);
        return CMD_OK;
    }
    organization_print(organization);
    json_decref(organization);
    return CMD_OK;
}

static void print_list(const json_t *all)
{
    static const char *const titles[] = { "organization", "members", "since", NULL };
    g_autoptr(Table) table = table_new(titles);
    size_t i;
    json_t *organization;
    json_array_foreach((json_t *)all, i, organization) {
        int64_t members = json_integer_value(json_object_get(organization, "members"));
        g_autofree char *counted = g_strdup_printf(members > MEMBERS_COUNTED ? "more than %" PRId64 : "%" PRId64, MIN(members, MEMBERS_COUNTED));
        table_cell_of(table, organization, "organization");
        table_cell(table, counted);
        table_cell_of(table, organization, "created_at");
    }
    table_print(table, "there is no such organization");
}

/* All whose name begins with the text. */
static int list(Store *store, const char *text, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *all = json_array();
    const char *after = NULL; /* the last of what there is */
    bool more = true;
    StoreResult result = STORE_OK;
    while (result == STORE_OK && more) {
        json_t *page = NULL;
        result = organizations_find(store, text, after, &page, &more, &error);
        if (result == STORE_OK)
            json_array_extend(all, page);
        json_decref(page);
        after = json_string_value(json_object_get(json_array_get(all, json_array_size(all) - 1), "organization"));
    }
    if (result == STORE_OK && json)
        cli_print_json(json_pack("{s:O}", "organizations", all));
    else if (result == STORE_OK)
        print_list(all);
    json_decref(all);
    return result == STORE_OK ? CMD_OK : cli_fail("organization", result, &error);
}

static int run(const char *what, const char *name, const OptionTexts *texts, bool json)
{
    bool is_set = strcmp(what, "set") == 0, is_list = strcmp(what, "list") == 0;
    if (is_set != (texts->of[OWNER] != NULL) || (!is_set && texts->of[REASON]))
        return cli_usage("organization", is_set ? "set needs --owner" : "%s changes nothing; --owner and --reason are for set", what);
    if (!cli_text("organization", "NAME", name, is_list ? 0 : 1, 255) || !cli_text("organization", "--owner", texts->of[OWNER], 0, 255) ||
        (is_set && !cli_reason("organization", texts->of[REASON])))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = is_set ? set(store, name, texts, json) : is_list ? list(store, name ? name : "", json) : organization_show(store, name, json);
    store_close(store);
    return code;
}

int cmd_organization(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "owner", 0, 0, G_OPTION_ARG_STRING, &texts.of[OWNER], "A member who answers for it (set); \"\": nobody", "SUBJECT" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit; needed to set", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("organization", "list [TEXT] | show NAME | set NAME --owner SUBJECT --reason TEXT",
                             "Lists organizations, those whose name begins with a text or all; shows what one shares, its members and what\n"
                             "they used in 30 days; sets who owns it: one of its members, for as long as they are.", entries, &argc, &argv);
    const char *what = argc > 1 ? argv[1] : "";
    bool lists = strcmp(what, "list") == 0, known = lists || strcmp(what, "show") == 0 || strcmp(what, "set") == 0;
    int code = parsed != CMD_OK ? MAX(parsed, 0)
             : known && (argc == 3 || (lists && argc == 2)) ? run(what, argc == 3 ? argv[2] : NULL, &texts, json)
                                  : cli_usage("organization", "it takes list, show NAME, or set NAME");
    option_texts_clear(&texts);
    return code;
}
