update webquota.local_accounts set role = $2 where name = $1 returning subject
