select key, account_id, id from webquota.subjects where key = any ($1::text[])
