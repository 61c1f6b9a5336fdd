-- How far people are in their own limits, and when they last used one up, by what was recorded and is not counted there yet: the same way as
-- rollup_step.sql, by a mark of its own, so that the two can be counted side by side. Is there more?
with seen as materialized (
  select u.base, u.upto, u.open, u.base + pg_snapshot_xmax(s)::text::bigint as here,
         array(select u.base + x::text::bigint from pg_snapshot_xip(s) x) as running
    from webquota.standing_rollup u cross join (select pg_current_snapshot() as s offset 0) c),
cut as materialized (
  select least(n.here, (select d.xact + 1 from webquota.decisions d where d.xact >= n.upto
                         order by d.xact offset $2::bigint limit 1)) as upto
    from seen n),
standing_fresh as (
  select * from webquota.standing_lines
   where xact >= (select upto from seen) and xact < (select upto from cut)
  union all
  select * from webquota.standing_lines
   where xact = any ((select open from seen)::bigint[])),
-- how far they are in their limits: the last record of the latest window says; and when each of them was used up last. Sums are of
-- numbers alone; the few records that they come to are looked up.
lines as materialized (
  select account_id, subject_id, slot, started, max(at) as at, max(at) filter (where stops or used >= amount) as reached_at
    from standing_fresh
   group by 1, 2, 3, 4),
latest as (
  select account_id, subject_id, slot, last[1] as started, webquota.at(last[2]) as at
    from (select account_id, subject_id, slot, max(array[started, round(date_part('epoch', at) * 1000000)::bigint]) as last
            from lines
           group by 1, 2, 3
          offset 0) l),
standing as (
  select account_id, subject_id, slot, started, at, last[1] as id, webquota.at(last[2]) as until, last[3] as used, last[4] as amount,
         least(last[3] * 100 / last[4], 1000000)::integer as pct, (at at time zone $1)::date as day,
         case when last[3] <= last[4] / 5.0 then 0 when last[3] <= last[4] / 2.0 then 1 when last[3] <= last[4] * 0.8 then 2 else 3 end as band
    from (select l.*, (select max(array[s.id, s.ends, s.used, s.amount]) from webquota.standing_lines s
                        where s.account_id = l.account_id and s.subject_id = l.subject_id and s.at = l.at and s.slot = l.slot
                          and s.started = l.started) as last
            from latest l
          offset 0) x),
stood as (
  select n.*, b.day as old_day, b.band as old_band
    from standing n
    left join webquota.usage_standing b on b.account_id = n.account_id and b.subject_id = n.subject_id and b.slot = n.slot
   where b.slot is null or (n.started, n.at, n.id) > (b.started, b.at, b.id)),
stands as (
  insert into webquota.usage_standing (account_id, subject_id, slot, started, at, id, until, used, amount, pct, day, band)
  select account_id, subject_id, slot, started, at, id, until, used, amount, pct, day, band from stood
   order by account_id, subject_id, slot
      on conflict (account_id, subject_id, slot) do update
     set started = excluded.started, at = excluded.at, id = excluded.id, until = excluded.until, used = excluded.used,
         amount = excluded.amount, pct = excluded.pct, day = excluded.day, band = excluded.band),
spread as (
  insert into webquota.usage_spread as u (day, slot, band, subjects)
  select v.day, s.slot, v.band, sum(v.subjects)
    from stood s cross join lateral (values (s.day, s.band, 1), (s.old_day, s.old_band, -1)) v(day, band, subjects)
   where v.day is not null
   group by 1, 2, 3
  having sum(v.subjects) <> 0
      on conflict (day, slot, band) do update set subjects = u.subjects + excluded.subjects),
reached as (
  select n.subject_id, n.slot, n.day, n.plan, b.day as old_day, b.plan as old_plan
    from (select distinct on (l.subject_id, l.slot) l.subject_id, l.slot, (l.reached_at at time zone $1)::date as day,
                 (select max(d.plan) from webquota.decisions d
                   where d.account_id = l.account_id and d.subject_id = l.subject_id and d.at = l.reached_at) as plan
            from (select account_id, subject_id, slot, max(reached_at) as reached_at
                    from lines where reached_at is not null group by 1, 2, 3 offset 0) l
           order by l.subject_id, l.slot, l.reached_at desc) n
    left join webquota.usage_reaching b on b.subject_id = n.subject_id and b.slot = n.slot
   where b.slot is null or n.day > b.day),
reaching as (
  insert into webquota.usage_reaching (subject_id, slot, day, plan)
  select subject_id, slot, day, plan from reached
      on conflict (subject_id, slot) do update set day = excluded.day, plan = excluded.plan),
reached_days as (
  insert into webquota.usage_reached as u (day, plan, slot, subjects)
  select v.day, v.plan, r.slot, sum(v.subjects)
    from reached r cross join lateral (values (r.day, r.plan, 1), (r.old_day, r.old_plan, -1)) v(day, plan, subjects)
   where v.day is not null
   group by 1, 2, 3
  having sum(v.subjects) <> 0
      on conflict (day, plan, slot) do update set subjects = u.subjects + excluded.subjects)
update webquota.standing_rollup u
   set upto = c.upto, open = array(select x from unnest(n.running) x where x < c.upto), zone = $1,
       rolled_at = case when c.upto = n.here then webquota.clock() else u.rolled_at end
  from seen n, cut c
returning c.upto < n.here
