-- The bulk $1 is done where nobody is left.
update webquota.bulks set state = 'done', ended_at = webquota.clock()
 where id = $1::bigint and state = 'running'
   and not exists (select from webquota.bulk_items where bulk_id = $1::bigint and state = 'waiting')
