-- Locks shared counters, in the order in which the statements that write them do: that of the bytes, whatever the collation.
select c.account_id, c.slot, c.owner, c.version, c.state, c.rolling
  from unnest($1::bigint[], $2::bigint[], $3::text[]) k(account_id, slot, owner)
  join webquota.shared_counters c on c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner
 order by c.account_id, c.slot, c.owner collate "C"
   for update of c
