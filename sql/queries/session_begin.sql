with t as materialized (select webquota.clock() as now)
insert into webquota.sessions (hash, kind, account, subject, address, created_at, last_seen_at, expires_at)
select decode($1, 'hex'), 'local', a.name, a.subject, $3, t.now, t.now, t.now + $4::bigint * interval '1 microsecond'
  from t, webquota.local_accounts a where a.name = $2 and a.suspended_at is null returning id
