-- One that waits goes, for whatever reason ($6); what it has to be delivered never is.
with ended as (
  update webquota.tickets set state = $5, why = $6, ended_at = webquota.at($7::bigint)
   where account_id = $1::bigint and subject_id = $2::bigint and joined_at = webquota.at($3::bigint) and id = $4::bigint
     and state = 'waiting'
  returning account_id, subject_id, joined_at, id)
update webquota.deliveries d set state = 'cancelled', payload = '', ended_at = clock_timestamp()
  from ended t
 where d.account_id = t.account_id and d.subject_id = t.subject_id and d.joined_at = t.joined_at and d.id = t.id
