-- The first of each of the lines $1 (accounts), $2 (slots), $3 (owners) that is not paused, so many of each as $4 says, line after line in the
-- order in which they are given. The last column says which line, counted from 0.
select h.account_id, h.subject_id, webquota.us(h.joined_at), h.id, s.key, h.feature, h.resource, h.units, h.items, l.number - 1
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) with ordinality l(account, slot, owner, most, number)
  left join webquota.limits r on r.slot = l.slot
  left join webquota.queues q on q.feature = r.feature and q.limit_key = r.key
  cross join lateral (
    select t.* from webquota.tickets t
     where t.state = 'waiting' and t.line_account = l.account and t.line_slot = l.slot and t.line_owner = l.owner
     order by t.turn, t.place limit l.most) h
  join webquota.subjects s on s.id = h.subject_id
 where q.state is distinct from 'paused'
 order by l.number, h.turn, h.place
