/* `webquota policy check|diff|apply|export|list`. */
#include "cli/cmd_policy_file.h"
#include "cli/open.h"
#include "policy/policy_diff.h"
#include "policy/policy_load.h"
#include "store/policy_store.h"

/* The policy of a file, or NULL after printing every mistake. */
static Policy *read_file(const char *path)
{
    g_autofree char *why = NULL;
    g_autofree char *text = policy_file_read(path, &why);
    if (!text) {
        fprintf(stderr, "%s\n", why);
        return NULL;
    }
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *policy = policy_read(text, path, mistakes);
    if (!policy) {
        g_autofree char *all = mistakes_text(mistakes);
        fprintf(stderr, "%s\n", g_strchomp(all));
    }
    return policy;
}

/* The policy in force; an empty one when none was applied. NULL after saying why. */
static Policy *in_force(Store *store, int *code)
{
    g_auto(StoreError) error = { 0 };
    Policy *policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result == STORE_OK)
        return policy;
    if (error.detail && g_str_has_prefix(error.detail, "no policy"))
        return policy_new();
    *code = cli_fail("policy", result, &error);
    return NULL;
}

/* Adds to each change how many people are on the plans that it concerns. */
static void add_people(json_t *diff, const json_t *people)
{
    size_t i, p;
    json_t *change, *plan;
    json_array_foreach(json_object_get(diff, "changes"), i, change) {
        json_int_t sum = 0;
        json_array_foreach(json_object_get(change, "plans"), p, plan)
            sum += json_integer_value(json_object_get(people, json_string_value(plan)));
        json_object_set_new(change, "people", json_integer(sum));
    }
}

static void print_changes(const json_t *diff)
{
    size_t i;
    json_t *change;
    json_t *changes = json_object_get(diff, "changes");
    if (!json_array_size(changes))
        puts("nothing would change");
    json_array_foreach(changes, i, change) {
        g_autofree char *line = policy_change_text(change);
        json_int_t people = json_integer_value(json_object_get(change, "people"));
        if (people)
            printf("%s (%" JSON_INTEGER_FORMAT " %s)\n", line, people, people == 1 ? "person" : "people");
        else
            puts(line);
    }
}

static int diff(Store *store, const char *path, bool json)
{
    g_autoptr(Policy) next = read_file(path);
    int code = CMD_NO;
    g_autoptr(Policy) now = next ? in_force(store, &code) : NULL;
    if (!now)
        return code;
    json_t *changes = policy_diff(now, next), *people = NULL;
    g_auto(StoreError) error = { 0 };
    if (now->plan_count) {
        StoreResult result = policy_people(store, now, &people, &error);
        if (result != STORE_OK)
            return cli_fail("policy", result, &error);
    }
    add_people(changes, people);
    json_decref(people);
    if (json) {
        cli_print_json(changes);
        return CMD_OK;
    }
    print_changes(changes);
    json_decref(changes);
    return CMD_OK;
}

static int apply(Store *store, const char *path, const char *reason, bool json)
{
    g_autoptr(Policy) policy = read_file(path);
    if (!policy)
        return CMD_NO;
    g_autofree char *actor = cli_actor();
    g_auto(StoreError) error = { 0 };
    int version = 0;
    bool changed = false;
    StoreResult result = policy_apply(store, policy, actor, reason, &version, &changed, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    if (json)
        cli_print_json(json_pack("{s:i, s:b}", "version", version, "changed", changed));
    else
        printf(changed ? "version %d is in force\n" : "version %d is in force already; nothing changed\n", version);
    return CMD_OK;
}

static int export(Store *store)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    fputs(policy->text, stdout);
    return CMD_OK;
}

static int list(Store *store, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_t *versions = NULL, *one;
    size_t i;
    StoreResult result = policy_versions(store, &versions, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    if (json) {
        cli_print_json(versions);
        return CMD_OK;
    }
    json_array_foreach(versions, i, one) {
        const char *reason = json_string_value(json_object_get(one, "reason"));
        printf("%c %4" JSON_INTEGER_FORMAT "  %s  %s%s%s\n", json_is_true(json_object_get(one, "active")) ? '*' : ' ',
               json_integer_value(json_object_get(one, "version")), json_string_value(json_object_get(one, "applied_at")),
               json_string_value(json_object_get(one, "author")), reason ? "  " : "", reason ? reason : "");
    }
    json_decref(versions);
    return CMD_OK;
}

int cmd_policy(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return cmd_policy_check(argc - 1, argv + 1);
    g_autofree char *reason = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why, for the audit (apply)", "TEXT" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("policy", "check FILE… | diff FILE | apply FILE | export | list",
                             "Checks policy files, shows what one would change and for how many people, puts it in force,\n"
                             "prints the one in force as it was written, or lists all that ever were.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool with_file = strcmp(what, "diff") == 0 || strcmp(what, "apply") == 0;
    if ((!with_file && strcmp(what, "export") != 0 && strcmp(what, "list") != 0) || argc != (with_file ? 3 : 2))
        return cli_usage("policy", "it takes check FILE…, diff FILE, apply FILE, export, or list");
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = what[0] == 'd' ? diff(store, argv[2], json) : what[0] == 'a' ? apply(store, argv[2], reason, json)
             : what[0] == 'e' ? export(store) : list(store, json);
    store_close(store);
    return code;
}
