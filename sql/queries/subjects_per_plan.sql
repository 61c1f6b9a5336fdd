-- People on each plan now; an empty key stands for those on the default plan. The sums are made of the index alone.
with counted as materialized (
  select plan, anonymous, plan_until, plan_after, count(*) as people from webquota.subjects group by 1, 2, 3, 4)
select coalesce(case when plan_until <= (select webquota.clock()) then plan_after else plan end, '') as plan, anonymous, sum(people)::bigint
  from counted group by 1, 2
