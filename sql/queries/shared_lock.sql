select c.account_id, c.slot, c.owner, c.version, c.state, c.rolling
  from unnest($1::bigint[], $2::bigint[], $3::text[]) k(account_id, slot, owner)
  join webquota.shared_counters c on c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner
 order by c.account_id, c.slot, c.owner
   for update of c
