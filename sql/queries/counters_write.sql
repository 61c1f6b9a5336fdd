-- Counters of subjects, each if nobody has changed it since it was read ($3: versions); otherwise this fails. $4 and $5
-- are the states and sub-windows of all, one after the other; $6 to $9 say which part is whose.
with written as (
  update webquota.counters c
     set state = ($4::bigint[])[k.state_from:k.state_to],
         rolling = case when k.rolling_from <= k.rolling_to then ($5::bigint[])[k.rolling_from:k.rolling_to] end,
         version = c.version + 1, epoch = c.epoch + k.epochs
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
      k(account_id, subject_id, version, state_from, state_to, rolling_from, rolling_to, epochs)
   where c.account_id = k.account_id and c.subject_id = k.subject_id and c.version = k.version
  returning 1)
select 1 / (count(*) = cardinality($1::bigint[]))::int from written
