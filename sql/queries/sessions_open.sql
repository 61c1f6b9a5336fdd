-- The newest $4 open sessions of the account $1, of all who are metered as the subject $2, or the one with the number $3; the others are null.
-- Each of the branches is a range of an index.
with found as (
  (select * from webquota.sessions where $3::bigint is not null and id = $3::bigint)
  union all
  (select * from webquota.sessions where $3::bigint is null and account = $1::text and ended_at is null)
  union all
  (select * from webquota.sessions where $3::bigint is null and $1::text is null and subject = $2::text and ended_at is null))
select json_build_object('session', s.id::text, 'account', s.account, 'subject', s.subject, 'address', s.address,
         'created_at', webquota.z(s.created_at), 'last_seen_at', webquota.z(s.last_seen_at))::text
  from found s, (select webquota.clock() as now) t
 where s.ended_at is null and s.waits_for is null and s.expires_at > t.now and s.last_seen_at > t.now - interval '30 minutes'
 order by s.created_at desc, s.id desc limit $4::bigint
