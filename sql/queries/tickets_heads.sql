-- The first $1 of each line that is not paused, line after line. Lines are found one by one in the index.
with recursive lines as (
  (select t.line_account, t.line_slot, t.line_owner from webquota.tickets t where t.state = 'waiting'
    order by t.line_account, t.line_slot, t.line_owner limit 1)
  union all
  select n.line_account, n.line_slot, n.line_owner
    from lines l cross join lateral (
      select t.line_account, t.line_slot, t.line_owner from webquota.tickets t
       where t.state = 'waiting' and (t.line_account, t.line_slot, t.line_owner) > (l.line_account, l.line_slot, l.line_owner)
       order by t.line_account, t.line_slot, t.line_owner limit 1) n)
select h.account_id, h.subject_id, webquota.us(h.joined_at), h.id, s.key, h.feature, h.resource, h.units, h.items,
       l.line_account, l.line_slot, l.line_owner
  from lines l
  left join webquota.limits r on r.slot = l.line_slot
  left join webquota.queues q on q.feature = r.feature and q.limit_key = r.key
  cross join lateral (
    select t.* from webquota.tickets t
     where t.state = 'waiting' and t.line_account = l.line_account and t.line_slot = l.line_slot and t.line_owner = l.line_owner
     order by t.turn, t.place limit $1::bigint) h
  join webquota.subjects s on s.id = h.subject_id
 where q.state is distinct from 'paused'
 order by l.line_account, l.line_slot, l.line_owner, h.turn, h.place
