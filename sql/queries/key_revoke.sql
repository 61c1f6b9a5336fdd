update webquota.api_keys set revoked_at = webquota.clock() where id = $1::bigint and revoked_at is null returning id, name
