update webquota.local_accounts set role = $2 where name = $1
returning subject, (select a.role from webquota.local_accounts a where a.name = $1)
