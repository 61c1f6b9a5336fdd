/* What those of the role support may give alone, and what they ask for instead where it is more. Everybody else is not held up. */
#ifndef WEBQUOTA_CEILING_CHECK_H
#define WEBQUOTA_CEILING_CHECK_H

#include "web/call.h"

/* Has the caller the role, and no more? */
bool ceiling_holds(const Call *call);

/* What they gave themselves they may take back, an override or a grant: answers 403 where it is somebody else's. False: answered. */
bool ceiling_may_remove(Call *call, const json_t *made) MUST_CHECK;

typedef enum { CEILING_BELOW, CEILING_ABOVE, CEILING_ANSWERED } CeilingVerdict;

/* May the caller make this alone? One of the two is NULL. `plan`: of the subject; NULL: it is looked up, and *seen is what
 * it was seen by (OverrideAdd.seen), so that of two at once one is above. CEILING_ANSWERED: it lacks an end
 * or a reason, or the store was away, and it is answered already. */
CeilingVerdict ceiling_look(Call *call, const Plan *plan, const OverrideAdd *override, const GrantAdd *grant, int64_t *seen) MUST_CHECK;

/* Has it wait for a second person, and answers a program so: 202. */
void ceiling_ask(Call *call, const OverrideAdd *override, const GrantAdd *grant);

#endif
