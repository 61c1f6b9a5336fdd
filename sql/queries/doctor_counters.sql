-- Counters that are not what was recorded. A counter stands for its present window; what was recorded of a later one, or
-- without any counter, was lost. Rolling ones forget by and by, so there only those are looked for that are gone.
with counters as (
  select c.subject_id as owner_id, 'subject' as whose, '' as owner, c.state[i] as slot, c.state[i + 1] as window_start,
         c.state[i + 2] as used, c.state[i + 3] as held
    from webquota.counters c cross join lateral generate_series(1, cardinality(c.state), 6) i
  union all
  select c.account_id, 'shared', c.owner, c.slot, c.state[2], c.state[3], c.state[4]
    from webquota.shared_counters c where cardinality(c.state) = 6),
lines as (
  select case when d.trace[i + 11] & 28672 = 0 then d.subject_id when d.trace[i + 11] & 4096 > 0 then d.account_id else 0 end as owner_id,
         case when d.trace[i + 11] & 28672 = 0 then 'subject' else 'shared' end as whose,
         case when d.trace[i + 11] & 8192 > 0 then d.plan else '' end as owner,
         d.trace[i] as slot, d.trace[i + 1] as counted_at, d.trace[i + 7] as used, d.trace[i + 8] as held
    from webquota.decisions d cross join lateral generate_series(1, cardinality(d.trace), 14) i
   where d.trace[i + 7] <> 0 or d.trace[i + 8] <> 0),
sums as (
  select owner_id, whose, owner, slot, c.window_start, c.used, c.held,
         coalesce(sum(l.used) filter (where l.counted_at = c.window_start), 0) as used_recorded,
         coalesce(sum(l.held) filter (where l.counted_at = c.window_start), 0) as held_recorded,
         count(*) filter (where c.used is null or l.counted_at > c.window_start) as lost,
         max(l.counted_at) as last_counted_at
    from counters c full join lines l using (owner_id, whose, owner, slot)
   group by owner_id, whose, owner, slot, c.window_start, c.used, c.held),
wrong as (
  select s.*, r.key as limit_key, r.feature
    from sums s left join webquota.limits r on r.slot = s.slot
   where s.lost > 0 and (r.align is distinct from 'rolling' or s.used is null)
      or r.align is distinct from 'rolling' and (s.used <> s.used_recorded or s.held <> s.held_recorded))
select case when w.whose = 'subject' then coalesce(p.key, 'subject number ' || w.owner_id)
            when a.organization is not null then 'organization ' || a.organization
            when w.owner <> '' then 'plan ' || w.owner else 'the site' end,
       case when w.slot < 0 then 'grant ' || -w.slot else coalesce(w.limit_key || ' on ' || w.feature, 'limit number ' || w.slot) end,
       webquota.z(webquota.at(coalesce(w.window_start, w.last_counted_at))),
       w.used, w.used_recorded::bigint, w.held, w.held_recorded::bigint, w.lost, count(*) over ()
  from wrong w
  left join webquota.subjects p on w.whose = 'subject' and p.id = w.owner_id
  left join webquota.accounts a on w.whose = 'shared' and a.id = w.owner_id
 order by 1, 2 limit 20
