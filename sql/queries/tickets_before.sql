-- How many of a line ($1 account, $2 slot, $3 owner) come before one that joins now with this turn ($4).
select count(*) from webquota.tickets t
 where t.state = 'waiting' and t.line_account = $1::bigint and t.line_slot = $2::bigint and t.line_owner = $3
   and t.turn <= $4::bigint
