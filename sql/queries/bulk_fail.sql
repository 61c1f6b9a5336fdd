-- The person $2 of the bulk $1, who is in the state $4, cannot be changed, because of $3.
update webquota.bulk_items set state = 'failed', why = $3, at = webquota.clock()
 where bulk_id = $1::bigint and number = $2::integer and state = $4
