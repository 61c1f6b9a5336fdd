-- Fails unless nobody has changed these since they were read ($3: versions).
select 1 / (count(*) = cardinality($1::bigint[]))::int
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) k(account_id, subject_id, version)
  join webquota.counters c on c.account_id = k.account_id and c.subject_id = k.subject_id and c.version = k.version
