-- Shared counters, each if nobody has changed it since it was read; otherwise this fails. $1 holds eight numbers for each:
-- account, slot, owner (which of the texts in $4), version as read, its part of $2 (the states of all) from and to, and its
-- part of $3 (the sub-windows of all) from and to.
with written as (
  update webquota.shared_counters c
     set state = ($2::bigint[])[($1::bigint[])[k + 5]:($1::bigint[])[k + 6]],
         rolling = case when ($1::bigint[])[k + 7] <= ($1::bigint[])[k + 8]
                   then ($3::bigint[])[($1::bigint[])[k + 7]:($1::bigint[])[k + 8]] end,
         version = c.version + 1
    from generate_series(0, cardinality($1::bigint[]) - 8, 8) k
   where c.account_id = ($1::bigint[])[k + 1] and c.slot = ($1::bigint[])[k + 2]
     and c.owner = ($4::text[])[($1::bigint[])[k + 3]] and c.version = ($1::bigint[])[k + 4]
  returning 1)
select 1 / (count(*) * 8 = cardinality($1::bigint[]))::int from written
