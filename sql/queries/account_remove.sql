delete from webquota.local_accounts where name = $1 returning subject, role
