-- To the organization's account, or for '' to the subject's own. Counters, overrides, grants,
-- places in line and what reports say of it go along. Null: not given. Returns those that moved.
with k as (
  select s.account_id, s.id, s.key, coalesce(a.id, s.id) as target
    from unnest($1::text[], $2::text[]) u(key, organization)
    join webquota.subjects s on s.key = u.key
    left join webquota.accounts a on a.organization = u.organization
   where u.organization is not null and s.account_id <> coalesce(a.id, s.id)),
own as (
  insert into webquota.accounts (id, created_at)
  select k.id, t.now from k, (select webquota.clock() as now) t where k.target = k.id
  on conflict (id) do nothing),
counted as (
  update webquota.counters c set account_id = k.target, version = c.version + 1, epoch = c.epoch + 1
    from k where c.account_id = k.account_id and c.subject_id = k.id),
queued as (
  update webquota.tickets t set account_id = k.target
    from k where t.account_id = k.account_id and t.subject_id = k.id and t.state in ('waiting', 'admitted')),
owned as (
  update webquota.usage_owners u set account_id = k.target
    from k where u.account_id = k.account_id and u.subject_id = k.id
     and not exists (select from webquota.usage_owners t where t.account_id = k.target and t.subject_id = k.id)),
stands as (
  update webquota.usage_standing u set account_id = k.target
    from k where u.account_id = k.account_id and u.subject_id = k.id
     and not exists (select from webquota.usage_standing t where t.account_id = k.target and t.subject_id = k.id and t.slot = u.slot)),
overridden as (
  update webquota.overrides o set account_id = k.target from k where o.account_id = k.account_id and o.subject_id = k.id),
granted as (
  update webquota.grants g set account_id = k.target from k where g.account_id = k.account_id and g.subject_id = k.id)
update webquota.subjects s set account_id = k.target from k where s.account_id = k.account_id and s.id = k.id
returning s.key
