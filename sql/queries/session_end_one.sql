update webquota.sessions set ended_at = webquota.clock() where id = $1::bigint and ended_at is null returning account, subject
