-- No row: it would be over already.
insert into webquota.grants (account_id, subject_id, feature, amount, priority, effective_at, expires_at, every, reason, author, created_at)
select $1::bigint, $2::bigint, $3, $4::bigint, $5::integer,
       case when $6::bigint = -9223372036854775808 then t.now else webquota.at($6::bigint) end,
       webquota.at($7::bigint), $8, $9, $10, t.now
  from (select webquota.clock() as now) t
 where webquota.at($7::bigint) > t.now
returning id
