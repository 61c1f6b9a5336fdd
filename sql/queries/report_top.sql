-- The $3 subjects (or where $2, organizations) with most requests on the day $1. What was counted of a subject under an account that it has
-- left since is passed over. Each of the branches is the beginning of an index.
with day as (select date '1970-01-01' + $1::integer as today),
found as (
  (select account_id, subject_id, plan, day_requests as requests, day_refused as refused
     from webquota.usage_owners o
    where not $2::boolean and active_on = (select today from day) and subject_id <> 0
      and exists (select from webquota.subjects s where s.account_id = o.account_id and s.id = o.subject_id offset 0)
    order by day_requests desc limit $3::bigint)
  union all
  (select account_id, subject_id, plan, day_requests, day_refused
     from webquota.usage_owners o
    where $2::boolean and active_on = (select today from day) and subject_id = 0
    order by day_requests desc limit $3::bigint))
select s.key, a.organization, f.plan, f.requests, f.refused
  from found f
  left join lateral (select key from webquota.subjects s where s.account_id = f.account_id and s.id = f.subject_id offset 0) s on true
  left join lateral (select organization from webquota.accounts where id = f.account_id offset 0) a on true
 order by f.requests desc, f.account_id, f.subject_id
