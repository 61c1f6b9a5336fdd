-- Units held by counters against what the reservations say that are still open. Held units go with the window that
-- they were held in; only a rolling counter keeps them until their reservation ends.
with counters as (
  select c.subject_id as owner_id, 'subject' as whose, '' as owner, c.state[i] as slot, c.state[i + 1] as window_start, c.state[i + 3] as held
    from webquota.counters c cross join lateral generate_series(1, cardinality(c.state), 6) i
  union all
  select c.account_id, 'shared', c.owner, c.slot, c.state[2], c.state[4]
    from webquota.shared_counters c where cardinality(c.state) = 6),
lines as (
  select case when d.trace[i + 11] & 28672 = 0 then d.subject_id when d.trace[i + 11] & 4096 > 0 then d.account_id else 0 end as owner_id,
         case when d.trace[i + 11] & 28672 = 0 then 'subject' else 'shared' end as whose,
         case when d.trace[i + 11] & 8192 > 0 then d.plan else '' end as owner,
         d.trace[i] as slot, d.trace[i + 1] as counted_at, d.trace[i + 8] as held
    from webquota.reservations v
    join webquota.decisions d on d.account_id = v.account_id and d.subject_id = v.subject_id and d.at = v.at and d.id = v.id
    cross join lateral generate_series(1, cardinality(d.trace), 14) i
   where v.state = 'held' and d.trace[i + 8] <> 0),
sums as (
  select c.owner_id, c.whose, c.owner, c.slot, c.held,
         coalesce(sum(l.held) filter (where r.align = 'rolling' or l.counted_at = c.window_start), 0) as reserved
    from counters c
    left join lines l on l.owner_id = c.owner_id and l.whose = c.whose and l.owner = c.owner and l.slot = c.slot
    left join webquota.limits r on r.slot = c.slot
   group by c.owner_id, c.whose, c.owner, c.slot, c.window_start, c.held, r.align)
select case when w.whose = 'subject' then coalesce(p.key, 'subject number ' || w.owner_id)
            when a.organization is not null then 'organization ' || a.organization
            when w.owner <> '' then 'plan ' || w.owner else 'the site' end,
       case when w.slot < 0 then 'grant ' || -w.slot else coalesce(r.key || ' on ' || r.feature, 'limit number ' || w.slot) end,
       w.held, w.reserved::bigint, count(*) over ()
  from sums w
  left join webquota.limits r on r.slot = w.slot
  left join webquota.subjects p on w.whose = 'subject' and p.id = w.owner_id
  left join webquota.accounts a on w.whose = 'shared' and a.id = w.owner_id
 where w.held <> w.reserved
 order by 1, 2 limit 20
