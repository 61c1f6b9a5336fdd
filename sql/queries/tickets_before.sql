-- Of a line ($1 account, $2 slot, $3 owner), for one that joins now with the turn $4: how many come before it, and how many behind it,
-- each counted up to $5, from its first and from its last; and the turn of the last.
with line as not materialized (
  select t.turn, t.place from webquota.tickets t
   where t.state = 'waiting' and t.line_account = $1::bigint and t.line_slot = $2::bigint and t.line_owner = $3)
select (select count(*) from (select from line where turn <= $4::bigint order by turn, place limit $5::bigint) b),
       (select count(*) from (select from line where turn > $4::bigint order by turn desc, place desc limit $5::bigint) a),
       (select max(turn) from line)
