-- What administrators' reports are read from: small sums beside usage_daily, added to by the same statement and so as exact as it is.

-- The same lines, told apart by plan and organization, and whether it was a limit that stopped the request.
create or replace view webquota.usage_lines as
  select d.account_id, d.subject_id, d.at, d.xact,
         case when d.kind in ('consume', 'hold') then d.at else coalesce(d.about_at, d.at) end as counted_at, d.feature,
         coalesce(d.on_behalf_of, '') as on_behalf_of,
         case when d.kind in ('consume', 'hold') and d.outcome = 'allowed' then 1 else 0 end as allowed,
         case when d.outcome = 'allowed' then 0 else 1 end as refused,
         case when d.outcome <> 'allowed' or d.kind = 'hold' then 0 when d.kind = 'refund' then -d.units else d.units end as units,
         d.plan, d.organization, case when d.outcome in ('denied', 'queued') then 1 else 0 end as stopped
    from webquota.decisions d
   where d.items is null and d.kind in ('consume', 'hold', 'commit', 'refund')
  union all
  select d.account_id, d.subject_id, d.at, d.xact,
         case when d.kind in ('consume', 'hold') then d.at else coalesce(d.about_at, d.at) end, i.feature, coalesce(d.on_behalf_of, ''),
         case when d.kind in ('consume', 'hold') and d.outcome = 'allowed' then 1 else 0 end,
         case when d.outcome = 'allowed' then 0 else 1 end,
         case when d.outcome <> 'allowed' or d.kind = 'hold' then 0 when d.kind = 'refund' then -i.units else i.units end,
         d.plan, d.organization, case when d.outcome in ('denied', 'queued') then 1 else 0 end
    from webquota.decisions d
   cross join lateral (
      select k.feature, coalesce(div(d.units * k.up_to, k.total) - div(d.units * (k.up_to - k.units), k.total), 0)::bigint as units
        from (select e.item ->> 'feature' as feature, (e.item ->> 'units')::bigint as units,
                     sum((e.item ->> 'units')::bigint) over (order by e.place) as up_to,
                     nullif(sum((e.item ->> 'units')::bigint) over (), 0) as total
                from jsonb_array_elements(d.items) with ordinality e(item, place)) k) i
   where d.items is not null and d.kind in ('consume', 'hold', 'commit', 'refund');

-- Where each record leaves the subject's own limits: a line for each of them that has an amount. After it, `used` (with what is held) of
-- `amount` units are taken in the window from `started` (us) to `until`; `stops`: it was refused by it, or would have been.
create view webquota.standing_lines as
  select d.account_id, d.subject_id, d.at, d.id, d.xact, d.plan, d.trace[i] as slot, d.trace[i + 2] as started,
         webquota.at(d.trace[i + 3]) as until,
         least(greatest(d.trace[i + 5] + d.trace[i + 6] + d.trace[i + 7] + d.trace[i + 8], 0), 9007199254740991) as used,
         d.trace[i + 4] as amount, d.trace[i + 11] & 1280 <> 0 as stops
    from webquota.decisions d cross join lateral generate_series(1, cardinality(d.trace), 14) i
   where d.trace[i] > 0 and d.trace[i + 4] > 0 and d.trace[i + 11] & 30720 = 0;
comment on view webquota.standing_lines is '30720: grants, and limits that are not the subject''s own; 1280: refused, and by a limit that only watches (TraceLine)';

create table webquota.usage_by_plan (
  day     date not null,
  feature text not null,
  plan    text not null,
  allowed bigint not null,
  refused bigint not null,
  stopped bigint not null,
  units   numeric not null,
  primary key (day, feature, plan)
) with (fillfactor = 50);
comment on table webquota.usage_by_plan is 'usage_daily by plan, of everybody together; days as there';
comment on column webquota.usage_by_plan.plan is 'that the subject had when it asked';
comment on column webquota.usage_by_plan.stopped is 'of the refused, those that a limit stopped';

