-- Whoever decides first; not about their own.
update webquota.approvals set state = $2, answer = $3, decided_by = $4, decided_at = webquota.clock()
 where id = $1::bigint and state = 'waiting' and asked_by <> $4 returning id
