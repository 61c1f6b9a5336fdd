-- Subjects and their counters, which counters_lock has locked: a statement of its own, so that it sees what was committed
-- while the locks were waited for.
select s.account_id, s.id, s.key, s.plan, webquota.us(s.plan_until), s.plan_after, s.timezone, webquota.us(s.anchor),
       webquota.us(s.created_at), s.suspended, a.organization, s.email, s.thresholds::text, c.version, c.state, c.rolling, c.epoch
  from unnest($1::bigint[], $2::bigint[]) k(account_id, subject_id)
  join webquota.counters c on c.account_id = k.account_id and c.subject_id = k.subject_id
  join webquota.subjects s on s.account_id = k.account_id and s.id = k.subject_id
  left join webquota.accounts a on a.id = s.account_id
 order by c.account_id, c.subject_id
