/* What the files of the decision (decide*.c, usage.c) share among themselves; nobody else's business. */
#ifndef WEBQUOTA_DECIDE_PARTS_H
#define WEBQUOTA_DECIDE_PARTS_H

#include "domain/decide.h"

/* A sum that stays at `most` where it would pass it. Both parts 0 or more. */
int64_t units_add(int64_t units, int64_t more, int64_t most);

/* --- one limit as it stands (decide_look.c) --- */

/* Turns the limit's counter and fills in the numbers before any charge; `asked`, `charged` and the
 * bonus stay 0. */
void look_open(LimitLook *look, const Situation *situation, const Book *book, const Limit *limit);

/* Units that its own amount still has for this decision; UNITS_MAX when unlimited. */
int64_t look_room(const LimitLook *look);

/* May it refuse at all? (enforced, has an amount, does not merely count overage) */
bool look_may_refuse(const LimitLook *look);

/* May a grant cover what it is short of? */
bool look_takes_grants(const LimitLook *look);

/* Orders limits by how tight they are: least remaining in relation to the amount, then the shorter
 * window. Negative: `a` is tighter. */
typedef struct {
    const Limit *limit;
    Amount amount;
    int64_t remaining;
} Tightness;
int tightness_compare(const Tightness *a, const Tightness *b);

/* Compares lengths of windows; lifetime is the longest. */
int window_compare_length(const WindowSpec *a, const WindowSpec *b);

/* --- grants that could help (decide_grants.c) --- */

/* A live grant and what it has left. */
typedef struct {
    const Grant *grant;
    Counter *counter;
    Window period;      /* INSTANT_MIN and INSTANT_MAX when it does not recur */
    int64_t left;       /* before this decision */
    int64_t drawn;      /* by this decision so far */
    int64_t at_most;    /* what it could give once held units came back, or in its next period */
} Bonus;

/* The live grants that could help with any of the items, in the order in which they are spent.
 * Turns their counters. Free with g_array_unref. */
GArray *bonuses_find(const Situation *situation, const Book *book, const AskItem *items, int item_count);

/* May a grant on `granted` cover for `asked` what a limit on `limited` is short of? */
bool grant_may_help(const Policy *policy, int granted, int asked, int limited);

/* The same for a look and any of the items that it counts. */
bool bonus_helps(const Policy *policy, const Bonus *bonus, const LimitLook *look, const AskItem *items, int item_count);

/* The first instant at which the bonus ends: expiry, or the end of its period. */
Instant bonus_ends(const Bonus *bonus);

/* Adds one more grant, of which `units` were drawn, to what was spent. */
void bonus_spent_add(BonusSpent *spent, const Grant *grant, int64_t units, Instant period_end);

/* Fills in the look's bonus and what was spent, and marks SOURCE_GRANT; returns what those grants could give at the most. */
int64_t look_add_bonuses(LimitLook *look, const Policy *policy, const GArray *bonuses, const AskItem *items, int item_count);

/* The first instant, as far as is known now, at which what was asked of the look would fit; INSTANT_MAX never. */
Instant look_frees_at(const LimitLook *look, const Situation *situation, const GArray *bonuses, const AskItem *items,
                      int item_count);

#endif
