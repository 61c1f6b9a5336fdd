-- Adds to shared counters what was decided by memory that may be old, where it still fits: the window ($4) is the same, and
-- the sum stays under its cap ($7). Returns what the rows are now; a row that is missing did not fit.
update webquota.shared_counters c
   set state[3] = c.state[3] + k.used, state[4] = c.state[4] + k.held, version = c.version + 1
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
    k(account_id, slot, owner, window_start, used, held, cap)
 where c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner and c.rolling is null
   and c.state[2] = k.window_start and c.state[3] + c.state[4] + k.used + k.held <= k.cap
returning c.account_id, c.slot, c.owner, c.version, c.state, c.rolling
