-- $1 holds six numbers for each, of which the fourth says which of the texts in $3 is the feature; $2 two instants for each.
insert into webquota.reservations (account_id, subject_id, at, id, feature, units, expires_at, own)
select ($1::bigint[])[k + 1], ($1::bigint[])[k + 2], ($2::timestamptz[])[k / 6 * 2 + 1], ($1::bigint[])[k + 3],
       ($3::text[])[($1::bigint[])[k + 4]], ($1::bigint[])[k + 5], ($2::timestamptz[])[k / 6 * 2 + 2],
       ($1::bigint[])[k + 6] = 1
  from generate_series(0, cardinality($1::bigint[]) - 6, 6) k
