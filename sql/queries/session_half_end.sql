update webquota.sessions set ended_at = webquota.clock()
 where hash = decode($1, 'hex') and waits_for is not null and ended_at is null and expires_at > webquota.clock() returning account
