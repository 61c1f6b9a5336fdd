-- Anchors begin with the day ($2: the policy's zone) of the first meeting.
-- Subjects never seen before, in the order of their keys; another process may be doing the same.
with fresh as (
  select k.key, nextval('webquota.ids') as id, t.now
    from (select distinct key from unnest($1::text[]) u(key) order by key) k,
         (select webquota.clock() as now) t),
met as (
  insert into webquota.subjects (account_id, id, key, anchor, created_at)
  select id, id, key, least(now, date_trunc('day', now, $2)), now from fresh
  on conflict (key) do nothing
  returning id, created_at),
owners as (
  insert into webquota.accounts (id, created_at) select id, created_at from met)
insert into webquota.counters (account_id, subject_id) select id, id from met
