/* `webquota policy check|diff|apply|rollback|cancel|export|list`. */
#include "cli/cmd_policy_file.h"
#include "cli/inputs.h"
#include "cli/open.h"
#include "policy/policy_diff.h"
#include "policy/policy_load.h"
#include "store/policy_store.h"

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
    g_autoptr(Policy) next = policy_file_policy(path);
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
    policy_diff_people(changes, people);
    json_decref(people);
    if (json) {
        cli_print_json(changes);
        return CMD_OK;
    }
    print_changes(changes);
    json_decref(changes);
    return CMD_OK;
}

static int put_in_force(Store *store, const Policy *policy, const char *reason, Instant at, bool json)
{
    g_autofree char *actor = cli_actor();
    g_auto(StoreError) error = { 0 };
    int version = 0;
    bool changed = false;
    const PolicyChange change = { .author = actor, .reason = reason, .effective_at = at };
    StoreResult result = policy_change(store, policy, &change, &version, &changed, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    g_autofree char *when = instant_text(at);
    if (json)
        cli_print_json(json_pack("{s:i, s:b, s:s?}", "version", version, "changed", changed, "effective_at", when));
    else if (changed && when)
        printf("version %d will be in force from %s\n", version, when);
    else
        printf(changed ? "version %d is in force\n" : "version %d is in force already; nothing changed\n", version);
    return CMD_OK;
}

static int apply(Store *store, const char *path, const char *reason, Instant at, bool json)
{
    g_autoptr(Policy) policy = policy_file_policy(path);
    return policy ? put_in_force(store, policy, reason, at, json) : CMD_NO;
}

static int go_back(Store *store, int version, const char *reason, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = policy_version_read(store, version, &policy, &error);
    return result == STORE_OK ? put_in_force(store, policy, reason, INSTANT_MIN, json) : cli_fail("policy", result, &error);
}

static int cancel(Store *store, int version, const char *reason, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autofree char *actor = cli_actor();
    StoreResult result = policy_cancel(store, version, reason, actor, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    if (json)
        cli_print_json(json_pack("{s:i, s:s}", "version", version, "state", "cancelled"));
    else
        printf("version %d will not come into force\n", version);
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
        cli_print_json(json_pack("{s:o}", "versions", versions));
        return CMD_OK;
    }
    json_array_foreach(versions, i, one) {
        const char *reason = json_string_value(json_object_get(one, "reason")), *state = json_string_value(json_object_get(one, "state"));
        bool to_come = g_strcmp0(state, "scheduled") == 0, plain = g_strcmp0(state, "applied") == 0;
        printf("%c %4" JSON_INTEGER_FORMAT "  %s  %s%s%s%s%s\n", json_is_true(json_object_get(one, "active")) ? '*' : ' ',
               json_integer_value(json_object_get(one, "version")), json_string_value(json_object_get(one, to_come ? "effective_at" : "applied_at")),
               json_string_value(json_object_get(one, "author")), plain ? "" : "  ", plain ? "" : state, reason ? "  " : "", reason ? reason : "");
    }
    json_decref(versions);
    return CMD_OK;
}

/* What is done with a file, with a version, and with neither. */
static const char *const with_file[] = { "diff", "apply", NULL }, *const with_version[] = { "rollback", "cancel", NULL },
                         *const alone[] = { "export", "list", NULL };

static int run(Store *store, char **argv, int64_t version, const char *reason, Instant at, bool json)
{
    switch (argv[1][0]) {
    case 'd':
        return diff(store, argv[2], json);
    case 'a':
        return apply(store, argv[2], reason, at, json);
    case 'r':
        return go_back(store, (int)version, reason, json);
    case 'c':
        return cancel(store, (int)version, reason, json);
    case 'e':
        return export(store);
    default:
        return list(store, json);
    }
}

int cmd_policy(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return cmd_policy_check(argc - 1, argv + 1);
    g_autofree char *reason = NULL, *at_text = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "Why, for the audit (apply, rollback, cancel)", "TEXT" },
        { "at", 0, 0, G_OPTION_ARG_STRING, &at_text, "When it comes into force, and not at once (apply)", "TIME" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
        { NULL },
    };
    int parsed = cli_options("policy", "check FILE… | diff FILE | apply FILE | rollback VERSION | cancel VERSION | export | list",
                             "Checks policy files, shows what one would change and for how many people, puts it in force, at once or later,\n"
                             "goes back to a version, cancels one that is to come, prints the one in force as it was written, or lists all\n"
                             "that ever were.", entries, &argc, &argv);
    if (parsed != CMD_OK)
        return MAX(parsed, 0);
    const char *what = argc > 1 ? argv[1] : "";
    bool of_file = g_strv_contains(with_file, what), of_version = g_strv_contains(with_version, what);
    if ((!of_file && !of_version && !g_strv_contains(alone, what)) || argc != (of_file || of_version ? 3 : 2))
        return cli_usage("policy", "it takes check FILE…, diff FILE, apply FILE, rollback VERSION, cancel VERSION, export, or list");
    int64_t version = 0;
    Instant at = INSTANT_MIN;
    if ((of_version && !cli_whole("policy", "the version", argv[2], 1, INT32_MAX, &version)) || !cli_instant("policy", "--at", at_text, &at))
        return CMD_USAGE;
    if (at_text && strcmp(what, "apply") != 0)
        return cli_usage("policy", "--at is of apply");
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = at_text && at <= store_now(store) ? cli_usage("policy", "--at must lie in the future, not at %s", at_text)
                                                 : run(store, argv, version, reason, at, json);
    store_close(store);
    return code;
}
