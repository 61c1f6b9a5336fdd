-- The plans that people are on, and those that are to follow.
select p.plan, count(*)
  from (select webquota.clock() as now) t, webquota.subjects s,
       lateral (values (case when s.plan_until is null or s.plan_until > t.now then s.plan end),
                       (case when s.plan_until is not null then s.plan_after end)) p(plan)
 where p.plan is not null
 group by 1 order by 1
