/* What would be so if something about a subject were changed: the same report as usage_report, of a situation that is made up. Pure;
 * what administrators see before they change it. */
#ifndef WEBQUOTA_SUPPOSE_H
#define WEBQUOTA_SUPPOSE_H

#include "domain/usage.h"

/* What a reset took from a counter: of a rolling one, from one of its sub-windows. */
typedef struct {
    int64_t slot;
    Instant counted_at;       /* the beginning of the window or sub-window */
    int64_t units;
    bool is_part;             /* of a sub-window */
} Taken;

typedef struct {
    const Override *override; /* one more; NULL: none */
    int64_t no_override;      /* the one of this id is gone; 0: none is */
    const Grant *grant;       /* one more, with a slot that is nobody's (SUPPOSED_SLOT); NULL: none */
    int64_t no_grant;         /* the one of this slot is gone; 0: none is */
    const Plan *plan;         /* another; NULL: as it is */
    bool reset;               /* what was used under the subject's own limits is given back, */
    int reset_feature;        /* of this feature (index); -1: of all */
    const GArray *taken;      /* of Taken: it is used again; NULL: nothing is */
} Supposed;

#define SUPPOSED_SLOT (-INT64_MAX)

/* The report on all features, or on the one with that index. `subject` is filled: the report points to it. */
UsageReport *usage_report_supposed(const Situation *situation, const Book *book, const Supposed *supposed, int feature,
                                   Subject *subject);

#endif
