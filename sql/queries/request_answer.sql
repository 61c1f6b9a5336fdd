update webquota.requests
   set state = $2, answer = $3, decided_by = $4, decided_at = webquota.clock(), plan = coalesce($5, plan), override = $6::bigint
 where id = $1::bigint and state = 'pending' returning subject, feature
