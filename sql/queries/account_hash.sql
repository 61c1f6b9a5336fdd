select hash from webquota.local_accounts where name = $1
