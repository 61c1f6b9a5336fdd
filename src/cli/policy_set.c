/* A part of the policy in force changed by a command. */
#include "cli/policy_set.h"

#include "cli/inputs.h"
#include "cli/open.h"
#include "cli/policy_made.h"
#include "policy/policy_read.h"

void policy_set_options_clear(PolicySetOptions *options)
{
    g_free(options->at);
    g_free(options->based_on);
    g_free(options->reason);
    *options = (PolicySetOptions){ 0 };
}

Policy *policy_set_told(Policy *made, const GPtrArray *mistakes)
{
    g_autofree char *all = mistakes_text(mistakes);
    if (!made)
        fputs(all, stderr);
    return made;
}

static int make(const char *command, Store *store, const Policy *policy, const Policy *next, const PolicySetOptions *options,
                const PolicyChange *change)
{
    g_auto(StoreError) error = { 0 };
    json_auto_t *diff = NULL;
    int version = policy->version;
    bool changed = false;
    StoreResult result = policy_may_follow(store, change->author, policy, next, change->keeps_plans, &error);
    if (result == STORE_OK)
        result = policy_made_diff(store, policy, next, &diff, &error);
    if (result == STORE_OK && !options->dry_run && json_array_size(json_object_get(diff, "changes")))
        result = policy_change(store, next, change, &version, &changed, &error);
    if (result != STORE_OK)
        return cli_fail(command, result, &error);
    if (options->dry_run && !options->json)
        policy_made_print(diff);
    else
        policy_made_say(version, changed, change, diff, options->json);
    return CMD_OK;
}

static int run(const char *command, Store *store, const PolicySetOptions *options, PolicyChange *change, PolicyWished wished, const void *kept)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    StoreResult result = store_policy(store, &policy, &error);
    if (result != STORE_OK)
        return cli_fail(command, result, &error);
    int day = cli_day(store, command, options->at, DAY_BEGINS, &change->effective_at);
    if (day != CMD_OK)
        return day;
    if (options->at && change->effective_at <= store_now(store))
        return cli_usage(command, "--at must lie in the future, not at %s", options->at);
    if (!change->expected)
        change->expected = policy->version;
    g_autoptr(Policy) next = wished(store, policy, kept);
    return next ? make(command, store, policy, next, options, change) : CMD_NO;
}

int policy_set(const char *command, const PolicySetOptions *options, PolicyWished wished, const void *kept)
{
    g_autofree char *actor = cli_actor();
    PolicyChange change = { .author = actor, .reason = options->reason, .effective_at = INSTANT_MIN, .keeps_plans = true };
    int64_t based_on = 0;
    if (!cli_whole(command, "--based-on", options->based_on, 1, INT32_MAX, &based_on) ||
        !cli_instant(command, "--at", options->at, DAY_BEGINS, &change.effective_at) || !cli_reason(command, options->reason))
        return CMD_USAGE;
    change.expected = (int)based_on;
    Store *store = cli_store();
    if (!store)
        return CMD_USAGE;
    int code = run(command, store, options, &change, wished, kept);
    store_close(store);
    return code;
}
