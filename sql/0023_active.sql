-- Its lease has another name from here on: a process that is older than this would add to the sums without adding to those below. It looks
-- for the lease that it knows until it is restarted, finds none, and leaves it. First of all, as whoever has the lease now ends their turn
-- before, and nobody begins one until this is over.
update webquota.leases set name = 'history' where name = 'usage';

-- How many were active on each day, and how many of them a limit stopped: what the trend of their share is read from.
create table webquota.usage_active (
  day     date primary key,
  active  bigint not null check (active >= 0),
  stopped bigint not null check (stopped >= 0)
) with (fillfactor = 50);
comment on table webquota.usage_active is 'how many subjects asked for something on that day, and how many of them a limit stopped on it: each once';

-- Of what is counted already.
insert into webquota.usage_active (day, active, stopped)
select a.day, a.active, coalesce(s.stopped, 0)
  from (select day, count(*) as active
          from (select distinct account_id, subject_id, day from webquota.usage_daily where allowed + refused > 0) x
         group by day) a
  left join (select day, count(*) as stopped
               from (select distinct d.account_id, d.subject_id, (d.at at time zone u.zone)::date as day
                       from webquota.decisions d cross join webquota.usage_rollup u
                      where d.kind in ('consume', 'hold') and d.outcome in ('denied', 'queued')
                        and d.xact < u.upto and d.xact <> all (u.open)) x
              group by day) s on s.day = a.day;

-- How far people are is counted by a mark of its own, beside history.
create table webquota.standing_rollup (
  one       boolean primary key default true check (one),
  server    bigint not null,
  base      bigint not null,
  upto      bigint not null,
  open      bigint[] not null,
  zone      text,
  rolled_at timestamptz not null
);
comment on table webquota.standing_rollup is 'how far usage_standing, usage_spread, usage_reaching and usage_reached go: as usage_rollup';
insert into webquota.standing_rollup select one, server, base, upto, open, zone, rolled_at from webquota.usage_rollup;
insert into webquota.leases (name) values ('standing');

create or replace function webquota.usage_start_over() returns void
  language plpgsql security definer set search_path = webquota, pg_catalog, pg_temp as $$
declare
  here bigint := (select system_identifier from pg_control_system());
  first bigint;
begin
  if not exists (select from webquota.usage_rollup where server <> here) and not exists (select from webquota.standing_rollup where server <> here) then
    return;
  end if;
  lock table webquota.decisions in access exclusive mode;
  select coalesce(max(xact), 0) + 1 into first from webquota.decisions;
  execute format('alter table webquota.decisions alter column xact set default %s + pg_current_xact_id()::text::bigint', first);
  delete from webquota.usage_daily;
  delete from webquota.usage_by_plan;
  delete from webquota.usage_owners;
  delete from webquota.usage_last;
  delete from webquota.usage_active;
  delete from webquota.usage_standing;
  delete from webquota.usage_spread;
  delete from webquota.usage_reaching;
  delete from webquota.usage_reached;
  update webquota.usage_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
  update webquota.standing_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
end $$;
