select s.id, s.account, s.subject, a.role, webquota.us(s.created_at), webquota.us(s.last_seen_at), webquota.us(s.expires_at),
       webquota.us(webquota.clock()),
       exists (select from webquota.second_factors f where f.account = a.name and f.confirmed_at is not null)
  from webquota.sessions s join webquota.local_accounts a on a.name = s.account
 where s.hash = decode($1, 'hex') and s.ended_at is null and s.waits_for is null and a.suspended_at is null
