-- Shared counters, each if nobody has changed it since it was read ($4: versions); otherwise this fails. $5 and $6 are the
-- states and sub-windows of all, one after the other; $7 to $10 say which part is whose.
with written as (
  update webquota.shared_counters c
     set state = ($5::bigint[])[k.state_from:k.state_to],
         rolling = case when k.rolling_from <= k.rolling_to then ($6::bigint[])[k.rolling_from:k.rolling_to] end,
         version = c.version + 1
    from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
      k(account_id, slot, owner, version, state_from, state_to, rolling_from, rolling_to)
   where c.account_id = k.account_id and c.slot = k.slot and c.owner = k.owner and c.version = k.version
  returning 1)
select 1 / (count(*) = cardinality($1::bigint[]))::int from written
