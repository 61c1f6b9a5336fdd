-- $5: whoever looks after other people's limits must have a second factor, as must these subjects ($7). $6: it was asked for, and given.
with t as materialized (select webquota.clock() as now),
who as (
  select a.name, a.subject,
         case when $6::boolean then null when f.confirmed_at is not null then 'code'
              when $5::boolean and (a.role <> 'user' or a.subject = any ($7::text[])) then 'enrolment' end as waits_for
    from webquota.local_accounts a left join webquota.second_factors f on f.account = a.name
   where a.name = $2 and a.suspended_at is null)
insert into webquota.sessions (hash, kind, account, subject, address, created_at, last_seen_at, expires_at, waits_for)
select decode($1, 'hex'), 'local', who.name, who.subject, $3, t.now, t.now,
       t.now + case when who.waits_for is null then $4::bigint * interval '1 microsecond' else interval '10 minutes' end, who.waits_for
  from t, who returning waits_for
