/* Organizations, and who belongs to them. */
#ifndef WEBQUOTA_ORGANIZATIONS_H
#define WEBQUOTA_ORGANIZATIONS_H

#include "store/admin.h"

#define ORGANIZATIONS_PAGE 50
#define MEMBERS_PAGE 50
#define MEMBERS_COUNTED 1000 /* there may be more where it says one more than these */

/* Those whose key begins with `text` (""; all), behind the key `after` (NULL: from the first): {organization, members, created_at}. */
StoreResult organizations_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error) MUST_CHECK;

/* Its members behind the number `after` (0: from the first), at most `most`: {member, subject, plan, email, suspended, used}; `used` names
 * features and the units of 30 days. STORE_NONE: there is no such organization. */
StoreResult organization_members(Store *store, const char *organization, int64_t after, int most, json_t **list, bool *more,
                                 StoreError *error) MUST_CHECK;

#endif
