-- Fails unless nobody has changed these since they were read. $1 holds four numbers for each: account, slot, owner (which of
-- the texts in $2), version.
select 1 / (count(*) * 4 = cardinality($1::bigint[]))::int
  from generate_series(0, cardinality($1::bigint[]) - 4, 4) k
  join webquota.shared_counters c on c.account_id = ($1::bigint[])[k + 1] and c.slot = ($1::bigint[])[k + 2]
                                 and c.owner = ($2::text[])[($1::bigint[])[k + 3]] and c.version = ($1::bigint[])[k + 4]
