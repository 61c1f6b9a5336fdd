insert into webquota.approvals (what, subject, organization, change, expires_at, reason, asked_by, asked_at)
select $1, $2, $3, $4::jsonb, webquota.at($5::bigint), $6, $7, t.now from (select webquota.clock() as now) t returning id::text
