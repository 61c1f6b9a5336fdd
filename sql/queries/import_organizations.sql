insert into webquota.accounts (organization, created_at)
select k.organization, t.now
  from (select distinct organization from unnest($1::text[]) u(organization) where organization <> '' order by organization) k,
       (select webquota.clock() as now) t
on conflict (organization) do nothing
