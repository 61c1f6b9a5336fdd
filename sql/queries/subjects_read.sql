-- Subjects and their counters as they are.
select s.account_id, s.id, s.key, s.plan, webquota.us(s.plan_until), s.plan_after, s.timezone, webquota.us(s.anchor),
       webquota.us(s.created_at), s.suspended, a.organization, s.email, s.thresholds::text, c.version, c.state, c.rolling, c.epoch
  from webquota.subjects s
  join webquota.counters c on c.account_id = s.account_id and c.subject_id = s.id
  left join webquota.accounts a on a.id = s.account_id
 where s.key = $1
