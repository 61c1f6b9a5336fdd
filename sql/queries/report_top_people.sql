-- The $2 people with most requests in the $3 days up to $1, of those who asked most in the month that they asked last in: $4 for each month
-- that has one of these days. Their sums are of these days. What was counted of a subject under an account that it has left since is
-- passed over.
with day as (select date '1970-01-01' + $1::integer as today, date '1970-01-01' + $1::integer - $3::integer + 1 as first),
months as (select generate_series(date_trunc('month', first::timestamp), today::timestamp, interval '1 month')::date as month from day),
looked_at as materialized (
  select o.account_id, o.subject_id, o.plan
    from months m cross join lateral (
         select o.account_id, o.subject_id, o.plan from webquota.usage_owners o
          where o.month = m.month and o.subject_id <> 0 and o.active_on >= (select first from day)
            and exists (select from webquota.subjects s where s.account_id = o.account_id and s.id = o.subject_id offset 0)
          order by o.month_requests desc limit $4::bigint) o),
found as (
  select l.account_id, l.subject_id, l.plan, d.requests, d.refused
    from looked_at l cross join lateral (
         select sum(u.allowed + u.refused)::bigint as requests, sum(u.refused)::bigint as refused from webquota.usage_daily u
          where u.account_id = l.account_id and u.subject_id = l.subject_id and u.day >= (select first from day)
            and u.day <= (select today from day) offset 0) d
   where d.requests > 0
   order by d.requests desc, l.account_id, l.subject_id limit $2::bigint)
select s.key, a.organization, f.plan, f.requests, f.refused
  from found f join webquota.subjects s on s.account_id = f.account_id and s.id = f.subject_id
  left join lateral (select organization from webquota.accounts where id = f.account_id offset 0) a on true
 order by f.requests desc, f.account_id, f.subject_id
