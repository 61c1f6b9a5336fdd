-- $4: with those that were removed.
-- With the counter of the grant: window start, used and held, for what remains of it.
select json_build_object('id', g.id::text, 'grant', g.id::text, 'subject', s.key, 'organization', case when g.subject_id is null then a.organization end,
         'feature', g.feature, 'amount', g.amount, 'remaining', g.amount, 'priority', g.priority,
         'effective_at', webquota.z(g.effective_at), 'expires_at', webquota.z(g.expires_at), 'every', g.every,
         'reason', g.reason, 'author', g.author, 'created_at', webquota.z(g.created_at))::text, c.state, g.amount, webquota.us(g.effective_at), webquota.us(g.expires_at), g.every,
       -g.id, webquota.us(webquota.clock())
  from webquota.grants g
  left join webquota.subjects s on s.id = g.subject_id
  left join webquota.accounts a on a.id = g.account_id
  left join lateral (
    select state from webquota.counters where account_id = g.account_id and subject_id = g.subject_id
    union all
    select state from webquota.shared_counters where g.subject_id is null and account_id = g.account_id and slot = -g.id) c on true
 where (g.removed_at is null or $4::boolean) and ($1::bigint is null or g.id = $1::bigint)
   and ($2::text is null or s.key = $2) and ($3::text is null or (g.subject_id is null and a.organization = $3))
 order by g.created_at desc, g.id desc limit 1000
