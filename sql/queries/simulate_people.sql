select s.id, s.account_id, s.key, s.timezone, s.created_at, s.anchor from webquota.subjects s where s.id = any ($1::bigint[])
