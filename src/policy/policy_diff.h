/* What is different between two policies, for people and programs. Pure. */
#ifndef WEBQUOTA_POLICY_DIFF_H
#define WEBQUOTA_POLICY_DIFF_H

#include <jansson.h>

#include "domain/model.h"

/* {"changes": [change, …]}, new; settings first, then features, plans with their limits and grants,
 * routes. A change:
 *   what      "setting", "feature", "plan", "limit", "grant", "route"
 *   change    "added", "removed", "changed"; of routes also "reordered"
 *   plan, limit, grant, feature, route, setting: the keys that say which
 *   field     what changed, null when all of it was added or removed
 *   from, to  as text, null for none; of something added or removed: the main fields
 *   restarts  of limits: true when use is counted anew, since the limit's counters are others
 *   plans     keys of the plans whose people are concerned, of either policy
 * Limits are compared as they are in force: inherited, multiplied. */
json_t *policy_diff(const Policy *from, const Policy *to);

/* Adds "people" to each change: how many are on the plans that it concerns; and to the whole: on those that any concerns. `people`:
 * {plan: how many}. */
void policy_diff_people(json_t *diff, const json_t *people);

/* One line for each change: "plan free: limit daily: amount: 2 → 3"; "" when there is none. New string. */
char *policy_diff_text(const json_t *diff);

/* The line of one change, without the end of line. New string. */
char *policy_change_text(const json_t *change);

#endif
