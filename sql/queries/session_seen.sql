update webquota.sessions set last_seen_at = greatest(last_seen_at, webquota.clock()) where id = $1::bigint and ended_at is null
