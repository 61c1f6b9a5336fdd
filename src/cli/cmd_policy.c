/* `webquota policy check|diff|apply|rollback|cancel|export|list`. */
#include "cli/cmd_policy_file.h"
#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_made.h"
#include "policy/policy_load.h"

/* The policy in force; an empty one when none was applied. NULL after saying why. */
static Policy *in_force(Store *store, int *code)
{
    g_auto(StoreError) error = { 0 };
    Policy *policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result == STORE_OK)
        return policy;
    if (cli_no_policy(&error))
        return policy_new();
    *code = cli_fail("policy", result, &error);
    return NULL;
}

static int diff(Store *store, const char *path, bool json)
{
    g_autoptr(Policy) next = policy_file_policy(path);
    int code = CMD_NO;
    g_autoptr(Policy) now = next ? in_force(store, &code) : NULL;
    g_auto(StoreError) error = { 0 };
    json_auto_t *changes = NULL;
    if (!now)
        return code;
    StoreResult result = policy_made_diff(store, now, next, &changes, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    if (json)
        cli_print_json(json_incref(changes));
    else
        policy_made_print(changes);
    return CMD_OK;
}

/* What is to be told of a change of all the text: how it differs from what is in force, unless nothing is or that cannot be read any more,
 * which a change may mend; and the plans that go with it at once, as whoever applies a text means all of it. */
static StoreResult look(Store *store, const Policy *policy, const PolicyChange *change, json_t **diff, GPtrArray *gone, StoreError *error)
{
    g_autoptr(Policy) now = NULL;
    g_auto(StoreError) unread = { 0 };
    if (store_policy(store, &now, &unread) != STORE_OK)
        return STORE_OK;
    StoreResult result = policy_made_diff(store, now, policy, diff, error);
    return result == STORE_OK && change->effective_at == INSTANT_MIN ? policy_made_gone(store, now, policy, gone, error) : result;
}

static int put_in_force(Store *store, const Policy *policy, const PolicyChange *change, bool json)
{
    g_auto(StoreError) error = { 0 };
    json_auto_t *diff = NULL;
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    int version = 0;
    bool changed = false;
    StoreResult result = look(store, policy, change, &diff, gone, &error);
    if (result == STORE_OK)
        result = policy_change(store, policy, change, &version, &changed, &error);
    if (result != STORE_OK)
        return cli_fail("policy", result, &error);
    for (guint i = 0; i < gone->len && changed; i++)
        fprintf(stderr, "webquota policy: warning: %s\n", (const char *)gone->pdata[i]);
    bool differs = changed && json_array_size(json_object_get(diff, "changes"));
    policy_made_say(version, changed, change, differs && !json ? diff : NULL, json);
    return CMD_OK;
}

static int apply(Store *store, const char *path, const PolicyChange *change, bool json)
{
    g_autoptr(Policy) policy = policy_file_policy(path);
    return policy ? put_in_force(store, policy, change, json) : CMD_NO;
}

static int go_back(Store *store, int version, const PolicyChange *change, bool json)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = policy_version_read(store, version, &policy, &error);
    return result == STORE_OK ? put_in_force(store, policy, change, json) : cli_fail("policy", result, &error);
}

static int cancel(Store *store, int version, const PolicyChange *change, bool json)
{
    g_auto(StoreError) error = { 0 };
    StoreResult result = policy_cancel(store, version, change, &error);
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
        const char *why = json_string_value(json_object_get(one, "why"));
        bool to_come = g_strcmp0(state, "scheduled") == 0, plain = g_strcmp0(state, "applied") == 0;
        printf("%c %4" JSON_INTEGER_FORMAT "  %s  %s%s%s%s%s%s%s\n", json_is_true(json_object_get(one, "active")) ? '*' : ' ',
               json_integer_value(json_object_get(one, "version")), json_string_value(json_object_get(one, to_come ? "effective_at" : "applied_at")),
               json_string_value(json_object_get(one, "author")), plain ? "" : "  ", plain ? "" : state, why ? ": " : "", why ? why : "",
               reason ? "  " : "", reason ? reason : "");
    }
    json_decref(versions);
    return CMD_OK;
}

/* What is done with a file, with a version, and with neither. */
static const char *const with_file[] = { "diff", "apply", NULL }, *const with_version[] = { "rollback", "cancel", NULL },
                         *const alone[] = { "export", "list", NULL };

static int run(Store *store, char **argv, int64_t version, const PolicyChange *change, bool json)
{
    switch (argv[1][0]) {
    case 'd':
        return diff(store, argv[2], json);
    case 'a':
        return apply(store, argv[2], change, json);
    case 'r':
        return go_back(store, (int)version, change, json);
    case 'c':
        return cancel(store, (int)version, change, json);
    case 'e':
        return export(store);
    default:
        return list(store, json);
    }
}

/* What was asked for, besides the file or version. */
typedef struct {
    char *reason, *at, *based_on;
    gboolean json;
} PolicyOptions;

static void policy_options_clear(PolicyOptions *options)
{
    g_free(options->reason);
    g_free(options->at);
    g_free(options->based_on);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PolicyOptions, policy_options_clear)

/* What is said of a change of the policy. False after complaining. */
static bool change_read(const PolicyOptions *options, const char *what, PolicyChange *change)
{
    bool changes = g_strv_contains(with_version, what) || strcmp(what, "apply") == 0;
    int64_t based_on = 0;
    if ((options->at && strcmp(what, "apply") != 0) || (options->based_on && !changes)) {
        (void)cli_usage("policy", options->based_on && !changes ? "--based-on is of apply, rollback and cancel" : "--at is of apply");
        return false;
    }
    if (!cli_instant("policy", "--at", options->at, DAY_BEGINS, &change->effective_at) ||
        !cli_whole("policy", "--based-on", options->based_on, 1, INT32_MAX, &based_on) ||
        !cli_text("policy", "--reason", options->reason, 1, REASON_MOST))
        return false;
    change->reason = options->reason;
    change->expected = (int)based_on;
    return true;
}

static int do_it(char **argv, const PolicyOptions *options, bool of_version)
{
    g_autofree char *actor = cli_actor();
    PolicyChange change = { .author = actor, .effective_at = INSTANT_MIN };
    int64_t version = 0;
    if ((of_version && !cli_whole("policy", "the version", argv[2], 1, INT32_MAX, &version)) || !change_read(options, argv[1], &change))
        return CMD_USAGE;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = cli_day(store, "policy", options->at, DAY_BEGINS, &change.effective_at);
    if (code == CMD_OK && options->at && change.effective_at <= store_now(store))
        code = cli_usage("policy", "--at must lie in the future, not at %s", options->at);
    if (code == CMD_OK)
        code = run(store, argv, version, &change, options->json);
    store_close(store);
    return code;
}

int cmd_policy(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "check") == 0)
        return cmd_policy_check(argc - 1, argv + 1);
    g_auto(PolicyOptions) options = { 0 };
    const GOptionEntry entries[] = {
        { "reason", 0, 0, G_OPTION_ARG_STRING, &options.reason, "Why, for the audit (apply, rollback, cancel)", "TEXT" },
        { "based-on", 0, 0, G_OPTION_ARG_STRING, &options.based_on, "Not if another version is in force (apply, rollback, cancel)", "VERSION" },
        { "at", 0, 0, G_OPTION_ARG_STRING, &options.at, "When it comes into force, and not at once (apply)", "TIME" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print JSON", NULL },
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
    return do_it(argv, &options, of_version);
}
