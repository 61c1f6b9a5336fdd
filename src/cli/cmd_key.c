/* `webquota key create|list|revoke`: API keys. */
#include "cli/inputs.h"
#include "cli/list_whole.h"
#include "cli/open.h"

static bool scopes_parse(const char *text, unsigned *scopes)
{
    static const struct { const char *word; unsigned bit; } words[] = { { "enforce", KEY_ENFORCE }, { "read", KEY_READ }, { "admin", KEY_ADMIN } };
    g_auto(GStrv) parts = g_strsplit(text, ",", 10);
    *scopes = 0;
    for (char **part = parts; *part; part++) {
        unsigned bit = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
            if (strcmp(g_strstrip(*part), words[i].word) == 0)
                bit = words[i].bit;
        if (!bit)
            return false;
        *scopes |= bit;
    }
    return *scopes != 0;
}

typedef struct {
    char *name, *scopes, *expires, *reason;
    gboolean json, quiet;
} KeyOptions;

static int create(Store *store, const KeyOptions *options, const char *actor)
{
    unsigned scopes = 0;
    Instant expires = INSTANT_MAX;
    if (!options->name || !text_is_plain(options->name, strlen(options->name), KEY_NAME_MAX))
        return cli_usage("key", "create needs --name, up to %d bytes of plain text", KEY_NAME_MAX);
    if (!scopes_parse(options->scopes ? options->scopes : "", &scopes))
        return cli_usage("key", "--scopes is a list of enforce, read, admin, such as enforce,read");
    if (!cli_instant("key", "--expires", options->expires, DAY_ENDS, &expires))
        return CMD_USAGE;
    int day = cli_day(store, "key", options->expires, DAY_ENDS, &expires);
    if (day != CMD_OK)
        return day;
    g_auto(StoreError) error = { 0 };
    json_t *key = NULL;
    StoreResult result = admin_key_create(store, options->name, scopes, expires, options->reason, actor, &key, &error);
    if (result != STORE_OK)
        return cli_fail("key", result, &error);
    if (options->json) {
        cli_print_json(key);
        return CMD_OK;
    }
    puts(json_string_value(json_object_get(key, "key")));
    if (!options->quiet)
        fprintf(stderr, "This is the only time the key is shown.\n");
    json_decref(key);
    return CMD_OK;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "-";
}

static StoreResult page(Store *store, const char *subject, const char *organization, const char *before, json_t **list, StoreError *error)
{
    (void)subject, (void)organization;
    return admin_key_list(store, before, ADMIN_LIST_MOST, list, error);
}

static int list(Store *store, const KeyOptions *options)
{
    g_auto(StoreError) error = { 0 };
    json_t *keys = NULL, *key;
    size_t i;
    StoreResult result = list_whole(page, store, NULL, NULL, &keys, &error);
    if (result != STORE_OK)
        return cli_fail("key", result, &error);
    if (options->json) {
        cli_print_json(json_pack("{s:o}", "keys", keys));
        return CMD_OK;
    }
    printf("%-6s %-24s %-20s %-22s %-22s %s\n", "id", "name", "scopes", "created", "last used", "state");
    json_array_foreach(keys, i, key) {
        GString *scopes = g_string_new(NULL);
        size_t s;
        json_t *scope;
        json_array_foreach(json_object_get(key, "scopes"), s, scope)
            g_string_append_printf(scopes, "%s%s", s ? "," : "", json_string_value(scope));
        bool revoked = json_is_string(json_object_get(key, "revoked_at")), used = json_is_string(json_object_get(key, "last_used_at"));
        printf("%-6s %-24s %-20s %-22s %-22s %s\n", text_of(key, "id"), text_of(key, "name"), scopes->str, text_of(key, "created_at"),
               used ? text_of(key, "last_used_at") : "never", revoked ? "revoked" : "in use");
        g_string_free(scopes, TRUE);
    }
    json_decref(keys);
    return CMD_OK;
}

static int revoke(Store *store, const char *id, const KeyOptions *options, const char *actor)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = admin_key_revoke(store, id, options->reason, actor, &error);
    if (result != STORE_OK)
        return cli_fail("key", result, &error);
    if (options->json)
        cli_print_json(json_pack("{s:s, s:b}", "id", id, "revoked", 1));
    else
        printf("key %s is revoked\n", id);
    return CMD_OK;
}

int cmd_key(int argc, char **argv)
{
    KeyOptions options = { 0 };
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "What the key is for (create)", "NAME" },
        { "scopes", 0, 0, G_OPTION_ARG_STRING, &options.scopes, "enforce, read, admin, separated by commas (create)", "LIST" },
        { "expires", 0, 0, G_OPTION_ARG_STRING, &options.expires, "When it stops working (create)", "TIME" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit (create, revoke)", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "Print the key and nothing else (create)", NULL },
        { NULL },
    };
    int parsed = cli_options("key", "create | list | revoke ID", "Makes, lists and revokes API keys.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool is_revoke = strcmp(what, "revoke") == 0;
    if ((strcmp(what, "create") != 0 && strcmp(what, "list") != 0 && !is_revoke) || argc != (is_revoke ? 3 : 2))
        return cli_usage("key", "it takes create, list, or revoke ID");
    if (!cli_text("key", "--reason", options.reason, 1, REASON_MOST))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    g_autofree char *actor = cli_actor();
    int code = is_revoke ? revoke(store, argv[2], &options, actor) : what[0] == 'c' ? create(store, &options, actor) : list(store, &options);
    store_close(store);
    g_free(options.name);
    g_free(options.scopes);
    g_free(options.expires);
    g_free(options.reason);
    return code;
}
