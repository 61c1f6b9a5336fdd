-- One that was moved to the front goes back to where it was. As ticket_ahead, with how many are before it then; nothing where it does not
-- wait, or was not moved.
with t as (
  select k.*, s.key, o.organization
    from webquota.tickets k join webquota.subjects s on s.id = k.subject_id left join webquota.accounts o on o.id = k.account_id
   where k.account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and k.subject_id = $2::bigint
     and k.joined_at = webquota.at($3::bigint) and k.id = $4::bigint and k.state = 'waiting' and k.was_turn is not null),
before as (
  select count(*) as people
    from t join webquota.tickets b on b.state = 'waiting' and b.line_account = t.line_account and b.line_slot = t.line_slot
                                  and b.line_owner = t.line_owner and b.id <> t.id and (b.turn, b.place) < (t.was_turn, t.was_place))
update webquota.tickets x set turn = x.was_turn, place = x.was_place, was_turn = null, was_place = null
  from t, before
 where x.account_id = t.account_id and x.subject_id = t.subject_id and x.joined_at = t.joined_at and x.id = t.id
   and x.state = 'waiting' and x.was_turn is not null
returning t.key, t.organization, t.feature, (select key from webquota.limits where slot = t.line_slot), before.people
