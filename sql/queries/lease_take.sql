-- Takes the lease $1 for $2, or renews it, for $3 seconds; no row: it is somebody else's, or they are busy with it. The row stays
-- locked until the end of the transaction. Leases go by the true time, also where webquota's clock is set. One that is said to last
-- longer than any can comes from before the time was set back. Was it free for long, as after an outage?
with free as (
  select name, holder, until from webquota.leases
   where name = $1 and (holder = $2 or until <= clock_timestamp() or until > clock_timestamp() + make_interval(secs => $3::bigint))
     for update skip locked)
update webquota.leases l set holder = $2, until = clock_timestamp() + make_interval(secs => $3::bigint)
  from free where l.name = free.name
returning free.holder not in ('', $2) and free.until < clock_timestamp() - interval '20 seconds'
