/* Organizations, and who belongs to them. */
#ifndef WEBQUOTA_ORGANIZATIONS_H
#define WEBQUOTA_ORGANIZATIONS_H

#include "store/admin.h"

#define ORGANIZATIONS_PAGE 50
#define MEMBERS_PAGE 50
#define MEMBERS_COUNTED 1000 /* there may be more where it says one more than these */

/* Those whose key begins with `text` (""; all), behind the key `after` (NULL: from the first): {organization, members, created_at}. */
StoreResult organizations_find(Store *store, const char *text, const char *after, json_t **list, bool *more, StoreError *error) MUST_CHECK;

/* Its members behind the number `after` (0: from the first), at most `most`: {member, subject, plan, email, suspended, used, caps}; `used` names
 * features and the units of 30 days, `caps` are as organization_caps has them. STORE_NONE: there is no such organization. */
StoreResult organization_members(Store *store, const char *organization, int64_t after, int most, json_t **list, bool *more,
                                 StoreError *error) MUST_CHECK;

/* All that is told of one. Clear it. */
typedef struct {
    json_t *about;                          /* as organization_get */
    json_t *members;                        /* MEMBERS_PAGE of them at most */
    json_t *overrides, *grants;             /* of its own, not of its members */
    UsageRead *usage;                       /* as a member sees it, with the pool; NULL: there are no members */
    bool more;                              /* members */
} Organization;
void organization_clear(Organization *organization);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Organization, organization_clear)

/* With the members behind the number `after`. STORE_NONE: there is no such organization. */
StoreResult organization_read(Store *store, const char *organization, int64_t after, Organization *read, StoreError *error) MUST_CHECK;

/* Where a member stands, who sees the pool; *read stays NULL where there is none. STORE_NONE: there is no such organization. */
StoreResult organization_seen(Store *store, const char *organization, UsageRead **read, StoreError *error) MUST_CHECK;

/* *version grows with every override and bonus that is given to it, taken away or brought back; never 0, also where there is no such one. */
StoreResult organization_version(Store *store, const char *organization, int64_t *version, StoreError *error) MUST_CHECK;

/* JSON: {organization, owner, created_at}; `owner` is null where there is none, or they are no member any more. STORE_NONE: there is no such
 * organization. */
StoreResult organization_get(Store *store, const char *organization, json_t **json, StoreError *error) MUST_CHECK;

/* The subject `owner` (NULL: nobody) is its owner from now on; audited. `seen`: who was it when the change was thought of ("": nobody; NULL:
 * whoever). STORE_INVALID: the owner is no member; STORE_CONFLICT: by now somebody else is it. *json: as organization_get. */
StoreResult organization_own(Store *store, const char *organization, const char *owner, const char *seen, const char *reason,
                             const char *actor, json_t **json, StoreError *error) MUST_CHECK;

#endif
