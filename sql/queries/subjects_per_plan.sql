-- People on each plan now; an empty key stands for those on the default plan.
select coalesce(case when plan_until <= (select webquota.clock()) then plan_after else plan end, '') as plan,
       key like 'anon:%' as anonymous, count(*)
  from webquota.subjects group by 1, 2
