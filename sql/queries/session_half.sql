-- A sign-in that is under way: of the token's hash.
select s.account, s.waits_for
  from webquota.sessions s join webquota.local_accounts a on a.name = s.account
 where s.hash = decode($1, 'hex') and s.waits_for is not null and s.ended_at is null and s.expires_at > webquota.clock()
   and a.suspended_at is null
