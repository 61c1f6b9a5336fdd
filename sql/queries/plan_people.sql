-- How many have the plan $1, or are to have it.
select (select count(*) from webquota.subjects s where s.plan = $1 and (s.plan_until is null or s.plan_until > t.now))
     + (select count(*) from webquota.subjects s
         where s.plan_until is not null and s.plan_after = $1 and (s.plan is distinct from $1 or s.plan_until <= t.now))
  from (select webquota.clock() as now) t
