-- At most $1 lines in which somebody waits, in their order, behind the line $2 (account), $3 (slot), $4 (owner), up to the line $5, $6, $7,
-- which is the last of them; $5 null: to the end. They are found one by one in the index.
with recursive lines as (
  (select t.line_account, t.line_slot, t.line_owner, 1 as number from webquota.tickets t
    where t.state = 'waiting' and (t.line_account, t.line_slot, t.line_owner) > ($2::bigint, $3::bigint, $4::text)
    order by t.line_account, t.line_slot, t.line_owner limit 1)
  union all
  select n.line_account, n.line_slot, n.line_owner, l.number + 1
    from lines l cross join lateral (
      select t.line_account, t.line_slot, t.line_owner from webquota.tickets t
       where t.state = 'waiting' and (t.line_account, t.line_slot, t.line_owner) > (l.line_account, l.line_slot, l.line_owner)
       order by t.line_account, t.line_slot, t.line_owner limit 1) n
   where l.number < $1::bigint)
select l.line_account, l.line_slot, l.line_owner from lines l
 where $5::bigint is null or (l.line_account, l.line_slot, l.line_owner) <= ($5::bigint, $6::bigint, $7::text)
 order by l.number
