-- What becomes of one that was let in, with the reservation that held its units ($6, $7, $8). Its subject may have moved since.
update webquota.tickets set state = $5, ended_at = webquota.at($9::bigint)
 where account_id in ($1::bigint, (select account_id from webquota.subjects where id = $2::bigint)) and subject_id = $2::bigint
   and joined_at = webquota.at($3::bigint) and id = $4::bigint and state = 'admitted'
   and held_account = $6::bigint and held_at = webquota.at($7::bigint) and held_id = $8::bigint
