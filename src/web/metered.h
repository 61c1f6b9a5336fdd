/* What a request to another program would use. */
#ifndef WEBQUOTA_METERED_H
#define WEBQUOTA_METERED_H

#include "web/call.h"

typedef struct {
    const char *feature; /* NULL: nothing that is metered; not owned */
    char *resource;      /* NULL when there is none */
    int64_t units;
    ChargeWhen charge;
} Metered;

/* By what the server's configuration says (WEBQUOTA_FEATURE), else by the policy's routes. False: the configuration is
 * wrong, and it is answered already. Needs call->policy. */
bool metered_find(Call *call, Metered *out) MUST_CHECK;
void metered_clear(Metered *metered);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Metered, metered_clear)

#endif
