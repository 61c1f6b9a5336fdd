-- Adds to shared counters what was decided by memory that may be old, where it still fits: the window is the same, and the sum
-- stays under its cap. $1 holds seven numbers for each: account, slot, owner (which of the texts in $2), window, used and held
-- to add, cap. Returns what the rows are now; a row that is missing did not fit.
update webquota.shared_counters c
   set state[3] = c.state[3] + ($1::bigint[])[k + 5], state[4] = c.state[4] + ($1::bigint[])[k + 6], version = c.version + 1
  from generate_series(0, cardinality($1::bigint[]) - 7, 7) k
 where c.account_id = ($1::bigint[])[k + 1] and c.slot = ($1::bigint[])[k + 2]
   and c.owner = ($2::text[])[($1::bigint[])[k + 3]] and c.rolling is null and c.state[2] = ($1::bigint[])[k + 4]
   and c.state[3] + c.state[4] + ($1::bigint[])[k + 5] + ($1::bigint[])[k + 6] <= ($1::bigint[])[k + 7]
returning c.account_id, c.slot, c.owner, c.version, c.state, c.rolling
