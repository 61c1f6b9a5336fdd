-- The newest 1000 below the number $5 (null: from the newest on): of the subject $2, or of the organization $3 and of none of its
-- members, or all; or the one with the number $1. $4: with those that were removed. Each of the branches is a range of an index.
-- With the counter of the grant: window start, used and held, for what remains of it.
with found as (
  (select o.* from webquota.grants o where $1::bigint is not null and o.id = $1::bigint and ($4::boolean or o.removed_at is null))
  union all
  (select o.* from webquota.subjects s join webquota.grants o on o.account_id = s.account_id and o.subject_id = s.id
    where $1::bigint is null and s.key = $2 and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000)
  union all
  (select o.* from webquota.accounts a join webquota.grants o on o.account_id = a.id and o.subject_id is null
    where $1::bigint is null and $2::text is null and a.organization = $3 and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000)
  union all
  (select o.* from webquota.grants o
    where $1::bigint is null and $2::text is null and $3::text is null and ($4::boolean or o.removed_at is null) and ($5::bigint is null or o.id < $5::bigint)
    order by o.id desc limit 1000))
select json_build_object('id', g.id::text, 'grant', g.id::text, 'subject', s.key, 'organization', case when g.subject_id is null then a.organization end,
         'feature', g.feature, 'amount', g.amount, 'remaining', g.amount, 'priority', g.priority,
         'effective_at', webquota.z(g.effective_at), 'expires_at', webquota.z(g.expires_at), 'every', g.every,
         'reason', g.reason, 'author', g.author, 'created_at', webquota.z(g.created_at))::text, c.state, g.amount, webquota.us(g.effective_at), webquota.us(g.expires_at), g.every,
       -g.id, webquota.us(webquota.clock())
  from found g
  left join webquota.subjects s on s.id = g.subject_id
  left join webquota.accounts a on a.id = g.account_id
  left join lateral (
    select state from webquota.counters where account_id = g.account_id and subject_id = g.subject_id
    union all
    select state from webquota.shared_counters where g.subject_id is null and account_id = g.account_id and slot = -g.id) c on true
 order by g.id desc
