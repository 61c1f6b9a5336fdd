-- The person $2 of the bulk $1 is changed by this transaction, and by no other; no row: they are already, or it was stopped.
with b as (select id from webquota.bulks where id = $1::bigint and state = 'running' for share)
update webquota.bulk_items i set state = 'done', at = webquota.clock()
  from b where i.bulk_id = b.id and i.number = $2::integer and i.state = 'waiting'
returning i.number
