-- The newest 1000 below the number $5 (null: from the newest on): of the subject $2, or of the organization $3 and of none of its
-- members, or all; or the one with the number $1. $4: with those that were removed. Each of the branches is a range of an index.
with found as (
  (select o.* from webquota.overrides o where $1::bigint is not null and o.id = $1::bigint and ($4::boolean or o.removed_at is null))
  union all
  (select o.* from webquota.subjects s join webquota.overrides o on o.account_id = s.account_id and o.subject_id = s.id
    where $1::bigint is null and s.key = $2 and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000)
  union all
  (select o.* from webquota.accounts a join webquota.overrides o on o.account_id = a.id and o.subject_id is null
    where $1::bigint is null and $2::text is null and a.organization = $3 and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000)
  union all
  (select o.* from webquota.overrides o
    where $1::bigint is null and $2::text is null and $3::text is null and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000))
select json_build_object('id', o.id::text, 'override', o.id::text, 'subject', s.key, 'organization', case when o.subject_id is null then a.organization end,
         'feature', o.feature, 'limit', o.limit_key, 'amount', o.amount, 'unlimited', o.kind = 'unlimited', 'multiplier', o.multiplier,
         'expires_at', webquota.z(o.expires_at), 'reason', o.reason, 'author', o.author, 'created_at', webquota.z(o.created_at))::text
  from found o
  left join webquota.subjects s on s.id = o.subject_id
  left join webquota.accounts a on a.id = o.account_id
 order by o.id desc
