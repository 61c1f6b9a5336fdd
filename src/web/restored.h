/* What was removed, as it would be there again. */
#ifndef WEBQUOTA_RESTORED_H
#define WEBQUOTA_RESTORED_H

#include "store/admin.h"
#include "domain/usage.h"

/* From what admin_override_any and admin_grant_any tell; `feature` is its index, -1 where the policy has none. They point into `was`. */
Override restored_override(const json_t *was, int feature, int64_t id);
Grant restored_grant(const json_t *was, int feature);

#endif
