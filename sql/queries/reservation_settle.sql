update webquota.reservations set state = $5, committed = $6::bigint, settled_at = webquota.at($7::bigint)
 where account_id = $1::bigint and subject_id = $2::bigint and at = webquota.at($3::bigint) and id = $4::bigint and state = 'held'
