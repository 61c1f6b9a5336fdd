insert into webquota.audit (at, actor, action, subject, organization, details, origin)
values (webquota.clock(), $1, $2, $3, $4, $5::jsonb, $6)
