-- Days that are not the sums of the records that are said to be counted in them.
with recorded as (
  select l.account_id, l.subject_id, (l.counted_at at time zone u.zone)::date as day, l.feature, l.on_behalf_of,
         sum(l.allowed) as allowed, sum(l.refused) as refused, sum(l.units) as units
    from webquota.usage_rollup u join webquota.usage_lines l on l.xact < u.upto and l.xact <> all (u.open)
   group by 1, 2, 3, 4, 5)
select coalesce(p.key, 'subject number ' || w.subject_id), w.day::text, w.feature || case when w.on_behalf_of <> '' then ' for ' || w.on_behalf_of else '' end,
       w.rolled, w.recorded, count(*) over ()
  from (select account_id, subject_id, day, feature, on_behalf_of,
               coalesce(d.allowed, 0) || ' allowed, ' || coalesce(d.refused, 0) || ' refused, ' || coalesce(d.units, 0) || ' units' as rolled,
               coalesce(r.allowed, 0) || ' allowed, ' || coalesce(r.refused, 0) || ' refused, ' || coalesce(r.units, 0) || ' units' as recorded
          from webquota.usage_daily d full join recorded r using (account_id, subject_id, day, feature, on_behalf_of)
         where (coalesce(d.allowed, 0), coalesce(d.refused, 0), coalesce(d.units, 0))
            <> (coalesce(r.allowed, 0), coalesce(r.refused, 0), coalesce(r.units, 0))) w
  left join webquota.subjects p on p.id = w.subject_id
 order by 1, 2, 3 limit 20
