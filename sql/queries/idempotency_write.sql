-- A key is good for 24 hours; an older one is taken over. $1 holds six numbers for each, of which the first three say which of
-- the texts in $3 are caller, key and fingerprint; $2 an instant for each.
insert into webquota.idempotency (caller, key, fingerprint, account_id, subject_id, at, id)
select ($3::text[])[($1::bigint[])[k + 1]], ($3::text[])[($1::bigint[])[k + 2]], ($3::text[])[($1::bigint[])[k + 3]],
       ($1::bigint[])[k + 4], ($1::bigint[])[k + 5], ($2::timestamptz[])[k / 6 + 1], ($1::bigint[])[k + 6]
  from generate_series(0, cardinality($1::bigint[]) - 6, 6) k
