-- $1 holds 19 numbers for each, of which those that stand for a text say which of the texts in $3 (0: none); $2 two instants
-- for each; $4 the traces of all, one after the other.
insert into webquota.decisions (account_id, subject_id, at, id, kind, outcome, reason, policy_version, plan, organization,
                                feature, resource, units, items, trace, on_behalf_of, metadata, about_at, about_id, actor)
select ($1::bigint[])[k + 1], ($1::bigint[])[k + 2], ($2::timestamptz[])[k / 19 * 2 + 1], ($1::bigint[])[k + 3],
       ($3::text[])[($1::bigint[])[k + 4]], ($3::text[])[($1::bigint[])[k + 5]], ($1::bigint[])[k + 6], ($1::bigint[])[k + 7],
       ($3::text[])[($1::bigint[])[k + 8]], ($3::text[])[($1::bigint[])[k + 9]], ($3::text[])[($1::bigint[])[k + 10]],
       ($3::text[])[($1::bigint[])[k + 11]], ($1::bigint[])[k + 12], ($3::text[])[($1::bigint[])[k + 13]]::jsonb,
       ($4::bigint[])[($1::bigint[])[k + 14]:($1::bigint[])[k + 15]], ($3::text[])[($1::bigint[])[k + 16]],
       ($3::text[])[($1::bigint[])[k + 17]]::jsonb, nullif(($2::timestamptz[])[k / 19 * 2 + 2], '-infinity'),
       ($1::bigint[])[k + 18], ($3::text[])[($1::bigint[])[k + 19]]
  from generate_series(0, cardinality($1::bigint[]) - 19, 19) k
