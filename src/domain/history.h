/* What somebody used on each day of a while. Values only. */
#ifndef WEBQUOTA_HISTORY_H
#define WEBQUOTA_HISTORY_H

#include "base/civil.h"
#include "base/instant.h"

/* The sums of a day and a feature. What was committed or given back later counts on the day of its request. */
typedef struct {
    int64_t day;      /* from 1970-01-01 */
    char *feature;    /* key; may be one that the policy does not have any more */
    char *client;     /* on whose behalf; NULL: nobody named, or not told apart */
    int64_t allowed, refused; /* requests */
    int64_t units;
} HistoryRow;

typedef struct {
    int64_t first, last; /* days, both within; the last is today, which is not over */
    char *zone;          /* of the days */
    Instant as_of;
    HistoryRow *rows;    /* by day, feature and client; days without any are left out */
    int row_count;
    bool cut;            /* there were too many clients to tell them apart */
} History;

History *history_new(int row_count); /* all empty, to be filled */
void history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

#endif
