/* Where a subject stands: every limit of the plan with its numbers now. Pure; the base of the
 * usage API, the dashboard and the command `webquota usage`. */
#ifndef WEBQUOTA_USAGE_H
#define WEBQUOTA_USAGE_H

#include "domain/coming.h"

typedef enum {
    USAGE_OK,
    USAGE_NOTICE,       /* from 75 percent, or where the subject says */
    USAGE_WARNING,      /* from 90 percent, or where the subject says */
    USAGE_EXHAUSTED,    /* nothing left, bonus included */
    USAGE_UNLIMITED,
    USAGE_NOT_INCLUDED  /* amount 0 and no grant; or a feature that the plan does not list (limit NULL) */
} UsageState;

const char *usage_state_word(UsageState state); /* "ok", "notice", ... */

typedef struct {
    const Feature *feature;
    const Limit *limit;    /* NULL: the plan does not list the feature */
    Window window;
    const char *zone;      /* name */
    Amount amount;         /* effective */
    int64_t used, held, carried, bonus;
    int64_t remaining;     /* amount - used - held, not below 0, plus bonus; UNITS_MAX unlimited */
    int percent;           /* of the amount used and held, rounded down, 0 to 100; 0 unlimited; 100 of 0 */
    UsageState state;
    int notice_pct, warning_pct; /* from which percent it is a notice, and a warning; 0: as for everybody */
    unsigned source;
    Instant resets_at;     /* INSTANT_MAX: never. Rolling: when one more unit fits, else when the oldest leaves */
    Instant override_expires;
    Instant bonus_expires; /* of the first bonus to end; INSTANT_MAX */
    BonusSpent spent;      /* of bonuses; of an allowed request only of those that it drew from */
} UsageLine;

#define NOTICE_FROM_PERCENT 75
#define WARNING_FROM_PERCENT 90

/* Sets from where a line is a notice and a warning for the subject, by its own thresholds. Before usage_line_finish. */
void usage_line_thresholds(UsageLine *line, const Subject *subject);

/* Fills remaining, percent and state of a line from its limit, amount, used, held, bonus and source:
 * the one place that knows these rules (usage_line.c), for reports and answers alike. */
void usage_line_finish(UsageLine *line);

/* When a limit gives something back: the end of the window; rolling: when `units` fit again, else, if they
 * fit now, when the oldest use leaves; INSTANT_MAX when never. `counter` (rolling only) may be NULL. */
Instant usage_resets_at(const Limit *limit, const Counter *counter, GTimeZone *zone, Window window, Amount amount,
                        int64_t units, Instant now);

typedef struct {
    const Policy *policy;  /* not owned; must outlive the report */
    const Subject *subject;
    Instant as_of;
    UsageLine *lines;      /* features in the file's order; a feature's limits tightest first:
                              least remaining in relation to the amount, then the shortest window */
    int line_count;
    GArray *coming;        /* of ComingChange: what a policy that is to come changes for them; NULL: nothing that is known */
    Instant coming_at;     /* from then on; only where there is something */
} UsageReport;

/* feature: index, or -1 for all. One feature: its own limits first, then those on the features above it, with
 * the bonus that a request for it could draw. Features that the plan does not list are there with limit NULL
 * when `with_unlisted`. Limits of MODE_OFF are left out, shadow ones kept. Never NULL. */
UsageReport *usage_report(const Situation *situation, const Book *book, int feature, bool with_unlisted);
void usage_report_free(UsageReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsageReport, usage_report_free)

/* The amount of the same limit on another plan (for "Pro: 100 a day instead of 2"): the limit on
 * the same feature with the same window and scope, else the tightest subject limit on it; NULL when the plan
 * does not list it. */
const Limit *usage_same_limit(const Plan *other, const Limit *limit);

#endif
