select o.account_id, o.id, o.subject_id, o.feature, o.limit_key, o.kind, o.amount, o.multiplier,
       webquota.us(o.expires_at), webquota.us(o.created_at)
  from webquota.overrides o
 where o.account_id = any ($1::bigint[]) and (o.subject_id is null or o.subject_id = any ($2::bigint[]))
   and o.removed_at is null
 order by o.account_id, o.id
