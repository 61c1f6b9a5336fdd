update webquota.sessions set ended_at = webquota.clock() where hash = decode($1, 'hex') and ended_at is null
