-- What the ticket of this key ($1 to $4), written before in the same transaction, has to be delivered.
insert into webquota.deliveries (account_id, subject_id, joined_at, id, message, origin, url, payload)
values ($1::bigint, $2::bigint, webquota.at($3::bigint), $4::bigint, $5, $6, $7, $8)
