-- $4: with those that were removed.
select json_build_object('id', o.id::text, 'override', o.id::text, 'subject', s.key, 'organization', case when o.subject_id is null then a.organization end,
         'feature', o.feature, 'limit', o.limit_key, 'amount', o.amount, 'unlimited', o.kind = 'unlimited', 'multiplier', o.multiplier,
         'expires_at', webquota.z(o.expires_at), 'reason', o.reason, 'author', o.author, 'created_at', webquota.z(o.created_at))::text
  from webquota.overrides o
  left join webquota.subjects s on s.id = o.subject_id
  left join webquota.accounts a on a.id = o.account_id
 where (o.removed_at is null or $4::boolean) and ($1::bigint is null or o.id = $1::bigint)
   and ($2::text is null or s.key = $2) and ($3::text is null or (o.subject_id is null and a.organization = $3))
 order by o.created_at desc, o.id desc limit 1000
