-- Those that are gone too, with when that was: of the people in $2 and of the organizations in $3.
select o.account_id, coalesce(o.subject_id, 0), o.feature, o.created_at, coalesce(o.removed_at, 'infinity'), o.id, o.limit_key, o.kind,
       o.amount, o.multiplier, o.expires_at
  from webquota.overrides o
 where o.account_id = any ($1::bigint[])
   and (o.subject_id = any ($2::bigint[]) or (o.subject_id is null and o.account_id = any ($3::bigint[])))
