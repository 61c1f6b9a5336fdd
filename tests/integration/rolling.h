/* Rolling up, and whether the sums are those of the records. */
#ifndef WEBQUOTA_TEST_ROLLING_H
#define WEBQUOTA_TEST_ROLLING_H

#include "asking.h"
#include "store/rollup.h"

/* What the sums should be, told from the records as they stand now (what was committed and given back of each request), and not
 * from those that settled them. */
#define EXPECTED                                                                                                             \
    "select r.account_id, r.subject_id, (r.at at time zone u.zone)::date, coalesce(i.item ->> 'feature', r.feature),"        \
    "       coalesce(r.on_behalf_of, ''), count(*) filter (where r.outcome = 'allowed'),"                                    \
    "       count(*) filter (where r.outcome <> 'allowed'),"                                                                 \
    "       sum(case when r.outcome <> 'allowed' then 0"                                                                     \
    "                when i.item is not null and (r.given_back > 0 or v.state <> 'committed') then 0"                        \
    "                when i.item is not null then (i.item ->> 'units')::bigint"                                              \
    "                when r.kind = 'hold' then coalesce(v.committed, 0) - r.given_back"                                      \
    "                else r.units - r.given_back end)"                                                                       \
    "  from webquota.usage_rollup u cross join webquota.decisions r"                                                         \
    "  left join webquota.reservations v on v.account_id = r.account_id and v.subject_id = r.subject_id and v.at = r.at and v.id = r.id" \
    "  left join lateral jsonb_array_elements(r.items) i(item) on true"                                                      \
    " where r.kind in ('consume', 'hold') group by 1, 2, 3, 4, 5"
#define ROLLED "select account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units from webquota.usage_daily"

/* Days with sums that are not those of their records. */
static inline int64_t days_wrong(void)
{
    return database_number("select (select count(*) from ((" EXPECTED ") except all (" ROLLED ")) a)"
                           "     + (select count(*) from ((" ROLLED ") except all (" EXPECTED ")) b)");
}

static inline void assert_sums_are_right(void)
{
    if (days_wrong() == 0)
        return;
    g_autofree char *first = database_value("select (a.*)::text from ((" EXPECTED ") except all (" ROLLED ")) a limit 1");
    g_autofree char *other = database_value("select (a.*)::text from ((" ROLLED ") except all (" EXPECTED ")) a limit 1");
    ck_abort_msg("%" PRId64 " days are wrong; such as %s, which is said to be %s", days_wrong(), first, other);
}

/* Until nothing is new. Returns how many turns did something. */
static inline int roll_up(Rollup *rollup, int64_t most)
{
    for (int turns = 0;; turns++) {
        RollupTurn turn = rollup_turn(rollup, most);
        ck_assert_msg(turn == ROLLUP_MORE || turn == ROLLUP_DONE || turn == ROLLUP_IDLE, "turn %d: %d", turns, turn);
        if (turn == ROLLUP_IDLE)
            return turns;
    }
}

#endif
