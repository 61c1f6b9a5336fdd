-- What subject $1 used on each of the last $3 days in zone $2, if nothing was rolled up so far, else in that of the days: of
-- features $4 (null: all); told apart by client where $5; at most $6 rows. One row without a day where there is nothing.
-- What is not rolled up yet is added from the records of the time since then, and of a minute before.
with span as materialized (
  select u.upto, u.open, coalesce(u.zone, $2::text) as zone, t.now, (t.now at time zone coalesce(u.zone, $2::text))::date as last,
         least(u.rolled_at, t.now) - interval '1 minute' as rolled_at
    from webquota.usage_rollup u cross join (select webquota.clock() as now offset 0) t),
whose as materialized (
  select s.id, array[s.account_id, s.id] as accounts from webquota.subjects s where s.key = $1),
told as (
  select d.day, d.feature, d.on_behalf_of, d.allowed, d.refused, d.units
    from whose w cross join span p
    join webquota.usage_daily d on d.account_id = any (w.accounts) and d.subject_id = w.id
                               and d.day > p.last - $3::integer and d.day <= p.last
  union all
  select (l.counted_at at time zone p.zone)::date, l.feature, l.on_behalf_of, l.allowed, l.refused, l.units
    from whose w cross join span p
    join webquota.usage_lines l on l.account_id = any (w.accounts) and l.subject_id = w.id
     and l.at >= greatest(p.rolled_at, (p.last - $3::integer + 1)::timestamp at time zone p.zone)
     and (l.xact >= p.upto or l.xact = any (p.open))),
sums as (
  select day, feature, case when $5::boolean then on_behalf_of else '' end as client, sum(allowed) as allowed, sum(refused) as refused,
         sum(units) as units
    from told
   where $4::text[] is null or feature = any ($4::text[])
   group by 1, 2, 3)
select p.last - date '1970-01-01', p.zone, webquota.us(p.now), s.day - date '1970-01-01', s.feature, nullif(s.client, ''),
       least(s.allowed, 9007199254740991)::bigint, least(s.refused, 9007199254740991)::bigint,
       least(s.units, 9007199254740991)::bigint
  from span p left join sums s on s.day > p.last - $3::integer and s.day <= p.last
 order by s.day, s.feature, s.client limit $6::bigint
