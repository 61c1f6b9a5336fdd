-- Whose units are held no more, so that there is nothing for the ledger to end.
update webquota.deliveries set state = 'failed', payload = '', ended_at = clock_timestamp()
 where account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and subject_id = $2::bigint
   and joined_at = webquota.at($3::bigint) and id = $4::bigint and state = 'pending'
