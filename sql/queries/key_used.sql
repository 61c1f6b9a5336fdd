update webquota.api_keys set last_used_at = webquota.clock()
 where id = $1::bigint and (last_used_at is null or last_used_at < webquota.clock() - interval '1 minute')
