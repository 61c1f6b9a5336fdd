update webquota.decisions set given_back = given_back + $5::bigint
 where account_id = $1::bigint and subject_id = $2::bigint and at = webquota.at($3::bigint) and id = $4::bigint
