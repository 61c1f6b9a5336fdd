-- Counters of subjects, each if nobody has changed it since it was read; otherwise this fails. $1 holds eight numbers for each:
-- account, subject, version as read, its part of $2 (the states of all) from and to, its part of $3 (the sub-windows of all)
-- from and to, and what its epoch grows by.
with written as (
  update webquota.counters c
     set state = ($2::bigint[])[($1::bigint[])[k + 4]:($1::bigint[])[k + 5]],
         rolling = case when ($1::bigint[])[k + 6] <= ($1::bigint[])[k + 7]
                   then ($3::bigint[])[($1::bigint[])[k + 6]:($1::bigint[])[k + 7]] end,
         version = c.version + 1, epoch = c.epoch + ($1::bigint[])[k + 8]
    from generate_series(0, cardinality($1::bigint[]) - 8, 8) k
   where c.account_id = ($1::bigint[])[k + 1] and c.subject_id = ($1::bigint[])[k + 2] and c.version = ($1::bigint[])[k + 3]
  returning 1)
select 1 / (count(*) * 8 = cardinality($1::bigint[]))::int from written
