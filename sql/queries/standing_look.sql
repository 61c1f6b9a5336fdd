-- The same as rollup_look.sql, about how far people are.
select (select d.xact from webquota.decisions d where d.xact >= u.upto order by d.xact limit 1) is not null
    or exists (select from webquota.decisions d where d.xact = any (u.open)),
       l.holder <> $1 and l.until > clock_timestamp() and l.until <= clock_timestamp() + make_interval(secs => $2::bigint),
       u.zone, (select version from webquota.policies where active),
       u.server <> (select system_identifier from pg_control_system()),
       (select coalesce(sum(pg_stat_get_tuples_inserted(i.inhrelid)), 0)::bigint from pg_inherits i where i.inhparent = 'webquota.decisions'::regclass)
  from webquota.standing_rollup u join webquota.leases l on l.name = 'standing'
