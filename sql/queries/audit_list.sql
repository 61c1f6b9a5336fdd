-- The newest $8 entries below the number $7 (null: from the newest on) about the subject $1, of the organization $2, by the actor $3, of
-- the kind $4, from $5 on and before $6; each may be null. One of the branches runs, by the index of what was asked for; times are in
-- the order of the numbers, as both are given while the head is held.
with bounds as (
  select coalesce((select a.number from webquota.audit a where a.at >= webquota.at($5::bigint) order by a.at, a.number limit 1),
                  case when $5::bigint is null then 0 else 9223372036854775807 end) as lowest,
         least(coalesce((select a.number from webquota.audit a where a.at >= webquota.at($6::bigint) order by a.at, a.number limit 1),
                        9223372036854775807), coalesce($7::bigint, 9223372036854775807)) as beyond),
found as (
  (select a.* from webquota.audit a, bounds b
    where $1::text is not null and a.subject = $1 and a.number >= b.lowest and a.number < b.beyond
      and ($2::text is null or a.organization = $2) and ($3::text is null or a.actor = $3) and ($4::text is null or a.action = $4)
    order by a.number desc limit $8::bigint)
  union all
  (select a.* from webquota.audit a, bounds b
    where $1::text is null and $2::text is not null and a.organization = $2 and a.number >= b.lowest and a.number < b.beyond
      and ($3::text is null or a.actor = $3) and ($4::text is null or a.action = $4)
    order by a.number desc limit $8::bigint)
  union all
  (select a.* from webquota.audit a, bounds b
    where $1::text is null and $2::text is null and $3::text is not null and a.actor = $3 and a.number >= b.lowest and a.number < b.beyond
      and ($4::text is null or a.action = $4)
    order by a.number desc limit $8::bigint)
  union all
  (select a.* from webquota.audit a, bounds b
    where $1::text is null and $2::text is null and $3::text is null and $4::text is not null and a.action = $4
      and a.number >= b.lowest and a.number < b.beyond
    order by a.number desc limit $8::bigint)
  union all
  (select a.* from webquota.audit a, bounds b
    where $1::text is null and $2::text is null and $3::text is null and $4::text is null
      and a.number >= b.lowest and a.number < b.beyond
    order by a.number desc limit $8::bigint))
select json_build_object('entry', f.number, 'at', webquota.z(f.at), 'actor', f.actor, 'origin', f.origin, 'action', f.action,
         'subject', f.subject, 'organization', f.organization,
         'old', coalesce(nullif(f.details -> 'old', 'null'), case when k.away then k.rest end),
         'new', coalesce(nullif(f.details -> 'new', 'null'), case when not k.away then k.rest end),
         'reason', case when k.was then f.details ->> 'removed_because' else f.details ->> 'reason' end,
         'hash', encode(f.hash, 'hex'))::text
  from found f cross join lateral (
    select w.was, w.was or f.action like '%.remove' or f.action like '%.revoke' as away,
           nullif(f.details - case when w.was then '{old,new,removed_because}'::text[] else '{old,new,reason}'::text[] end, '{}') as rest
      from (select f.action in ('override.remove', 'grant.remove') as was) w) k
 order by f.number desc
