/* What administrators are told about everybody together: sums of days, where people stand, who asks most, lines, requests. */
#ifndef WEBQUOTA_REPORTS_H
#define WEBQUOTA_REPORTS_H

#include "store/store.h"

#define REPORT_TOP 10 /* so many of the people, of organizations, and of those near a limit */
#define REPORT_TOP_LOOKED_AT 50 /* of a longer period: of so many for each of its months */
#define REPORT_NEAR_ROWS 5000 /* near a limit: as many where that is all that is asked for */
#define REPORT_NEAR_LEAST 50 /* percent: those who have used less of a limit are not kept apart */
#define REPORT_LOOKED_AT 500 /* so many people are looked at to recommend another plan: those stopped last, and of those who pay */
#define REPORT_NEAR_MOST 100000 /* no more than so many limits that are nearly used up are counted */

typedef struct {
    int days;      /* 1, 7, 30 or 90: that many up to today */
    int near_pct;  /* who has used so much of a limit is near it; from REPORT_NEAR_LEAST */
    const char *only; /* the report that is asked for: what it is made from is read, and no more; NULL: all of them */
    const GPtrArray *paid_plans; /* given: what recommendations are made from, in place of reports; keys of plans that others come below */
} ReportAsk;

/* All reports of one moment, as JSON (new): about {days, from, to, timezone, as_of, counted_to, uncounted_since, replica, lag_s, near_pct,
 * near_people, near_more}, and a list of rows for each of days, units, use, plans, spread, people, organizations, near, queues, requests.
 * Of one report alone, the lists that it is made from; near_people and near_more are null where that is not `near`.
 * Read from the replica where there is one; lag_s says by how much it is behind. Of sums that are rolled up: what came after `counted_to`
 * is not in them yet; the first of it was recorded at `uncounted_since` (null: there is none).
 * With `paid_plans` the lists are use, plans; reached {slot, plan, people}: how many reached which limit of their own; stopped {subject,
 * plan, feature, refused, stopped_days} and paying {subject, plan, feature, units, most, refused}: people, a row for each feature. */
StoreResult reports_read(Store *store, const ReportAsk *ask, json_t **reports, StoreError *error) MUST_CHECK;

#endif
