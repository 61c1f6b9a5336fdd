insert into webquota.audit (at, actor, action, subject, organization, details, origin)
select t.now, $1, k.action, k.subject, k.organization, k.details::jsonb, $6
  from unnest($2::text[], $3::text[], $4::text[], $5::text[]) k(action, subject, organization, details),
       (select webquota.clock() as now) t
