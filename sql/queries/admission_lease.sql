-- Takes the lease of admission for $1, or renews it, for three seconds; no row: it is somebody else's. Leases go by the true time,
-- also where webquota's clock is set. Was it free for long?
update webquota.leases l set holder = $1, until = clock_timestamp() + interval '3 seconds'
  from (select holder, until from webquota.leases where name = 'admission' for update) was
 where l.name = 'admission' and (was.holder = $1 or was.until <= clock_timestamp() or was.until > clock_timestamp() + interval '3 seconds')
returning was.holder not in ('', $1) and was.until < clock_timestamp() - interval '20 seconds'
