-- Of those who were given one of the plans $4 and have been here for the $2 days up to $1, the first $3: what each used of which feature in that time, in
-- all and on the day with most; one row without a feature for those who used nothing.
with paying as materialized (
  select p.account_id, p.id, p.key, p.plan
    from unnest($4::text[]) k(plan) cross join lateral (
         select s.account_id, s.id, s.key, s.plan from webquota.subjects s
          where s.plan = k.plan and not s.suspended and s.created_at < (select webquota.clock() offset 0) - make_interval(days => $2::integer)
            and (s.plan_until is null or s.plan_until > (select webquota.clock() offset 0))
          order by s.account_id, s.id limit $3::bigint) p
   limit $3::bigint),
used as (
  select s.id, d.feature, d.day, sum(d.units) as units, sum(d.refused) as refused
    from paying s cross join lateral (
         select d.feature, d.day, d.units, d.refused from webquota.usage_daily d
          where d.account_id = s.account_id and d.subject_id = s.id
            and d.day > date '1970-01-01' + $1::integer - $2::integer and d.day <= date '1970-01-01' + $1::integer offset 0) d
   group by 1, 2, 3)
select p.key, p.plan, u.feature, coalesce(least(sum(u.units), 9007199254740991), 0)::bigint,
       coalesce(least(max(u.units), 9007199254740991), 0)::bigint, coalesce(sum(u.refused), 0)::bigint
  from paying p left join used u on u.id = p.id
 group by p.account_id, p.id, 1, 2, 3 order by p.account_id, p.id, 3
