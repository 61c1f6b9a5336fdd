select g.account_id, g.id, g.subject_id, g.feature, g.amount, g.priority, webquota.us(g.effective_at),
       webquota.us(g.expires_at), g.every, webquota.us(g.created_at)
  from webquota.grants g
 where g.account_id = any ($1::bigint[]) and (g.subject_id is null or g.subject_id = any ($2::bigint[]))
   and g.removed_at is null
 order by g.account_id, g.id
