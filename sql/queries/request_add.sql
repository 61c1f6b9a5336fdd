insert into webquota.requests (subject, feature, kind, plan, limit_key, amount, reason, created_at)
select $1, $2, $3, $4, $5, $6::bigint, $7, t.now from (select webquota.clock() as now) t
on conflict (subject, feature) where state = 'pending' do nothing returning id
