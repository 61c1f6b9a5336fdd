-- Those that are gone too, with when that was: of the people in $2 and of the organizations in $3.
select g.account_id, coalesce(g.subject_id, 0), g.feature, g.created_at, coalesce(g.removed_at, 'infinity'), g.id, g.amount, g.priority,
       g.effective_at, g.expires_at, g.every
  from webquota.grants g
 where g.account_id = any ($1::bigint[])
   and (g.subject_id = any ($2::bigint[]) or (g.subject_id is null and g.account_id = any ($3::bigint[])))
