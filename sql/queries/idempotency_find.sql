select i.caller, i.key, i.fingerprint, i.account_id, i.subject_id, webquota.us(i.at), i.id
  from unnest($1::text[], $2::text[]) k(caller, key)
  join webquota.idempotency i on i.caller = k.caller and i.key = k.key
