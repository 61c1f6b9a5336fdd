-- Is there anything to roll up; has somebody else than $1 the lease, which lasts $2 seconds; the zone of the days that there are;
-- the policy in force; has the database come to another server; and how much was recorded so far, by everybody: of any use only
-- beside what it was a moment ago.
select (select d.xact from webquota.decisions d where d.xact >= u.upto order by d.xact limit 1) is not null
    or exists (select from webquota.decisions d where d.xact = any (u.open)),
       l.holder <> $1 and l.until > clock_timestamp() and l.until <= clock_timestamp() + make_interval(secs => $2::bigint),
       u.zone, (select version from webquota.policies where active),
       u.server <> (select system_identifier from pg_control_system()),
       (select coalesce(sum(pg_stat_get_tuples_inserted(i.inhrelid)), 0)::bigint from pg_inherits i where i.inhparent = 'webquota.decisions'::regclass)
  from webquota.usage_rollup u join webquota.leases l on l.name = 'history'
