/* Whom a search finds. */
#include "cli/people_options.h"

#include "cli/inputs.h"
#include "cli/open.h"

bool people_options_read(const char *command, const PeopleOptions *options, PeopleAsked *asked)
{
    const char *filter = options->filter, *plan = options->on_plan;
    *asked = (PeopleAsked){ .text = options->find, .plan = plan, .organization = options->organization, .key = options->key };
    const char *why = filter && !people_filter_find(filter, &asked->filter) ? "--filter is plan, near, stopped, override or suspended"
                    : filter && asked->filter == PEOPLE_ON_PLAN && !plan ? "--filter plan needs --on-plan" : NULL;
    asked->filtered = filter && asked->filter != PEOPLE_ON_PLAN;
    if (why)
        (void)cli_usage(command, "%s", why);
    return !why && cli_text(command, "what they are found by", options->find, 0, 255) && cli_text(command, "--on-plan", plan, 1, 64) &&
           cli_text(command, "--organization", options->organization, 1, 255) && cli_text(command, "--key", options->key, 1, 255);
}
