-- Those of whom all is true that is asked for (each null where it is not): key, e-mail address or organization begin with $2; on the plan $3
-- now; of the organization $4; $6 as in people_filter. $1 says which of it leads: 'key' (those whom the API key $5, an id or the beginning of
-- a name, has changed something about), 'organization', 'text' or the word of $6. It is a range of an index, of which no more than $9 are
-- looked at behind the subject $7 ('': from the first); of them at most $8 are given. Last column: the last that was looked at, where there
-- may be more of them. $10 and $11: the plan of those who have none, people and visitors; $12: as people_filter has it.
with recursive here as (
  select coalesce(c.account_id, 0) as account_id, coalesce(c.id, 0) as id, (t.now at time zone coalesce(u.zone, 'UTC'))::date as today, t.now,
         array(select 'key:' || k.id from webquota.api_keys k
                where $1::text = 'key' and (k.id::text = $5::text or 'wq_' || k.id = $5::text or starts_with(lower(k.name), lower($5::text)))
                limit 100) as actors
    from webquota.usage_rollup u cross join (select webquota.clock() as now offset 0) t
    left join webquota.subjects c on c.key = $7::text),
touched as (
  select $7::text as subject, 0 as n
  union all
  select (select f.subject
            from unnest((select actors from here)) as k(actor)
           cross join lateral (select a.subject from webquota.audit a
                                where a.actor = k.actor and a.subject is not null and a.subject ~>~ t.subject
                                order by a.subject using ~<~ limit 1) f
           order by f.subject using ~<~ limit 1), t.n + 1
    from touched t where $1::text = 'key' and t.subject is not null and t.n < $9::bigint),
found as (
  (select s.account_id, s.id, s.key from touched t
    cross join lateral (select account_id, id, key from webquota.subjects where key = t.subject offset 0) s
    where t.n > 0)
  union all
  (select s.account_id, s.id, s.key from webquota.accounts a join webquota.subjects s on s.account_id = a.id
    where $1::text = 'organization' and a.organization = $4::text and s.id > (select id from here)
    order by s.id limit $9::bigint)
  union all
  (select account_id, id, key from (
     (select account_id, id, key from webquota.subjects
       where $1::text = 'text' and key ~>=~ $2::text and key ~<~ ($2::text || U&'\+10FFFF') and key ~>~ $7::text
       order by key using ~<~ limit $9::bigint)
     union
     (select account_id, id, key from (
         select account_id, id, key from webquota.subjects
          where $1::text = 'text' and email is not null and lower(email) ~>=~ lower($2::text)
            and lower(email) ~<~ (lower($2::text) || U&'\+10FFFF') limit 1000) e
       where key ~>~ $7::text)
     union
     (select account_id, id, key from (
         select s.account_id, s.id, s.key
           from (select id from webquota.accounts
                  where $1::text = 'text' and organization is not null and organization ~>=~ $2::text
                    and organization ~<~ ($2::text || U&'\+10FFFF') limit 1000) a
           join webquota.subjects s on s.account_id = a.id limit 1000) m
       where key ~>~ $7::text)) b
    order by key using ~<~ limit $9::bigint)
  union all
  (select n.account_id, n.subject_id, null from (
     select distinct n.account_id, n.subject_id from webquota.usage_standing n
      where $1::text = 'near' and n.pct >= 50 and n.pct >= $12::bigint and n.until > (select now from here)
        and (n.account_id, n.subject_id) > (select account_id, id from here) order by n.account_id, n.subject_id limit $9::bigint) n)
  union all
  (select o.account_id, o.subject_id, null from webquota.usage_owners o
    where $1::text = 'stopped' and o.stopped_on = (select today from here) and o.subject_id <> 0
      and (o.account_id, o.subject_id) > (select account_id, id from here) order by o.account_id, o.subject_id limit $9::bigint)
  union all
  (select o.account_id, o.subject_id, null from (
     select distinct o.account_id, o.subject_id from webquota.overrides o
      where $1::text = 'override' and o.removed_at is null and o.subject_id is not null and o.expires_at > (select now from here)
        and (o.account_id, o.subject_id) > (select account_id, id from here) order by o.account_id, o.subject_id limit $9::bigint) o)
  union all
  (select s.account_id, s.id, s.key from webquota.subjects s
    where $1::text = 'suspended' and s.suspended
      and (s.account_id, s.id) > (select account_id, id from here) order by s.account_id, s.id limit $9::bigint)),
looked as (
  select f.account_id, f.id, row_number() over (order by case when $1::text in ('key', 'text') then f.key end using ~<~, f.account_id, f.id) as place
    from found f),
matched as (
  select l.place, s.key, s.plan, s.plan_until, s.plan_after, a.organization, s.email, s.suspended, h.now
    from looked l cross join here h
   cross join lateral (select * from webquota.subjects s where s.account_id = l.account_id and s.id = l.id offset 0) s
    left join lateral (select organization from webquota.accounts where id = s.account_id offset 0) a on true
   where ($2::text is null or starts_with(s.key, $2::text) or starts_with(lower(s.email), lower($2::text)) or starts_with(a.organization, $2::text))
     and ($3::text is null or coalesce(case when s.plan_until <= h.now then s.plan_after else s.plan end,
                                       case when s.key like 'anon:%' then $11::text else $10::text end) = $3::text)
     and ($4::text is null or a.organization = $4::text)
     and ($6::text is null or case $6::text
            when 'near' then exists (select from webquota.usage_standing n
                                      where n.account_id = s.account_id and n.subject_id = s.id and n.pct >= 50 and n.pct >= $12::bigint
                                        and n.until > h.now offset 0)
            when 'stopped' then exists (select from webquota.usage_owners o
                                         where o.account_id = s.account_id and o.subject_id = s.id and o.stopped_on = h.today offset 0)
            when 'override' then exists (select from webquota.overrides o
                                          where o.account_id = s.account_id and o.subject_id = s.id and o.removed_at is null
                                            and o.expires_at > h.now offset 0)
            else s.suspended end)
   order by l.place limit $8::bigint)
select m.key, m.plan, webquota.us(m.plan_until), m.plan_after, m.organization, m.email, m.suspended, webquota.us(m.now), e.key
  from (select (select s.key from looked l join webquota.subjects s on s.account_id = l.account_id and s.id = l.id
                 where l.place = $9::bigint) as key) e
  left join matched m on true
 order by m.place
