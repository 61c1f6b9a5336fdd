/* policy_read for callers that only pass on what was wrong. */
#include "policy/policy_load.h"

Policy *policy_load(const char *text, const char *name, char **why)
{
    g_autoptr(GPtrArray) mistakes = mistakes_new();
    Policy *policy = policy_read(text, name, mistakes);
    if (!policy)
        *why = mistakes->len ? mistake_text(mistakes->pdata[0]) : g_strdup("the policy cannot be read");
    return policy;
}
