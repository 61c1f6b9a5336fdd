-- Its turn has come; what it has to be delivered is due.
with admitted as (
  update webquota.tickets
     set state = 'admitted', held_account = $5::bigint, held_at = webquota.at($6::bigint), held_id = $7::bigint,
         admitted_at = webquota.at($6::bigint), claim_until = webquota.at($8::bigint)
   where account_id = $1::bigint and subject_id = $2::bigint and joined_at = webquota.at($3::bigint) and id = $4::bigint
     and state = 'waiting'
  returning account_id, subject_id, joined_at, id)
update webquota.deliveries d set state = 'pending', next_at = clock_timestamp()
  from admitted t
 where d.account_id = t.account_id and d.subject_id = t.subject_id and d.joined_at = t.joined_at and d.id = t.id and d.state = 'waiting'
