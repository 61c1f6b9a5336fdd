/* Policy text to a policy, for those who want it or one sentence why not. */
#ifndef WEBQUOTA_POLICY_LOAD_H
#define WEBQUOTA_POLICY_LOAD_H

#include "policy/policy_read.h"

/* policy_read with the first mistake as text in *why (new string). The form that StoreConfig.read_policy has. */
Policy *policy_load(const char *text, const char *name, char **why) MUST_CHECK;

#endif
