-- The $2 organizations with most requests in the $3 days up to $1, found as people are (report_top_people.sql), in its columns.
with day as (select date '1970-01-01' + $1::integer as today, date '1970-01-01' + $1::integer - $3::integer + 1 as first),
months as (select generate_series(date_trunc('month', first::timestamp), today::timestamp, interval '1 month')::date as month from day),
looked_at as materialized (
  select o.account_id
    from months m cross join lateral (
         select o.account_id from webquota.usage_owners o
          where o.month = m.month and o.subject_id = 0 and o.active_on >= (select first from day)
          order by o.month_requests desc limit $4::bigint) o),
found as (
  select l.account_id, d.requests, d.refused
    from looked_at l cross join lateral (
         select sum(u.requests)::bigint as requests, sum(u.refused)::bigint as refused from webquota.usage_organizations u
          where u.account_id = l.account_id and u.day >= (select first from day) and u.day <= (select today from day) offset 0) d
   where d.requests > 0
   order by d.requests desc, l.account_id limit $2::bigint)
select null, a.organization, null, f.requests, f.refused
  from found f left join lateral (select organization from webquota.accounts where id = f.account_id offset 0) a on true
 order by f.requests desc, f.account_id
