-- Those whom a limit stopped last in the $2 days up to $1, the latest $3 of them: how often each was refused which feature in that time, and
-- on how many days it was refused anything.
with stopped as materialized (
  select s.account_id, s.id, s.key, o.plan
    from webquota.usage_owners o
   cross join lateral (select account_id, id, key from webquota.subjects s where s.account_id = o.account_id and s.id = o.subject_id offset 0) s
   where o.stopped_on > date '1970-01-01' + $1::integer - $2::integer and o.stopped_on <= date '1970-01-01' + $1::integer
   order by o.stopped_on desc, o.account_id desc, o.subject_id desc limit $3::bigint),
refused as (
  select s.key, s.plan, d.feature, d.day, sum(d.refused) as refused
    from stopped s cross join lateral (
         select d.feature, d.day, d.refused from webquota.usage_daily d
          where d.account_id = s.account_id and d.subject_id = s.id and d.refused > 0
            and d.day > date '1970-01-01' + $1::integer - $2::integer and d.day <= date '1970-01-01' + $1::integer offset 0) d
   group by 1, 2, 3, 4)
select r.key, r.plan, r.feature, sum(r.refused)::bigint, (select count(distinct o.day) from refused o where o.key = r.key)
  from refused r group by 1, 2, 3 order by 1, 3
