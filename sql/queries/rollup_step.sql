-- Adds to usage_daily what was recorded and is not in it yet, of about $2 records, the first by their numbers; days are those of
-- zone $1. Exactly the records that this statement sees are counted: those of transactions that are not over for it are left for
-- later, and remembered. Is there more?
with seen as materialized (
  select u.base, u.upto, u.open, u.base + pg_snapshot_xmax(s)::text::bigint as here,
         array(select u.base + x::text::bigint from pg_snapshot_xip(s) x) as running
    from webquota.usage_rollup u cross join (select pg_current_snapshot() as s offset 0) c),
cut as materialized (
  select least(n.here, (select d.xact + 1 from webquota.decisions d where d.xact >= n.upto
                         order by d.xact offset $2::bigint limit 1)) as upto
    from seen n),
fresh as (
  select * from webquota.usage_lines
   where xact >= (select upto from seen) and xact < (select upto from cut)
  union all
  select * from webquota.usage_lines
   where xact = any ((select open from seen)::bigint[])),
added as (
  insert into webquota.usage_daily as d (account_id, subject_id, day, feature, on_behalf_of, allowed, refused, units)
  select account_id, subject_id, (counted_at at time zone $1)::date, feature, on_behalf_of, sum(allowed), sum(refused), sum(units)
    from fresh
   group by 1, 2, 3, 4, 5
      on conflict (account_id, subject_id, day, feature, on_behalf_of) do update
     set allowed = d.allowed + excluded.allowed, refused = d.refused + excluded.refused, units = d.units + excluded.units)
update webquota.usage_rollup u
   set upto = c.upto, open = array(select x from unnest(n.running) x where x < c.upto), zone = $1,
       rolled_at = case when c.upto = n.here then webquota.clock() else u.rolled_at end
  from seen n, cut c
returning c.upto < n.here
