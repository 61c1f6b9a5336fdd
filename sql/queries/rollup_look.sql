-- Is there anything to roll up; has somebody else than $1 the lease, which lasts $2 seconds; the zone of the days that there are;
-- the policy in force; and has the database come to another server.
select (select d.xact from webquota.decisions d where d.xact >= u.upto order by d.xact limit 1) is not null
    or exists (select from webquota.decisions d where d.xact = any (u.open)),
       l.holder <> $1 and l.until > clock_timestamp() and l.until <= clock_timestamp() + make_interval(secs => $2::bigint),
       u.zone, (select version from webquota.policies where active),
       u.server <> (select system_identifier from pg_control_system())
  from webquota.usage_rollup u join webquota.leases l on l.name = 'usage'
