-- How lines stand: each that somebody waits in, or was let in from and has not come, or that was stopped once: its state, how many these
-- are, for how long the first has waited, and who stopped it, or opened it again. However many waited before, they are not looked at.
with waiting as (
  select line_slot, count(*) as people, min(joined_at) as first
    from webquota.tickets where state = 'waiting' group by line_slot),
admitted as (
  select line_slot, count(*) as people from webquota.tickets where state = 'admitted' group by line_slot),
lines as (
  select l.feature, l.key as limit_key, sum(w.people) as waiting, sum(a.people) as admitted, min(w.first) as first
    from waiting w full join admitted a on a.line_slot = w.line_slot
    join webquota.limits l on l.slot = coalesce(w.line_slot, a.line_slot)
   group by l.feature, l.key)
select feature, limit_key, coalesce(q.state, 'open'), coalesce(l.waiting, 0)::bigint, coalesce(l.admitted, 0)::bigint,
       floor(extract(epoch from (select webquota.clock() offset 0) - l.first))::bigint, q.reason, q.author, webquota.us(q.changed_at)
  from lines l full join webquota.queues q using (feature, limit_key)
 order by feature, limit_key
