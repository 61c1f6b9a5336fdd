-- What reports about a longer time would have to look up for one after the other is written down when it happens.

-- Was somebody refused something in the week before? By what is rolled up, and by the records that are not yet.
create function webquota.refused_before(who text, then_at timestamptz) returns boolean
  language plpgsql stable as $$
begin
  return exists (
      select from webquota.subjects s cross join webquota.usage_rollup u
        join webquota.usage_daily d on d.account_id = s.account_id and d.subject_id = s.id
       where s.key = who and d.refused > 0
         and d.day between (then_at at time zone u.zone)::date - 7 and (then_at at time zone u.zone)::date)
    or exists (
      select from webquota.subjects s cross join webquota.usage_rollup u
        join webquota.decisions d on d.account_id = s.account_id and d.subject_id = s.id
       where s.key = who and d.kind in ('consume', 'hold') and d.outcome <> 'allowed' and (d.xact >= u.upto or d.xact = any (u.open))
         and d.at >= greatest(u.rolled_at - interval '1 minute', then_at - interval '7 days') and d.at <= then_at);
end $$;

alter table webquota.requests add column after_refusal boolean not null default false;
comment on column webquota.requests.after_refusal is 'it came from somebody who was refused something in the week before';
update webquota.requests set after_refusal = true where webquota.refused_before(subject, created_at);

create function webquota.request_made() returns trigger
  language plpgsql as $$
begin
  new.after_refusal := webquota.refused_before(new.subject, new.created_at);
  return new;
end $$;
create trigger request_made before insert on webquota.requests for each row execute function webquota.request_made();

-- How much organizations asked for on each day, all their members together: what was rolled up so far tells, by its accounts.
create table webquota.usage_organizations (
  account_id bigint not null,
  day        date not null,
  requests   bigint not null,
  refused    bigint not null,
  primary key (account_id, day)
) with (fillfactor = 70);
comment on table webquota.usage_organizations is 'usage_daily of each organization: what was asked for, by day';
insert into webquota.usage_organizations (account_id, day, requests, refused)
select d.account_id, d.day, sum(d.allowed + d.refused), sum(d.refused)
  from webquota.usage_daily d join webquota.accounts a on a.id = d.account_id
 where a.organization is not null and d.allowed + d.refused > 0
 group by 1, 2;

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
  delete from webquota.usage_organizations;
  delete from webquota.usage_standing;
  delete from webquota.usage_spread;
  delete from webquota.usage_reaching;
  delete from webquota.usage_reached;
  update webquota.usage_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
  update webquota.standing_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
end $$;

-- What an organization itself was given is known by the last entry about it, not about its members.
create index audit_organization_alone on webquota.audit (organization, number) where organization is not null and subject is null;

comment on column webquota.decisions.about_at is
  'commit, release, expire, refund: the decision this is about (with about_id); reset: the one that it takes back; consume, hold: the refusal that was given again, whose trace is this one''s';
