-- No row: it would be over already. With the one on the same that was in force, if any.
insert into webquota.overrides (account_id, subject_id, feature, limit_key, kind, amount, multiplier, expires_at, reason, author, created_at)
select $1::bigint, $2::bigint, $3, $4, $5, $6::bigint, $7::double precision, webquota.at($8::bigint), $9, $10, t.now
  from (select webquota.clock() as now) t
 where webquota.at($8::bigint) > t.now
returning id, (select json_strip_nulls(json_build_object('override', o.id::text, 'amount', o.amount, 'multiplier', o.multiplier,
                        'unlimited', case when o.kind = 'unlimited' then true end, 'expires_at', webquota.z(o.expires_at)))::text
                 from webquota.overrides o
                where o.account_id = $1::bigint and o.subject_id is not distinct from $2::bigint and o.feature = $3
                  and o.limit_key is not distinct from $4 and o.removed_at is null and o.expires_at > webquota.clock()
                order by o.created_at desc, o.id desc limit 1)
