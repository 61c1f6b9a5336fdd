-- People on each plan now; an empty key stands for those on the default plan. The plans are found one after the other, and who is on each is
-- counted in a range of an index, without reading them.
with recursive plans (plan) as (
  (select plan from webquota.subjects where plan is not null order by plan limit 1)
  union all
  select (select s.plan from webquota.subjects s where s.plan > p.plan order by s.plan limit 1) from plans p where p.plan is not null),
here as (select webquota.clock() as now offset 0),
kinds (anonymous) as (values (false), (true)),
counted as (
  select p.plan, k.anonymous,
         (select count(*) from webquota.subjects s where s.plan = p.plan and s.anonymous = k.anonymous and s.plan_until is null)
         + (select count(*) from webquota.subjects s
             where s.plan = p.plan and s.anonymous = k.anonymous and s.plan_until > (select now from here)) as people
    from plans p cross join kinds k where p.plan is not null
  union all
  select null, k.anonymous,
         (select count(*) from webquota.subjects s where s.plan is null and s.anonymous = k.anonymous and s.plan_until is null)
         + (select count(*) from webquota.subjects s
             where s.plan is null and s.anonymous = k.anonymous and s.plan_until > (select now from here))
    from kinds k
  union all
  select e.plan_after, k.anonymous, e.people
    from plans p cross join kinds k cross join lateral (
         select s.plan_after, count(*) as people from webquota.subjects s
          where s.plan = p.plan and s.anonymous = k.anonymous and s.plan_until <= (select now from here) group by 1 offset 0) e
  union all
  select e.plan_after, k.anonymous, e.people
    from kinds k cross join lateral (
         select s.plan_after, count(*) as people from webquota.subjects s
          where s.plan is null and s.anonymous = k.anonymous and s.plan_until <= (select now from here) group by 1 offset 0) e)
select coalesce(plan, '') as plan, anonymous, sum(people)::bigint from counted group by 1, 2 having sum(people) > 0
