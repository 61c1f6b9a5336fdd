update webquota.sessions set ended_at = webquota.clock() where subject = $1 and ended_at is null returning id
