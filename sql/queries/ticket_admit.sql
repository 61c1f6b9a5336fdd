update webquota.tickets
   set state = 'admitted', held_account = $5::bigint, held_at = webquota.at($6::bigint), held_id = $7::bigint,
       admitted_at = webquota.at($6::bigint), claim_until = webquota.at($8::bigint)
 where account_id = $1::bigint and subject_id = $2::bigint and joined_at = webquota.at($3::bigint) and id = $4::bigint
   and state = 'waiting'
