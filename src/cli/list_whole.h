/* Lists of administration that come page by page, whole. */
#ifndef WEBQUOTA_CLI_LIST_WHOLE_H
#define WEBQUOTA_CLI_LIST_WHOLE_H

#include "store/admin.h"

/* As admin_override_list is. */
typedef StoreResult (*ListPage)(Store *store, const char *subject, const char *organization, const char *before, json_t **list,
                                StoreError *error);

/* All pages in one list, the caller's. */
StoreResult list_whole(ListPage page, Store *store, const char *subject, const char *organization, json_t **list, StoreError *error) MUST_CHECK;

#endif
