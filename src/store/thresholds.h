/* At which shares of their limits people want to be told: what they said themselves. Read along with the subject (Subject.thresholds). */
#ifndef WEBQUOTA_STORE_THRESHOLDS_H
#define WEBQUOTA_STORE_THRESHOLDS_H

#include "store/store.h"

/* Has the subject (met when unknown) told from `notice` and `warning` percent of its own limits on the feature on; both 0: as the policy
 * says. Holds from the next charge on. STORE_NONE: there is no such feature; STORE_INVALID names what is wrong: 1 <= notice < warning
 * <= 100. */
StoreResult thresholds_set(Store *store, const char *subject, const char *feature, int64_t notice, int64_t warning, const char *actor,
                           StoreError *error) MUST_CHECK;

#endif
