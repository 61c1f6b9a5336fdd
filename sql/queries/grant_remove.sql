update webquota.grants set removed_at = webquota.clock() where id = $1::bigint and removed_at is null
returning account_id, subject_id