create table webquota.usage_owners (
  account_id     bigint not null,
  subject_id     bigint not null,
  plan           text not null,
  active_on      date not null,
  stopped_on     date,
  day_requests   bigint not null,
  day_refused    bigint not null,
  month          date not null,
  month_requests bigint not null,
  month_refused  bigint not null,
  primary key (account_id, subject_id)
) with (fillfactor = 70);
create index usage_owners_day on webquota.usage_owners (active_on, day_requests desc);
create index usage_owners_month on webquota.usage_owners (month, month_requests desc);
create index usage_owners_stopped on webquota.usage_owners (stopped_on, account_id, subject_id) where stopped_on is not null;
comment on table webquota.usage_owners is 'when each subject asked for something last, and how often on that day and in that month';
comment on column webquota.usage_owners.subject_id is '0: the organization, all members together';
comment on column webquota.usage_owners.stopped_on is 'the last day on which a limit stopped it';

create table webquota.usage_last (
  day     date not null,
  plan    text not null,
  active  bigint not null,
  stopped bigint not null,
  primary key (day, plan)
) with (fillfactor = 50);
comment on table webquota.usage_last is 'how many subjects asked for something last on that day, and were stopped last on it: usage_owners, counted';

create table webquota.usage_standing (
  account_id bigint not null,
  subject_id bigint not null,
  slot       bigint not null,
  started    bigint not null,
  at         timestamptz not null,
  id         bigint not null,
  until      timestamptz not null,
  used       bigint not null,
  amount     bigint not null,
  pct        integer not null,
  day        date not null,
  band       smallint not null check (band between 0 and 3),
  primary key (account_id, subject_id, slot)
) with (fillfactor = 70);
create index usage_standing_near on webquota.usage_standing (pct desc, until, account_id, subject_id, slot) where pct >= 50;
create index usage_standing_subject on webquota.usage_standing (account_id, subject_id) include (pct, until) where pct >= 50;
comment on table webquota.usage_standing is 'how far each subject was in each of its own limits after its last record';
comment on column webquota.usage_standing.until is 'the end of the window that this is about';
comment on column webquota.usage_standing.day is 'of that record';
comment on column webquota.usage_standing.band is 'of the amount: 0 to 20 %, 1 to 50 %, 2 to 80 %, 3 more';

create table webquota.usage_spread (
  day      date not null,
  slot     bigint not null,
  band     smallint not null,
  subjects bigint not null,
  primary key (day, slot, band)
) with (fillfactor = 50);
comment on table webquota.usage_spread is 'usage_standing, counted';

create table webquota.usage_reaching (
  subject_id bigint not null,
  slot       bigint not null,
  day        date not null,
  plan       text not null,
  primary key (subject_id, slot)
) with (fillfactor = 70);
comment on table webquota.usage_reaching is 'the last day on which each subject had used up each of its own limits, or was refused by it';
comment on column webquota.usage_reaching.plan is 'that the subject had then';

create table webquota.usage_reached (
  day      date not null,
  plan     text not null,
  slot     bigint not null,
  subjects bigint not null,
  primary key (day, plan, slot)
) with (fillfactor = 50);
comment on table webquota.usage_reached is 'usage_reaching, counted';

create index tickets_joined on webquota.tickets (joined_at);
create index requests_created on webquota.requests (created_at);

create or replace function webquota.usage_start_over() returns void
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
  delete from webquota.usage_by_plan;
  delete from webquota.usage_owners;
  delete from webquota.usage_last;
  delete from webquota.usage_standing;
  delete from webquota.usage_spread;
  delete from webquota.usage_reaching;
  delete from webquota.usage_reached;
  update webquota.usage_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
end $$;

-- What was counted before has no such sums: it is counted anew.
delete from webquota.usage_daily;
update webquota.usage_rollup set upto = 0, open = '{}', zone = null, rolled_at = '-infinity';

-- Looking for people by how they stand (people_filter.sql), in the order of their numbers.
create index subjects_of_plan on webquota.subjects (plan, account_id, id) where plan is not null;
create index subjects_without_plan on webquota.subjects (account_id, id) where plan is null and plan_until is null and key not like 'anon:%';
create index visitors_without_plan on webquota.subjects (account_id, id) where plan is null and plan_until is null and key like 'anon:%';
create index subjects_plan_until on webquota.subjects (account_id, id) where plan_until is not null;
create index subjects_suspended on webquota.subjects (account_id, id) where suspended;
create index overrides_in_force on webquota.overrides (account_id, subject_id) where removed_at is null and subject_id is not null;
