-- The turn of the first in a line ($1 account, $2 slot, $3 owner), and that of the last of a flow ($4) in it.
select (select t.turn from webquota.tickets t
         where t.state = 'waiting' and t.line_account = $1::bigint and t.line_slot = $2::bigint and t.line_owner = $3
         order by t.turn limit 1),
       (select max(t.turn) from webquota.tickets t
         where t.state = 'waiting' and t.line_account = $1::bigint and t.line_slot = $2::bigint and t.line_owner = $3
           and t.flow = $4::bigint and t.flow <> 0)
