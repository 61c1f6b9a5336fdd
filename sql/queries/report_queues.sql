-- Each line in which somebody waits, or has waited in the $1 days: how many wait and for how long the first has; how many were let in
-- in that time, how long half of them waited at most, and how many were told a range and were let in within it.
with waiting as (
  select line_slot, count(*) as people, min(joined_at) as first
    from webquota.tickets where state = 'waiting' group by line_slot),
served as (
  select line_slot, count(*) as people,
         percentile_cont(0.5) within group (order by extract(epoch from admitted_at - joined_at))::bigint as median_s,
         count(*) filter (where promised_most_s is not null) as promised,
         count(*) filter (where promised_most_s is not null
                            and ceil(extract(epoch from admitted_at - joined_at)) between promised_least_s and promised_most_s) as kept
    from webquota.tickets
   where joined_at > (select webquota.clock() offset 0) - make_interval(days => $1::integer) and admitted_at is not null
   group by line_slot)
select l.feature, l.key, coalesce(q.state, 'open'), coalesce(w.people, 0)::bigint,
       floor(extract(epoch from (select webquota.clock() offset 0) - w.first))::bigint,
       coalesce(s.people, 0)::bigint, s.median_s, coalesce(s.promised, 0)::bigint, coalesce(s.kept, 0)::bigint
  from waiting w full join served s on s.line_slot = w.line_slot
  join webquota.limits l on l.slot = coalesce(w.line_slot, s.line_slot)
  left join webquota.queues q on q.feature = l.feature and q.limit_key = l.key
 order by l.feature, l.key
