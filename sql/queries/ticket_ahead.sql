-- One that waits goes to the front of its line. Whose it is, of which organization, which line that is, and how many were before it;
-- nothing where it does not wait, or is the first.
with t as (
  select k.*, s.key, o.organization
    from webquota.tickets k join webquota.subjects s on s.id = k.subject_id left join webquota.accounts o on o.id = k.account_id
   where k.account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and k.subject_id = $2::bigint
     and k.joined_at = webquota.at($3::bigint) and k.id = $4::bigint and k.state = 'waiting'),
before as (
  select count(*) as people, min(b.turn) as turn
    from t join webquota.tickets b on b.state = 'waiting' and b.line_account = t.line_account and b.line_slot = t.line_slot
                                  and b.line_owner = t.line_owner and (b.turn, b.place) < (t.turn, t.place)),
head as (
  select min(b.place) as place
    from before, t join webquota.tickets b on b.state = 'waiting' and b.line_account = t.line_account and b.line_slot = t.line_slot
                                          and b.line_owner = t.line_owner
   where b.turn = before.turn)
update webquota.tickets x
   set turn = before.turn, place = head.place - 1, was_turn = coalesce(x.was_turn, x.turn), was_place = coalesce(x.was_place, x.place)
  from t, before, head
 where x.account_id = t.account_id and x.subject_id = t.subject_id and x.joined_at = t.joined_at and x.id = t.id
   and x.state = 'waiting' and before.people > 0
returning t.key, t.organization, t.feature, (select key from webquota.limits where slot = t.line_slot), before.people
