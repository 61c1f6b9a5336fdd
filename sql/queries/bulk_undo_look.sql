-- Of those whom the bulk $1 has changed, how many stand how to it (bulk_undoable).
select state, count(*) from webquota.bulk_undoable where bulk_id = $1::bigint group by state order by state
