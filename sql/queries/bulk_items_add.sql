-- Whom the bulk $1 is about, in this order.
insert into webquota.bulk_items (bulk_id, number, subject)
select $1::bigint, k.number, k.subject from unnest($2::text[]) with ordinality k(subject, number)
