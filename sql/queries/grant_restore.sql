-- What was taken away is there again, as it was; nothing comes back that would be over by now.
update webquota.grants set removed_at = null
 where id = $1::bigint and removed_at is not null and expires_at > webquota.clock()
returning account_id, subject_id
