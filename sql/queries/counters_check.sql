-- Fails unless nobody has changed these since they were read. $1 holds three numbers for each: account, subject, version.
select 1 / (count(*) * 3 = cardinality($1::bigint[]))::int
  from generate_series(0, cardinality($1::bigint[]) - 3, 3) k
  join webquota.counters c on c.account_id = ($1::bigint[])[k + 1] and c.subject_id = ($1::bigint[])[k + 2]
                          and c.version = ($1::bigint[])[k + 3]
