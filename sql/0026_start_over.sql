-- Nobody can decide until it is over, so what is counted anew is taken away at once, not row by row: that is as quick however much there is.
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
  truncate webquota.usage_daily, webquota.usage_by_plan, webquota.usage_owners, webquota.usage_last, webquota.usage_active,
    webquota.usage_organizations, webquota.usage_standing, webquota.usage_spread, webquota.usage_reaching, webquota.usage_reached;
  update webquota.usage_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
  update webquota.standing_rollup
     set server = here, base = first, upto = 0, open = '{}', zone = null, rolled_at = '-infinity';
end $$;
