-- Fails unless nobody has changed these since they were read ($4: versions).
select 1 / (count(*) = cardinality($1::bigint[]))::int
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[]) k(account_id, slot, owner, version)
  join webquota.shared_counters c on c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner and c.version = k.version
