/* What administrators are told about everybody together: sums of days, where people stand, who asks most, lines, requests. */
#ifndef WEBQUOTA_REPORTS_H
#define WEBQUOTA_REPORTS_H

#include "store/store.h"

#define REPORT_TOP 10        /* so many of the people, and of those near a limit */
#define REPORT_NEAR_LEAST 50 /* percent: those who have used less of a limit are not kept apart */
#define REPORT_NEAR_MOST 100000 /* no more than so many limits that are nearly used up are counted */

typedef struct {
    int days;      /* 1, 7, 30 or 90: that many up to today */
    int near_pct;  /* who has used so much of a limit is near it; from REPORT_NEAR_LEAST */
} ReportAsk;

/* All reports of one moment, as JSON (new): about {days, from, to, timezone, as_of, counted_to, replica, lag_s, near_pct, near_people,
 * near_more, top}, and a list of rows for each of days, use, plans, spread, people, organizations, near, queues, requests. Read from
 * the replica where there is one; lag_s says by how much it is behind. Of sums that are rolled up: what came after `counted_to`
 * is not in them yet. */
StoreResult reports_read(Store *store, const ReportAsk *ask, json_t **reports, StoreError *error) MUST_CHECK;

#endif
