/* What each member of an organization may use of their own. */
#ifndef WEBQUOTA_ORGANIZATION_CAPS_H
#define WEBQUOTA_ORGANIZATION_CAPS_H

#include <jansson.h>

#include "domain/decide.h"

/* [{feature, limit, amount, source}] of the plan's limits that are a subject's own and not off, in its order: `amount` null where there is
 * none, `source` "override", "grace" or "plan". `overrides`: theirs, as organization_members.sql has them; NULL: none. New reference. */
json_t *organization_caps(const Policy *policy, const Subject *subject, const json_t *overrides, Instant now);

#endif
