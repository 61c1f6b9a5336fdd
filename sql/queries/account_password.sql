update webquota.local_accounts set hash = $2, changed_at = webquota.clock() where name = $1 returning subject
