/* What a request to another program would use. */
#ifndef WEBQUOTA_METERED_H
#define WEBQUOTA_METERED_H

#include "web/call.h"

typedef struct {
    const char *feature; /* NULL: nothing that is metered; not owned */
    /* One, which is NULL where none is named. Several where the request names several that mean different features: which
     * of them the program takes is not known, so that each is to be charged. */
    char *resources[LEDGER_ITEMS_MAX];
    int resource_count;
    int64_t units;
    ChargeWhen charge;
} Metered;

/* By what the server's configuration says (WEBQUOTA_FEATURE), else by the policy's routes. False: the configuration is
 * wrong, or the request names more than can be charged, and it is answered already. Needs call->policy. */
bool metered_find(Call *call, Metered *out) MUST_CHECK;
void metered_clear(Metered *metered);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Metered, metered_clear)

#endif
