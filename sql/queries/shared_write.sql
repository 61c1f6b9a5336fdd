update webquota.shared_counters c
   set state = k.state::bigint[], rolling = k.rolling::bigint[], version = c.version + 1
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) k(account_id, slot, owner, state, rolling)
 where c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner
