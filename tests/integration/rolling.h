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

/* The sums that reports are read from, each as it should be and as it is. */
static const char *const report_sums[][2] = {
    {"select (counted_at at time zone u.zone)::date, feature, plan, sum(allowed), sum(refused), sum(stopped), sum(units)"
     "  from webquota.usage_lines cross join webquota.usage_rollup u group by 1, 2, 3",
     "select day, feature, plan, allowed, refused, stopped, units from webquota.usage_by_plan"},
    {"select account_id, subject_id, max(day), max(day) filter (where stopped > 0), sum(requests) filter (where day = latest),"
     "       sum(refused) filter (where day = latest), date_trunc('month', max(day)::timestamp)::date,"
     "       sum(requests) filter (where date_trunc('month', day::timestamp) = date_trunc('month', latest::timestamp)),"
     "       sum(refused) filter (where date_trunc('month', day::timestamp) = date_trunc('month', latest::timestamp))"
     "  from (select l.account_id, o.subject_id, (counted_at at time zone u.zone)::date as day, allowed + refused as requests, refused,"
     "               stopped, max((counted_at at time zone u.zone)::date) over (partition by l.account_id, o.subject_id) as latest"
     "          from webquota.usage_lines l cross join webquota.usage_rollup u"
     "         cross join lateral (values (l.subject_id), (0)) o(subject_id)"
     "         where allowed + refused > 0 and (o.subject_id <> 0 or l.organization is not null)) t group by 1, 2",
     "select account_id, subject_id, active_on, stopped_on, day_requests, day_refused, month, month_requests, month_refused"
     "  from webquota.usage_owners"},
    {"select day, plan, sum(active), sum(stopped)"
     "  from webquota.usage_owners o cross join lateral (values (active_on, 1, 0), (stopped_on, 0, 1)) v(day, active, stopped)"
     " where subject_id <> 0 and day is not null group by 1, 2",
     "select day, plan, active, stopped from webquota.usage_last where active <> 0 or stopped <> 0"},
    {"select day, count(*), count(*) filter (where stopped)"
     "  from (select account_id, subject_id, (counted_at at time zone u.zone)::date as day, bool_or(stopped > 0) as stopped"
     "          from webquota.usage_lines cross join webquota.usage_rollup u where allowed + refused > 0 group by 1, 2, 3) t group by 1",
     "select day, active, stopped from webquota.usage_active"},
    {"select account_id, (counted_at at time zone u.zone)::date, sum(allowed + refused), sum(refused)"
     "  from webquota.usage_lines cross join webquota.usage_rollup u where organization is not null and allowed + refused > 0 group by 1, 2",
     "select account_id, day, requests, refused from webquota.usage_organizations"},
    {"select distinct on (account_id, subject_id, slot) account_id, subject_id, slot, started, at, id, until, used, amount,"
     "       (at at time zone u.zone)::date"
     "  from webquota.standing_lines cross join webquota.standing_rollup u"
     " order by account_id, subject_id, slot, started desc, at desc, id desc",
     "select account_id, subject_id, slot, started, at, id, until, used, amount, day from webquota.usage_standing"},
    {"select day, slot, band, count(*) from webquota.usage_standing group by 1, 2, 3",
     "select day, slot, band, subjects from webquota.usage_spread where subjects <> 0"},
    {"select subject_id, slot, max((at at time zone u.zone)::date) from webquota.standing_lines cross join webquota.standing_rollup u"
     " where stops or used >= amount group by 1, 2",
     "select subject_id, slot, day from webquota.usage_reaching"},
    {"select day, plan, slot, count(*) from webquota.usage_reaching group by 1, 2, 3",
     "select day, plan, slot, subjects from webquota.usage_reached where subjects <> 0"},
};

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

/* The same of how far people are. */
static inline void roll_up_standing(Store *store, int64_t most)
{
    Rollup *rollup = rollup_open(store, ROLLUP_STANDING);
    roll_up(rollup, most);
    rollup_close(rollup);
}

static inline void assert_reports_are_right(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(report_sums); i++)
        for (int way = 0; way < 2; way++) {
            g_autofree char *sql = g_strdup_printf("select (a.*)::text from ((%s) except all (%s)) a limit 1", report_sums[i][way],
                                                   report_sums[i][!way]);
            g_autofree char *wrong = database_value(sql);
            ck_assert_msg(!wrong || !*wrong, "sums %zu of reports: %s is only %s", i, wrong, way ? "there" : "expected");
        }
    ck_assert_int_gt(database_number("select count(*) from webquota.usage_standing"), 0);
    ck_assert_msg(database_number("select (exists (select from webquota.usage_reaching) or not exists (select from webquota.decisions"
                                  " where outcome = 'denied'))::int") == 1, "somebody was refused, and nobody reached anything");
}

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

#endif
