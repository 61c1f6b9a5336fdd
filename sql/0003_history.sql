-- What was used on each day, rolled up from the journal: exactly, whatever commits late, and however often it is broken off.

-- Every record carries the number of the transaction that wrote it, which stays with it when the row is changed later. Numbers
-- are unlike times: which transactions are over, and which are not, is known for certain. One more is added to each number
-- when the database has come to another server, whose transactions are counted anew: see usage_start_over.
alter table webquota.decisions add column xact bigint not null default 0;
alter table webquota.decisions alter column xact set default pg_current_xact_id()::text::bigint;
comment on column webquota.decisions.xact is 'number of the transaction that wrote the record; 0: older than these numbers';
create index decisions_xact on webquota.decisions (xact);

create table webquota.usage_daily (
  account_id   bigint not null,
  subject_id   bigint not null,
  day          date not null,
  feature      text not null,
  on_behalf_of text not null,
  allowed      bigint not null check (allowed >= 0),
  refused      bigint not null check (refused >= 0),
  units        numeric not null,
  primary key (account_id, subject_id, day, feature, on_behalf_of)
) with (fillfactor = 80);
comment on table webquota.usage_daily is 'sums of decisions, of all that usage_rollup says is counted';
comment on column webquota.usage_daily.day is 'in the policy''s zone (usage_rollup.zone); what is committed or given back later belongs to the day of its request';
comment on column webquota.usage_daily.on_behalf_of is 'empty: for nobody named';
comment on column webquota.usage_daily.allowed is 'requests; each item of one that has several is one';
comment on column webquota.usage_daily.units is 'charged, without what was given back';

create table webquota.usage_rollup (
  one       boolean primary key default true check (one),
  server    bigint not null,
  base      bigint not null default 0,
  upto      bigint not null default 0,
  open      bigint[] not null default '{}',
  zone      text,
  rolled_at timestamptz not null default '-infinity'
);
comment on table webquota.usage_rollup is 'how far usage_daily goes: one row, changed in the transaction that adds to it';
comment on column webquota.usage_rollup.server is 'the server whose transactions are numbered';
comment on column webquota.usage_rollup.base is 'what is added to its numbers';
comment on column webquota.usage_rollup.upto is 'records with a lower number are counted, but for those of `open`';
comment on column webquota.usage_rollup.open is 'transactions with a lower number that were not over';
comment on column webquota.usage_rollup.zone is 'of the days; null: nothing is counted yet';
comment on column webquota.usage_rollup.rolled_at is 'when all that there was had been counted, last';
insert into webquota.usage_rollup (server) select system_identifier from pg_control_system();

create table webquota.leases (
  name   text primary key,
  holder text not null default '',
  until  timestamptz not null default '-infinity'
);
comment on table webquota.leases is 'work that one process at a time does; a lease that is over is anybody''s';
insert into webquota.leases (name) values ('usage');

-- What each record says about use. A request of several items is a line for each; what was committed or given back of it
-- is shared among them in the order that they were asked for, to the unit.
create view webquota.usage_lines as
  select d.account_id, d.subject_id, d.at, d.xact, coalesce(d.about_at, d.at) as counted_at, d.feature,
         coalesce(d.on_behalf_of, '') as on_behalf_of,
         case when d.kind in ('consume', 'hold') and d.outcome = 'allowed' then 1 else 0 end as allowed,
         case when d.outcome = 'allowed' then 0 else 1 end as refused,
         case when d.outcome <> 'allowed' or d.kind = 'hold' then 0 when d.kind = 'refund' then -d.units else d.units end as units
    from webquota.decisions d
   where d.items is null and d.kind in ('consume', 'hold', 'commit', 'refund')
  union all
  select d.account_id, d.subject_id, d.at, d.xact, coalesce(d.about_at, d.at), i.feature, coalesce(d.on_behalf_of, ''),
         case when d.kind in ('consume', 'hold') and d.outcome = 'allowed' then 1 else 0 end,
         case when d.outcome = 'allowed' then 0 else 1 end,
         case when d.outcome <> 'allowed' or d.kind = 'hold' then 0 when d.kind = 'refund' then -i.units else i.units end
    from webquota.decisions d
   cross join lateral (
      select k.feature, coalesce(div(d.units * k.up_to, k.total) - div(d.units * (k.up_to - k.units), k.total), 0)::bigint as units
        from (select e.item ->> 'feature' as feature, (e.item ->> 'units')::bigint as units,
                     sum((e.item ->> 'units')::bigint) over (order by e.place) as up_to,
                     nullif(sum((e.item ->> 'units')::bigint) over (), 0) as total
                from jsonb_array_elements(d.items) with ordinality e(item, place)) k) i
   where d.items is not null and d.kind in ('consume', 'hold', 'commit', 'refund');
comment on view webquota.usage_lines is 'records as use: what usage_daily is the sum of';

-- A database that was restored elsewhere has numbers of another server. From here on, numbers are greater than all of those, and
-- everything is to be counted anew. Whoever still writes has ended first, so that all that is there is over.
create function webquota.usage_start_over() returns void
  language plpgsql security definer set search_path = webquota, pg_catalog, pg_temp as $$
declare
  here bigint := (select system_identifier from pg_control_system());
  first bigint;
begin
  perform from webquota.usage_rollup where server = here;
  if found then
    return;
  end if;
  lock table webquota.decisions in access exclusive mode;
  select coalesce(max(xact), 0) + 1 into first from webquota.decisions;
  execute format('alter table webquota.decisions alter column xact set default %s + pg_current_xact_id()::text::bigint', first);
  delete from webquota.usage_daily;
  update webquota.usage_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
end $$;
comment on function webquota.usage_start_over() is 'does nothing on the server that the records were numbered by';
