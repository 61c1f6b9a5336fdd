insert into webquota.api_keys (name, hash, scopes, created_at, expires_at)
values ($1, decode($2, 'hex'), $3::integer, webquota.clock(), webquota.at($4::bigint)) returning id
