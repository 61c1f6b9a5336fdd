/* The options of the policy file: the tables that libConfuse reads by, and that docs/policy.md is checked against. */
#ifndef WEBQUOTA_POLICY_OPTIONS_H
#define WEBQUOTA_POLICY_OPTIONS_H

#include "base/base.h"

#include <confuse.h>

/* The options at the top of the file; sections hold theirs in `subopts`. Ends with a NULL name.
 * libConfuse copies the tables and changes nothing in them. */
extern cfg_opt_t policy_options[];

/* The option of this name, or NULL. */
const cfg_opt_t *option_find(const cfg_opt_t *options, const char *name);

/* The one of `names` (NULL-terminated) that `word` may have been meant to be, or NULL when none is near. */
const char *nearest_name(const char *word, const char *const *names);

#endif
