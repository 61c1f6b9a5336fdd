-- Subjects by key with their counters, unlocked: whoever decides by this must see that it still holds. The last column says
-- whether there are overrides or grants.
select s.account_id, s.id, s.key, s.plan, webquota.us(s.plan_until), s.plan_after, s.timezone, webquota.us(s.anchor),
       webquota.us(s.created_at), s.suspended, a.organization, s.email, s.thresholds::text, c.version, c.state, c.rolling, c.epoch,
       exists (select from webquota.overrides o where o.account_id = s.account_id and (o.subject_id is null or o.subject_id = s.id)
                and o.removed_at is null)
    or exists (select from webquota.grants g where g.account_id = s.account_id and (g.subject_id is null or g.subject_id = s.id)
                and g.removed_at is null)
  from unnest($1::text[]) k(key)
  join webquota.subjects s on s.key = k.key
  join webquota.counters c on c.account_id = s.account_id and c.subject_id = s.id
  left join webquota.accounts a on a.id = s.account_id
