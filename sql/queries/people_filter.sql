-- Those of whom $1 is true ('plan': they are on the plan $2 now; 'near': they have used $7 % of a limit of theirs or more; 'stopped': a limit
-- stopped them today; 'override': they have one; 'suspended'), behind the subject $3 ('': from the first), at most $4, in the order in which
-- they were met within their accounts. $5 and $6: the plan of those who have none, people and visitors. Each is a range of an index.
with here as (
  select coalesce(c.account_id, 0) as account_id, coalesce(c.id, 0) as id, (t.now at time zone coalesce(u.zone, 'UTC'))::date as today, t.now
    from webquota.usage_rollup u cross join (select webquota.clock() as now offset 0) t
    left join webquota.subjects c on c.key = $3::text),
found as (
  (select s.account_id, s.id from webquota.subjects s
    where $1::text = 'plan' and s.plan = $2::text and (s.plan_until is null or s.plan_until > (select now from here))
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $4::bigint)
  union all
  (select s.account_id, s.id from webquota.subjects s
    where $1::text = 'plan' and s.plan is null and s.key not like 'anon:%' and $2::text = $5::text and s.plan_until is null
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $4::bigint)
  union all
  (select s.account_id, s.id from webquota.subjects s
    where $1::text = 'plan' and s.plan is null and s.key like 'anon:%' and $2::text = $6::text and s.plan_until is null
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $4::bigint)
  union all
  (select s.account_id, s.id from webquota.subjects s
    where $1::text = 'plan' and s.plan_until is not null and s.plan_until <= (select now from here)
      and coalesce(s.plan_after, case when s.key like 'anon:%' then $6::text else $5::text end) = $2::text
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $4::bigint)
  union all
  (select distinct n.account_id, n.subject_id from webquota.usage_standing n
    where $1::text = 'near' and n.pct >= 50 and n.pct >= $7::bigint and n.until > (select now from here)
      and exists (select from webquota.subjects s where s.account_id = n.account_id and s.id = n.subject_id offset 0)
      and (n.account_id, n.subject_id) > (select account_id, id from here) order by n.account_id, n.subject_id limit $4::bigint)
  union all
  (select o.account_id, o.subject_id from webquota.usage_owners o
    where $1::text = 'stopped' and o.stopped_on = (select today from here) and o.subject_id <> 0
      and exists (select from webquota.subjects s where s.account_id = o.account_id and s.id = o.subject_id offset 0)
      and (o.account_id, o.subject_id) > (select account_id, id from here) order by o.account_id, o.subject_id limit $4::bigint)
  union all
  (select distinct o.account_id, o.subject_id from webquota.overrides o
    where $1::text = 'override' and o.removed_at is null and o.subject_id is not null and o.expires_at > (select now from here)
      and (o.account_id, o.subject_id) > (select account_id, id from here) order by o.account_id, o.subject_id limit $4::bigint)
  union all
  (select s.account_id, s.id from webquota.subjects s
    where $1::text = 'suspended' and s.suspended
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $4::bigint))
select s.key, s.plan, webquota.us(s.plan_until), s.plan_after, a.organization, s.email, s.suspended, webquota.us(webquota.clock())
  from (select account_id, id from found order by account_id, id limit $4::bigint) f
  join webquota.subjects s on s.account_id = f.account_id and s.id = f.id
  left join webquota.accounts a on a.id = s.account_id
 order by s.account_id, s.id
