-- $2: suspended, or no longer. No row: there is no such account, or it is so already.
update webquota.local_accounts set suspended_at = case when $2::boolean then webquota.clock() end
 where name = $1 and (suspended_at is not null) <> $2::boolean returning subject
