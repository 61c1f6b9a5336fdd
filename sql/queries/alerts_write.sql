-- $1 holds nine numbers for each, of which those that stand for a text say which of the texts in $3; $2 two instants for each.
insert into webquota.alerts (account_id, subject_id, slot, owner, window_start, threshold, feature, limit_key, used, amount, at)
select ($1::bigint[])[k + 1], ($1::bigint[])[k + 2], ($1::bigint[])[k + 3], ($3::text[])[($1::bigint[])[k + 4]],
       ($2::timestamptz[])[k / 9 * 2 + 1], ($1::bigint[])[k + 5], ($3::text[])[($1::bigint[])[k + 6]],
       ($3::text[])[($1::bigint[])[k + 7]], ($1::bigint[])[k + 8], ($1::bigint[])[k + 9], ($2::timestamptz[])[k / 9 * 2 + 2]
  from generate_series(0, cardinality($1::bigint[]) - 9, 9) k
on conflict do nothing
