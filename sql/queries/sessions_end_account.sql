update webquota.sessions set ended_at = webquota.clock() where account = $1 and ended_at is null returning subject
