-- Stops the bulk $1, for $2: who is not changed yet stays as they are. It waits for the one who is being changed.
update webquota.bulks set state = 'stopped', ended_at = webquota.clock(), stopped_by = $2
 where id = $1::bigint and state = 'running' returning people
