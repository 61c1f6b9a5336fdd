-- How the person $2 stands to what the bulk $1 has made of them, and what that was.
select state, made::text from webquota.bulk_undoable where bulk_id = $1::bigint and number = $2::integer
