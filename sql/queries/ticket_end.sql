-- One that waits goes, for whatever reason ($6).
update webquota.tickets set state = $5, why = $6, ended_at = webquota.at($7::bigint)
 where account_id = $1::bigint and subject_id = $2::bigint and joined_at = webquota.at($3::bigint) and id = $4::bigint
   and state = 'waiting'
