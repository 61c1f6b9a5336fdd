-- How many of the flow $4 wait in a line ($1 account, $2 slot, $3 owner), counted up to $5.
select count(*)
  from (select from webquota.tickets t
         where t.state = 'waiting' and t.line_account = $1::bigint and t.line_slot = $2::bigint and t.line_owner = $3
           and t.flow = $4::bigint
         limit $5::bigint) f
