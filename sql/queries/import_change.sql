-- Null, or the smallest number, stands for a value that was not given; '' takes one away. Rows that would stay as they
-- are stay untouched. Nothing follows a plan without an end. Returns those that changed.
with k as (
  select s.account_id, s.id,
         case when u.plan is null then s.plan else nullif(u.plan, '') end as plan,
         case when u.plan_until = -9223372036854775808 then s.plan_until
              else nullif(webquota.at(u.plan_until), 'infinity') end as plan_until,
         case when u.plan_after is null and u.plan_until < 9223372036854775807 then s.plan_after else nullif(u.plan_after, '') end as plan_after,
         case when u.timezone is null then s.timezone else nullif(u.timezone, '') end as timezone,
         case when u.anchor = -9223372036854775808 then s.anchor else webquota.at(u.anchor) end as anchor,
         case when u.email is null then s.email else nullif(u.email, '') end as email,
         case when u.suspended < 0 then s.suspended else u.suspended = 1 end as suspended
    from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[])
      u(key, plan, plan_until, plan_after, timezone, anchor, email, suspended)
    join webquota.subjects s on s.key = u.key)
update webquota.subjects s
   set plan = k.plan, plan_until = k.plan_until, plan_after = k.plan_after, timezone = k.timezone, anchor = k.anchor,
       email = k.email, suspended = k.suspended
  from k
 where s.account_id = k.account_id and s.id = k.id
   and (s.plan, s.plan_until, s.plan_after, s.timezone, s.anchor, s.email, s.suspended)
       is distinct from (k.plan, k.plan_until, k.plan_after, k.timezone, k.anchor, k.email, k.suspended)
returning s.key
