select (jsonb_build_object('approval', p.id::text, 'what', p.what, 'subject', p.subject, 'organization', p.organization, 'feature', null,
         'limit', null, 'amount', null, 'unlimited', false, 'multiplier', null, 'priority', null, 'effective_at', null, 'every', null)
       || p.change
       || jsonb_build_object('expires_at', webquota.z(p.expires_at), 'reason', p.reason, 'asked_by', p.asked_by, 'asked_at', webquota.z(p.asked_at),
         'state', p.state, 'answer', p.answer, 'decided_by', p.decided_by, 'decided_at', webquota.z(p.decided_at), 'made', p.made::text))::text
  from webquota.approvals p
 where ($1::bigint is null or p.id = $1::bigint) and ($2::text is null or p.state = $2) and ($3::bigint is null or p.id < $3::bigint)
 order by p.id desc limit 100
