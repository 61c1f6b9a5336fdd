-- What an approval gave is its override, also where that was taken away since.
select json_build_object('request', r.id::text, 'subject', r.subject, 'feature', r.feature, 'kind', r.kind, 'plan', r.plan,
         'limit', r.limit_key, 'amount', r.amount, 'reason', r.reason, 'state', r.state, 'answer', r.answer,
         'decided_by', r.decided_by, 'decided_at', webquota.z(r.decided_at), 'override', r.override::text,
         'given', case when o.id is not null then json_build_object('amount', o.amount, 'unlimited', o.kind = 'unlimited', 'multiplier', o.multiplier,
                       'expires_at', webquota.z(o.expires_at), 'removed_at', webquota.z(o.removed_at)) end,
         'created_at', webquota.z(r.created_at))::text
  from webquota.requests r
  left join webquota.overrides o on o.id = r.override
 where ($1::bigint is null or r.id = $1::bigint) and ($2::text is null or r.subject = $2)
   and ($3::text is null or r.state = $3) and ($4::bigint is null or r.id < $4::bigint)
 order by r.id desc limit 100
