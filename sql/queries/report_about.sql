-- What reports are of: today in the zone of the days ($1 where nothing was counted so far), the time, up to when everything is counted, by
-- how many seconds a replica is behind (null: this is none; where it is cut off, by as many as passed since what it has last), and when the first was recorded that is not counted yet.
select (t.now at time zone z.zone)::date - date '1970-01-01', z.zone, webquota.us(t.now),
       case when isfinite(least(u.rolled_at, k.rolled_at)) then webquota.us(least(u.rolled_at, k.rolled_at)) end,
       case when not pg_is_in_recovery() then null
            when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() and exists (select from pg_stat_wal_receiver) then 0
            else ceil(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())) end::bigint,
       (select webquota.us(d.at) from webquota.decisions d where d.xact >= least(u.upto, k.upto) order by d.xact limit 1)
  from webquota.usage_rollup u cross join webquota.standing_rollup k cross join (select webquota.clock() as now offset 0) t
 cross join lateral (select coalesce(u.zone, $1::text) as zone) z
