-- No row: it would be over already.
insert into webquota.overrides (account_id, subject_id, feature, limit_key, kind, amount, multiplier, expires_at, reason, author, created_at)
select $1::bigint, $2::bigint, $3, $4, $5, $6::bigint, $7::double precision, webquota.at($8::bigint), $9, $10, t.now
  from (select webquota.clock() as now) t
 where webquota.at($8::bigint) > t.now
returning id
