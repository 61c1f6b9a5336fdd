-- Under the locks: is the policy the one that was decided by ($1), and the time the one it was decided at (between $2 and
-- $3)? Otherwise this fails. Also when something that expired is still held, and that matters ($4).
select webquota.us(t.now), t.due
  from (select c.now, exists (select from webquota.reservations
                               where state = 'held' and expires_at <= c.now and put_off_until <= c.now) as due
          from (select webquota.clock() as now) c) t
 where 1 / ((select version from webquota.policies where active) = $1::int
            and webquota.us(t.now) between $2::bigint and $3::bigint and not ($4::boolean and t.due))::int = 1
