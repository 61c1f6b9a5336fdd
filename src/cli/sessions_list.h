/* Open sessions, as people and programs read them. */
#ifndef WEBQUOTA_CLI_SESSIONS_LIST_H
#define WEBQUOTA_CLI_SESSIONS_LIST_H

#include "store/store.h"

/* Prints where an account is signed in, or (`account` NULL) all that are metered as `subject`; for `command`, to whose name a failure is
 * put. An exit code. */
int sessions_list(Store *store, const char *command, const char *account, const char *subject, bool json);

#endif
