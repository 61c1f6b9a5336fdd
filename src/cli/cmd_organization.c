/* `webquota organization show | set`: who owns an organization. */
#include "cli/inputs.h"
#include "cli/open.h"
#include "store/organizations.h"

enum { OWNER, REASON };

static int print(const json_t *organization, bool json)
{
    const char *owner = json_string_value(json_object_get(organization, "owner"));
    if (json)
        cli_print_json(json_deep_copy(organization));
    else
        printf("%s\nowner: %s\nsince: %s\n", json_string_value(json_object_get(organization, "organization")), owner ? owner : "nobody",
               json_string_value(json_object_get(organization, "created_at")));
    return CMD_OK;
}

static int act(Store *store, bool is_set, const char *name, const OptionTexts *texts, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *organization = NULL;
    const char *owner = texts->of[OWNER];
    g_autofree char *actor = cli_actor();
    StoreResult result = is_set ? organization_own(store, name, owner && *owner ? owner : NULL, NULL, texts->of[REASON], actor, &organization, &error)
                                : organization_get(store, name, &organization, &error);
    int code = result == STORE_OK ? print(organization, json) : cli_fail("organization", result, &error);
    json_decref(organization);
    return code;
}

static int run(const char *what, const char *name, const OptionTexts *texts, bool json)
{
    bool is_set = strcmp(what, "set") == 0;
    if (is_set != (texts->of[OWNER] != NULL) || (!is_set && texts->of[REASON]))
        return cli_usage("organization", is_set ? "set needs --owner" : "show changes nothing; --owner and --reason are for set");
    if (!cli_text("organization", "NAME", name, 1, 255) || !cli_text("organization", "--owner", texts->of[OWNER], 0, 255) ||
        !cli_text("organization", "--reason", texts->of[REASON], 0, 500))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = act(store, is_set, name, texts, json);
    store_close(store);
    return code;
}

int cmd_organization(int argc, char **argv)
{
    OptionTexts texts = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "owner", 0, 0, G_OPTION_ARG_STRING, &texts.of[OWNER], "A member who answers for it (set); \"\": nobody", "SUBJECT" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &texts.of[REASON], "Why, for the audit (set)", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("organization", "show NAME | set NAME --owner SUBJECT",
                             "Shows and sets who owns an organization: one of its members, for as long as they are.", entries, &argc, &argv);
    const char *what = argc > 1 ? argv[1] : "";
    bool known = strcmp(what, "show") == 0 || strcmp(what, "set") == 0;
    int code = parsed != CMD_OK ? MAX(parsed, 0)
             : known && argc == 3 ? run(what, argv[2], &texts, json)
                                  : cli_usage("organization", "it takes show NAME, or set NAME");
    option_texts_clear(&texts);
    return code;
}
