insert into webquota.local_accounts (name, hash, role, subject, created_at, changed_at)
select $1, $2, $3, $4, t.now, t.now from (select webquota.clock() as now) t on conflict (name) do nothing returning subject
