update webquota.reservations set expires_at = webquota.at($5::bigint), own = $6::boolean
 where account_id = $1::bigint and subject_id = $2::bigint and at = webquota.at($3::bigint) and id = $4::bigint and state = 'held'
