-- What the bonuses of the subject $1 on the feature $2 that are not over come to, spent or not, $3 at most.
select least(coalesce(sum(o.amount), 0), $3::bigint)::bigint
  from webquota.subjects s join webquota.grants o on o.account_id = s.account_id and o.subject_id = s.id
 where s.key = $1 and o.feature = $2 and o.removed_at is null and o.expires_at > webquota.clock()
