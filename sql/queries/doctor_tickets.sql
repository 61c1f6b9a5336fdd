-- Tickets against what counters say of their lines, and against the reservations that hold units for those let in: how many wait and
-- how many were let in, lines that are longer or shorter than their counters say, and tickets that hold nothing, or reservations
-- that were made for a ticket that is not let in.
with told as (
  select account_id, slot, owner, sum(n) as n
    from (select c.account_id, c.state[1] as slot, c.owner, c.state[6] / 256 as n
            from webquota.shared_counters c where cardinality(c.state) = 6
          union all
          select c.account_id, c.state[i], '#' || c.subject_id, c.state[i + 5] / 256
            from webquota.counters c cross join lateral generate_series(1, cardinality(c.state), 6) i) x
   where n > 0 group by 1, 2, 3),
waits as (
  select line_account as account_id, line_slot as slot, line_owner as owner, count(*) as n
    from webquota.tickets where state = 'waiting' group by 1, 2, 3)
select (select coalesce(sum(n), 0)::bigint from waits),
       (select count(*) from webquota.tickets where state = 'admitted'),
       (select count(*) from told full join waits using (account_id, slot, owner) where coalesce(told.n, 0) <> coalesce(waits.n, 0)),
       (select count(*) from webquota.tickets t
          left join webquota.reservations r on r.account_id = t.held_account and r.subject_id = t.subject_id and r.at = t.held_at
                                           and r.id = t.held_id
         where t.state = 'admitted' and r.state is distinct from 'held')
