select json_build_object('account', a.name, 'role', a.role, 'subject', a.subject, 'created_at', webquota.z(a.created_at),
         'changed_at', webquota.z(a.changed_at),
         'signed_in_at', webquota.z(a.signed_in_at), 'suspended', a.suspended_at is not null,
         'second_factor', exists (select from webquota.second_factors f where f.account = a.name and f.confirmed_at is not null),
         'sessions', (select count(*) from webquota.sessions s, (select webquota.clock() as now) t
                       where s.account = a.name and s.ended_at is null and s.waits_for is null and s.expires_at > t.now
                         and s.last_seen_at > t.now - interval '30 minutes'))::text
  from webquota.local_accounts a where $1::text is null or a.name = $1 order by a.name limit 1000
