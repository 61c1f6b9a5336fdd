-- A key is good for 24 hours. Those asked for go when they are older.
delete from webquota.idempotency i using unnest($1::text[], $2::text[]) k(caller, key)
 where i.caller = k.caller and i.key = k.key and i.at <= (select webquota.clock()) - interval '24 hours'
