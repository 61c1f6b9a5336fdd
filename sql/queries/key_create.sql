-- No row: it would be over already.
insert into webquota.api_keys (name, hash, scopes, created_at, expires_at)
select $1, decode($2, 'hex'), $3::integer, t.now, webquota.at($4::bigint)
  from (select webquota.clock() as now) t
 where webquota.at($4::bigint) > t.now
returning id
