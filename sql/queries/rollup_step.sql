-- Adds to usage_daily what was recorded and is not in it yet, of about $2 records, the first by their numbers; days are those of
-- zone $1. Exactly the records that this statement sees are counted: those of transactions that are not over for it are left for
-- later, and remembered. With it, and by the same records, go the sums that reports are read from (0013_reports.sql). Is there more?
with seen as materialized (
  select u.base, u.upto, u.open, u.base + pg_snapshot_xmax(s)::text::bigint as here,
         array(select u.base + x::text::bigint from pg_snapshot_xip(s) x) as running
    from webquota.usage_rollup u cross join (select pg_current_snapshot() as s offset 0) c),
cut as materialized (
  select least(n.here, (select d.xact + 1 from webquota.decisions d where d.xact >= n.upto
                         order by d.xact offset $2::bigint limit 1)) as upto
    from seen n),
fresh as (
  select * from webquota.usage_lines
   where xact >= (select upto from seen) and xact < (select upto from cut)
  union all
  select * from webquota.usage_lines
   where xact = any ((select open from seen)::bigint[])),
-- added up once; what follows reads the sums, in the order of the keys that it writes
summed as materialized (
  select account_id, subject_id, (counted_at at time zone $1)::date as day, feature, on_behalf_of, plan,
         organization is not null as organized, sum(allowed) as allowed, sum(refused) as refused, sum(stopped) as stopped,
         sum(units) as units, max(at) filter (where allowed + refused > 0) as at
    from fresh
   group by 1, 2, 3, 4, 5, 6, 7),
added as (
  insert into webquota.usage_daily as d (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)
  select account_id, subject_id, day, feature, on_behalf_of, sum(allowed), sum(refused), sum(units)
    from summed
   group by 1, 2, 3, 4, 5
   order by 1, 2, 3, 4, 5
      on conflict (account_id, subject_id, day, feature, on_behalf_of) do update
     set allowed = d.allowed + excluded.allowed, refused = d.refused + excluded.refused, units = d.units + excluded.units),
by_plan as (
  insert into webquota.usage_by_plan as d (day, feature, plan, allowed, refused, stopped, units)
  select day, feature, plan, sum(allowed), sum(refused), sum(stopped), sum(units)
    from summed
   group by 1, 2, 3
      on conflict (day, feature, plan) do update
     set allowed = d.allowed + excluded.allowed, refused = d.refused + excluded.refused, stopped = d.stopped + excluded.stopped,
         units = d.units + excluded.units),
-- who asked, each subject and each organization
asked as (
  select account_id, subject_id, day, plan, organized, sum(allowed + refused)::bigint as requests, sum(refused)::bigint as refused,
         sum(stopped)::bigint as stopped, max(at) as at
    from summed
   where at is not null
   group by 1, 2, 3, 4, 5),
owned_days as (
  select l.account_id, o.subject_id, l.day, sum(l.requests) as requests, sum(l.refused) as refused, sum(l.stopped) as stopped,
         (array_agg(l.plan order by l.at desc))[1] as plan
    from asked l cross join lateral (values (l.subject_id), (0)) o(subject_id)
   where o.subject_id <> 0 or l.organized
   group by 1, 2, 3),
organizations as (
  insert into webquota.usage_organizations as u (account_id, day, requests, refused)
  select account_id, day, requests, refused from owned_days where subject_id = 0
      on conflict (account_id, day) do update set requests = u.requests + excluded.requests, refused = u.refused + excluded.refused),
owned as (
  select account_id, subject_id, max(day) as active_on, max(day) filter (where stopped > 0) as stopped_on,
         (array_agg(plan order by day desc))[1] as plan, sum(requests) filter (where day = latest) as day_requests,
         sum(refused) filter (where day = latest) as day_refused,
         sum(requests) filter (where day >= date_trunc('month', latest::timestamp)) as month_requests,
         sum(refused) filter (where day >= date_trunc('month', latest::timestamp)) as month_refused
    from (select *, max(day) over (partition by account_id, subject_id) as latest from owned_days) d
   group by 1, 2),
