-- What $1 has in hand cannot be ended now ($2 to $5 the ticket): it is due again after as long as has gone by since it was first tried, but
-- 2 seconds at least and 5 minutes at most.
update webquota.deliveries
   set next_at = clock_timestamp() + least(greatest(clock_timestamp() - first_at, interval '2 seconds'), interval '5 minutes')
 where account_id in ($2::bigint, (select account_id from webquota.subjects where id = $3::bigint)) and subject_id = $3::bigint
   and joined_at = webquota.at($4::bigint) and id = $5::bigint and state = 'pending' and taken_by = $1
