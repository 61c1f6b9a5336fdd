-- Tickets that join, in the order in which they come. $1 holds 22 numbers for each: account, subject, id, turn, flow, feature,
-- resource, units, items, line's account, slot and owner, ahead, promised least and most (-1: none), address to return to, form
-- (0 or 1), seconds for which the place is kept, job, on whose behalf, metadata, the resource whose only place it is; feature, resource, items, owner, address, job and these
-- three say which of the texts in $3 they are. $2 holds the instant at which each joined.
insert into webquota.tickets (account_id, subject_id, joined_at, id, turn, flow, feature, resource, units, items, line_account,
                              line_slot, line_owner, ahead, promised_least_s, promised_most_s, return_to, by_form, keep_s, job,
                              on_behalf_of, metadata, one, seen_at)
select ($1::bigint[])[k + 1], ($1::bigint[])[k + 2], ($2::timestamptz[])[k / 22 + 1], ($1::bigint[])[k + 3], ($1::bigint[])[k + 4],
       ($1::bigint[])[k + 5], ($3::text[])[($1::bigint[])[k + 6]], ($3::text[])[($1::bigint[])[k + 7]], ($1::bigint[])[k + 8],
       ($3::text[])[($1::bigint[])[k + 9]]::jsonb, ($1::bigint[])[k + 10], ($1::bigint[])[k + 11],
       ($3::text[])[($1::bigint[])[k + 12]], ($1::bigint[])[k + 13], nullif(($1::bigint[])[k + 14], -1),
       nullif(($1::bigint[])[k + 15], -1), ($3::text[])[($1::bigint[])[k + 16]], ($1::bigint[])[k + 17] = 1, ($1::bigint[])[k + 18],
       ($3::text[])[($1::bigint[])[k + 19]], ($3::text[])[($1::bigint[])[k + 20]], ($3::text[])[($1::bigint[])[k + 21]]::jsonb,
       ($3::text[])[($1::bigint[])[k + 22]], ($2::timestamptz[])[k / 22 + 1]
  from generate_series(0, cardinality($1::bigint[]) - 22, 22) k
