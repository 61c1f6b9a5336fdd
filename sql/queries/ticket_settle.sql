-- What becomes of one that was let in, with the reservation that held its units ($6, $7, $8) and why ($10; or null), and with it
-- of what was to be delivered. Its subject may have moved since.
with settled as (
  update webquota.tickets set state = $5, why = $10, ended_at = webquota.at($9::bigint)
   where account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and subject_id = $2::bigint
     and joined_at = webquota.at($3::bigint) and id = $4::bigint and state = 'admitted'
     and held_account = $6::bigint and held_at = webquota.at($7::bigint) and held_id = $8::bigint
  returning account_id, subject_id, joined_at, id)
update webquota.deliveries d
   set state = case $5 when 'used' then 'delivered' when 'left' then 'cancelled' when 'expired' then 'cancelled' else 'failed' end, payload = '',
       ended_at = clock_timestamp()
  from settled t
 where d.account_id = t.account_id and d.subject_id = t.subject_id and d.joined_at = t.joined_at and d.id = t.id
   and d.state in ('waiting', 'pending')
