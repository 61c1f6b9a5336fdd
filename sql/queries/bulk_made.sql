-- What the bulk $1 has made of the person $2.
update webquota.bulk_items set made = $3::jsonb where bulk_id = $1::bigint and number = $2::integer
