select s.id, s.account_id from webquota.subjects s where s.id = any ($1::bigint[])
