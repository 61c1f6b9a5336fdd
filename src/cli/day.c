/* Dates of options, which are days where the policy is. */
#include "cli/inputs.h"

int cli_day(Store *store, const char *command, const char *text, DayEdge edge, Instant *out)
{
    g_auto(StoreError) error = { 0 };
    g_autoptr(Policy) policy = NULL;
    if (!text || !*text || !instant_is_date(text))
        return CMD_OK;
    StoreResult result = store_policy(store, &policy, &error);
    if (result != STORE_OK && !cli_no_policy(&error))
        return cli_fail(command, result, &error);
    return zone_instant(text, policy ? zone_find(policy->zone) : NULL, edge, out) ? CMD_OK : CMD_USAGE;
}
