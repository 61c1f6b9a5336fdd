-- One that waits, as tickets_heads gives it: what to ask for on its behalf.
select t.account_id, t.subject_id, webquota.us(t.joined_at), t.id, s.key, t.feature, t.resource, t.units, t.items
  from webquota.tickets t join webquota.subjects s on s.id = t.subject_id
 where t.account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and t.subject_id = $2::bigint
   and t.joined_at = webquota.at($3::bigint) and t.id = $4::bigint and t.state = 'waiting'
