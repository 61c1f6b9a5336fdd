/* Whom a search finds. */
#include "cli/people_options.h"

#include "cli/inputs.h"
#include "cli/open.h"

/* --near alone says what the filter is. */
static bool near_read(const char *command, const PeopleOptions *options, PeopleAsked *asked)
{
    int64_t percent = PEOPLE_NEAR_PCT;
    if (!cli_whole(command, "--near", options->near, PEOPLE_NEAR_LEAST, 100, &percent))
        return false;
    if (options->near) {
        asked->filter = PEOPLE_NEAR;
        asked->filtered = true;
        asked->near_pct = (int)percent;
    }
    return true;
}

bool people_options_read(const char *command, const PeopleOptions *options, PeopleAsked *asked)
{
    const char *filter = options->filter, *plan = options->on_plan;
    *asked = (PeopleAsked){ .text = options->find, .plan = plan, .organization = options->organization, .key = options->key };
    const char *why = filter && !people_filter_find(filter, &asked->filter) ? "--filter is plan, near, stopped, override or suspended"
                    : filter && asked->filter == PEOPLE_ON_PLAN && !plan ? "--filter plan needs --on-plan"
                    : filter && asked->filter != PEOPLE_NEAR && options->near ? "--near goes with --filter near, or without a filter" : NULL;
    asked->filtered = filter && asked->filter != PEOPLE_ON_PLAN;
    if (why)
        (void)cli_usage(command, "%s", why);
    return !why && near_read(command, options, asked) && cli_text(command, "what they are found by", options->find, 0, 255) &&
           cli_text(command, "--on-plan", plan, 1, 64) && cli_text(command, "--organization", options->organization, 1, 255) &&
           cli_text(command, "--key", options->key, 1, 255);
}

StoreResult people_options_check(Store *store, const PeopleAsked *asked, StoreError *error)
{
    g_autoptr(Policy) policy = NULL;
    StoreResult result = asked->plan ? store_policy(store, &policy, error) : STORE_OK;
    if (result != STORE_OK || !asked->plan || policy_plan(policy, asked->plan))
        return result;
    error->field = g_strdup("--on-plan");
    error->detail = g_strdup_printf("there is no plan %s", asked->plan);
    return STORE_NONE;
}
