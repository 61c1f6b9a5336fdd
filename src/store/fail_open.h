/* What is answered when the store is down: no, unless every limit that would be asked says `fail = open`. */
#ifndef WEBQUOTA_FAIL_OPEN_H
#define WEBQUOTA_FAIL_OPEN_H

#include "store/ledger.h"

/* An allowing answer without an id and with REASON_UNAVAILABLE, or NULL: fail closed. `plan` is the subject's as last
 * known; NULL: the default one. Pure but for memory. */
Answer *fail_open_answer(const Policy *policy, const LedgerAsk *ask, const Plan *plan, Instant now);

#endif
