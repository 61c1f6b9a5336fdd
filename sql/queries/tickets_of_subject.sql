-- Where one person ($1) waits, and what they were let in to and have not taken: as tickets_in_line gives them.
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, s.key, t.feature, t.resource, t.units, t.state,
       case t.state when 'waiting' then
         1 + (select count(*) from webquota.tickets o
               where o.state = 'waiting' and o.line_account = t.line_account and o.line_slot = t.line_slot and o.line_owner = t.line_owner
                 and (o.turn, o.place) < (t.turn, t.place)) end,
       webquota.us(t.seen_at), webquota.us(t.claim_until), l.key, t.was_turn is not null, l.feature
  from webquota.subjects s
  join webquota.tickets t on t.account_id = s.account_id and t.subject_id = s.id and t.state in ('waiting', 'admitted')
  left join webquota.limits l on l.slot = t.line_slot
 where s.key = $1
 order by t.joined_at, t.id
 limit 100
