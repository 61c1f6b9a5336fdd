select encode(hash, 'hex'), scopes, webquota.us(expires_at) from webquota.api_keys
 where id = $1::bigint and revoked_at is null and expires_at > (select webquota.clock())
