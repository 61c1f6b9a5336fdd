/* Looking at somebody's pages as they see them: read only, for 15 minutes, until the link that ends it. */
#ifndef WEBQUOTA_VIEWING_H
#define WEBQUOTA_VIEWING_H

#include "web/call.h"

/* Where the caller, who is known by now, looks at somebody's pages and asks for one of these: they are that person from here on, without
 * any right to change something, and call->viewer says who they are. False: answered already (403: it would change something). */
bool viewing_apply(Call *call) MUST_CHECK;

/* Sets the cookie for `subject` (NULL: takes it away) among the headers of the answer. False: answered already. */
bool viewing_begin(Call *call, const char *subject, char **cookie) MUST_CHECK;

#endif
