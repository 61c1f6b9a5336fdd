-- Takes the lease $1 for $2, or renews it, for $3 seconds; no row: it is somebody else's. The row stays locked until the end of
-- the transaction. A lease that is said to last longer than any can comes from before the clock was set back.
with free as (
  select name from webquota.leases
   where name = $1 and (holder = $2 or until <= webquota.clock() or until > webquota.clock() + make_interval(secs => $3::bigint))
     for update skip locked)
update webquota.leases l set holder = $2, until = webquota.clock() + make_interval(secs => $3::bigint)
  from free where l.name = free.name
returning l.holder
