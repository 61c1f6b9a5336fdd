-- The open sessions of account $1, the newest first, and which of them has the hash $2.
select json_build_object('session', s.id::text, 'address', s.address, 'created_at', webquota.z(s.created_at),
         'last_seen_at', webquota.z(s.last_seen_at), 'current', s.hash = decode($2, 'hex'))::text
  from webquota.sessions s, (select webquota.clock() as now) t
 where s.account = $1 and s.ended_at is null and s.waits_for is null and s.expires_at > t.now and s.last_seen_at > t.now - interval '30 minutes'
 order by s.created_at desc, s.id desc limit 100