-- what is older than the last day that is known there changes nothing of it
moved as (
  select n.account_id, n.subject_id, case when b.active_on > n.active_on then b.plan else n.plan end as plan,
         greatest(n.active_on, b.active_on) as active_on, greatest(n.stopped_on, b.stopped_on) as stopped_on,
         date_trunc('month', greatest(n.active_on, b.active_on)::timestamp)::date as month,
         case when b.active_on > n.active_on then 0 else n.day_requests end
           + case when b.active_on >= n.active_on then b.day_requests else 0 end as day_requests,
         case when b.active_on > n.active_on then 0 else n.day_refused end
           + case when b.active_on >= n.active_on then b.day_refused else 0 end as day_refused,
         case when b.month > n.active_on then 0 else n.month_requests end
           + case when b.month >= date_trunc('month', n.active_on::timestamp) then b.month_requests else 0 end as month_requests,
         case when b.month > n.active_on then 0 else n.month_refused end
           + case when b.month >= date_trunc('month', n.active_on::timestamp) then b.month_refused else 0 end as month_refused,
         b.plan as old_plan, b.active_on as old_active_on, b.stopped_on as old_stopped_on
    from owned n left join webquota.usage_owners b on b.account_id = n.account_id and b.subject_id = n.subject_id),
owners as (
  insert into webquota.usage_owners as u
    (account_id, subject_id, plan, active_on, stopped_on, day_requests, day_refused, month, month_requests, month_refused)
  select account_id, subject_id, plan, active_on, stopped_on, day_requests, day_refused, month, month_requests, month_refused from moved
      on conflict (account_id, subject_id) do update
     set plan = excluded.plan, active_on = excluded.active_on, stopped_on = excluded.stopped_on, day_requests = excluded.day_requests,
         day_refused = excluded.day_refused, month = excluded.month, month_requests = excluded.month_requests,
         month_refused = excluded.month_refused),
-- who was active on a day, and whom a limit stopped, counts once on it, whatever is recorded late
people as (
  select o.day, count(*) filter (where b.active_on is null or o.day > b.active_on or (o.day < b.active_on and not exists (
                  select from webquota.usage_daily d
                   where d.account_id = o.account_id and d.subject_id = o.subject_id and d.day = o.day and d.allowed + d.refused > 0
                  offset 0))) as active,
         count(*) filter (where o.stopped > 0 and (b.stopped_on is null or o.day > b.stopped_on or (o.day < b.stopped_on and not exists (
                  select from webquota.decisions d
                   where d.account_id = o.account_id and d.subject_id = o.subject_id and d.kind in ('consume', 'hold')
                     and d.outcome in ('denied', 'queued') and d.at >= o.day::timestamp at time zone $1
                     and d.at < (o.day + 1)::timestamp at time zone $1
                     and d.xact < (select upto from seen) and d.xact <> all ((select open from seen)::bigint[])
                  offset 0)))) as stopped
    from owned_days o left join webquota.usage_owners b on b.account_id = o.account_id and b.subject_id = o.subject_id
   where o.subject_id <> 0
   group by 1),
people_days as (
  insert into webquota.usage_active as u (day, active, stopped)
  select day, active, stopped from people where active > 0 or stopped > 0
      on conflict (day) do update set active = u.active + excluded.active, stopped = u.stopped + excluded.stopped),
last as (
  insert into webquota.usage_last as u (day, plan, active, stopped)
  select v.day, v.plan, sum(v.active), sum(v.stopped)
    from moved m cross join lateral (values (m.active_on, m.plan, 1, 0), (m.stopped_on, m.plan, 0, 1),
                                            (m.old_active_on, m.old_plan, -1, 0), (m.old_stopped_on, m.old_plan, 0, -1))
                                      v(day, plan, active, stopped)
   where m.subject_id <> 0 and v.day is not null
   group by 1, 2
  having sum(v.active) <> 0 or sum(v.stopped) <> 0
      on conflict (day, plan) do update set active = u.active + excluded.active, stopped = u.stopped + excluded.stopped)
update webquota.usage_rollup u
   set upto = c.upto, open = array(select x from unnest(n.running) x where x < c.upto), zone = $1,
       rolled_at = case when c.upto = n.here then webquota.clock() else u.rolled_at end
  from seen n, cut c
returning c.upto < n.here
